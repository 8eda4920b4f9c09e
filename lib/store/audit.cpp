#include "store/audit.hpp"

#include "core/text.hpp"

#include <fmt/core.h>

namespace cvdesk::store {

namespace {

constexpr std::string_view genesis = "cvdesk audit trail";

struct Entry {
  Event event;
  std::optional<std::string> sealed;
  std::string chain;
};

std::string chain_of(const Keyring& keyring, std::string_view previous, const Event& event,
                     const std::optional<std::string>& sealed) {
  // Lengths first, so that no two different entries give the same bytes.
  return keyring.chain_hash(fmt::format("{}|{}|{}|{}|{}:{}|{}:{}|{}:{}", to_hex(previous), event.id, to_unix(event.at),
                                        event.case_id.value_or(0), event.actor.size(), event.actor, event.action.size(),
                                        event.action, sealed ? static_cast<std::int64_t>(sealed->size()) : -1,
                                        to_hex(sealed.value_or(""))));
}

// The head says how long the trail is: without it, a trail whose end was cut off would still be whole.
std::string head_of(const Keyring& keyring, Id last, std::string_view chain) {
  return keyring.chain_hash(fmt::format("head|{}|{}", last, to_hex(chain)));
}

Result<std::optional<Id>> key_of_case(View& view, std::optional<Id> case_id) {
  if (!case_id) return std::optional<Id>();
  TRY_ASSIGN(const auto key, view.database().one("SELECT key_id FROM cases WHERE id = ?",
                                                 [](const Row& row) { return row.integer(0); }, *case_id));
  return std::optional<Id>(key);
}

Entry to_entry(const Row& row) {
  return {{row.integer(0), from_unix(row.integer(1)), row.maybe_integer(2), row.bytes(3), row.bytes(4), {}},
          row.maybe_bytes(5), row.bytes(6)};
}

} // namespace

Result<void> append_event(Change& change, const NewEvent& event, Instant at) {
  TRY_ASSIGN(const auto last, change.database().one("SELECT id, chain FROM events ORDER BY id DESC LIMIT 1",
                                                    [](const Row& row) { return std::pair(row.integer(0), row.bytes(1)); }));
  Event entry{last ? last->first + 1 : 1, at, event.case_id, std::string(event.actor), std::string(event.action), {}};
  std::optional<std::string> sealed;
  if (!event.detail.empty()) {
    TRY_ASSIGN(const auto key, key_of_case(change, event.case_id));
    if (!key) return fail(ErrorKind::failed, "an event without a case cannot carry detail");
    TRY_ASSIGN(sealed, change.seal(*key, {"events.detail", entry.id}, event.detail));
  }
  const std::string chain = chain_of(change.keyring(), last ? last->second : std::string(genesis), entry, sealed);
  std::optional<Blob> detail;
  if (sealed) detail = Blob{*sealed};
  TRY(change.database().execute(
      "INSERT INTO events (id, at, case_id, actor, action, detail, chain) VALUES (?, ?, ?, ?, ?, ?, ?)", entry.id,
      to_unix(at), entry.case_id, entry.actor, entry.action, detail, Blob{chain}));
  const std::string head = head_of(change.keyring(), entry.id, chain);
  return change.database().execute("INSERT INTO meta (name, value) VALUES ('audit_head', ?1) "
                                   "ON CONFLICT (name) DO UPDATE SET value = ?1",
                                   Blob{head});
}

Result<std::vector<Event>> events(View& view, std::optional<Id> case_id) {
  constexpr std::string_view columns = "SELECT id, at, case_id, actor, action, detail, chain FROM events";
  TRY_ASSIGN(auto entries,
             case_id ? view.database().all(fmt::format("{} WHERE case_id = ? ORDER BY id", columns), to_entry, *case_id)
                     : view.database().all(fmt::format("{} ORDER BY id", columns), to_entry));
  std::vector<Event> result;
  for (auto& entry : entries) {
    if (entry.sealed) {
      TRY_ASSIGN(const auto key, key_of_case(view, entry.event.case_id));
      auto detail = view.unseal(key.value_or(0), {"events.detail", entry.event.id}, *entry.sealed);
      if (!detail && detail.error().kind != ErrorKind::not_found) return tl::unexpected(detail.error());
      entry.event.detail = detail ? std::move(*detail) : std::string();
    }
    result.push_back(std::move(entry.event));
  }
  return result;
}

Result<ChainReport> check_chain(View& view) {
  TRY_ASSIGN(const auto entries,
             view.database().all("SELECT id, at, case_id, actor, action, detail, chain FROM events ORDER BY id", to_entry));
  ChainReport report;
  std::string previous(genesis);
  Id expected = 1;
  for (const auto& entry : entries) {
    if (entry.event.id != expected) {
      report.problems.push_back(fmt::format("audit trail: entries {} to {} are missing", expected, entry.event.id - 1));
    }
    if (chain_of(view.keyring(), previous, entry.event, entry.sealed) != entry.chain) {
      report.problems.push_back(fmt::format("audit trail: entry {} or the one before it was altered", entry.event.id));
    }
    previous = entry.chain;
    expected = entry.event.id + 1;
    ++report.entries;
  }
  TRY_ASSIGN(const auto head, view.database().one("SELECT value FROM meta WHERE name = 'audit_head'",
                                                  [](const Row& row) { return row.bytes(0); }));
  const std::string actual = entries.empty() ? std::string() : head_of(view.keyring(), expected - 1, previous);
  if (head.value_or(std::string()) != actual) report.problems.emplace_back("audit trail: its end was cut off or altered");
  report.head = to_hex(previous == genesis ? std::string_view() : std::string_view(previous));
  return report;
}

} // namespace cvdesk::store
