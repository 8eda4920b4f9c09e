#include "store/cases.hpp"

#include <fmt/core.h>

namespace cvdesk::store {

namespace {

constexpr std::string_view case_columns =
    "SELECT id, key_id, reference, mailbox, kind, status, resolution, received_at, created_at, sealed FROM cases";

struct SealedCase {
  CaseEntry entry;
  std::string sealed;
};

SealedCase to_case(const Row& row) {
  SealedCase found;
  found.entry.id = row.integer(0);
  found.entry.key_id = row.integer(1);
  found.entry.reference = row.bytes(2);
  found.entry.mailbox = row.bytes(3);
  found.entry.kind = row.bytes(4);
  found.entry.status = row.bytes(5);
  found.entry.resolution = row.maybe_bytes(6);
  found.entry.received = from_unix(row.integer(7));
  found.entry.created = from_unix(row.integer(8));
  found.sealed = row.bytes(9);
  return found;
}

Result<CaseEntry> unseal_case(View& view, SealedCase found) {
  auto sheet = view.unseal(found.entry.key_id, {"cases.sealed", found.entry.id}, found.sealed);
  // An erased case, and one whose seal is broken, is still there, without what it said: one damaged row must
  // not take the whole list away. `verify` names it.
  const bool gone = !sheet && (sheet.error().kind == ErrorKind::not_found || sheet.error().kind == ErrorKind::corrupt);
  if (!sheet && !gone) return tl::unexpected(std::move(sheet).error());
  if (sheet) found.entry.sheet = std::move(*sheet);
  return std::move(found.entry);
}

Result<std::optional<CaseEntry>> unseal_maybe(View& view, std::optional<SealedCase> found) {
  std::optional<CaseEntry> entry;
  if (found) {
    TRY_ASSIGN(entry, unseal_case(view, std::move(*found)));
  }
  return entry;
}

Deadline to_deadline(const Row& row) {
  Deadline deadline{row.integer(0), row.bytes(1), from_unix(row.integer(2)), {}};
  if (const auto met = row.maybe_integer(3)) deadline.met = from_unix(*met);
  return deadline;
}

// References count from 1 each year, and go on behind the highest there is.
Result<std::string> next_reference(Change& change, int year) {
  TRY_ASSIGN(const auto last,
             change.database().one("SELECT max(CAST(substr(reference, 10) AS INTEGER)) FROM cases WHERE reference LIKE ?",
                                   [](const Row& row) { return row.integer(0); }, fmt::format("CVD-{:04}-%", year)));
  return fmt::format("CVD-{:04}-{:04}", year, last.value_or(0) + 1);
}

} // namespace

Result<CaseEntry> open_case(Change& change, const NewCase& fresh, Instant at) {
  CaseEntry entry;
  TRY_ASSIGN(entry.id, change.next_id("cases"));
  TRY_ASSIGN(entry.key_id, change.new_data_key());
  TRY_ASSIGN(entry.reference, next_reference(change, fresh.year));
  entry.mailbox = fresh.mailbox;
  entry.kind = fresh.kind;
  entry.status = "new";
  entry.received = fresh.received;
  entry.created = at;
  entry.sheet = fresh.sheet;
  TRY_ASSIGN(const std::string sealed, change.seal(entry.key_id, {"cases.sealed", entry.id}, entry.sheet));
  TRY(change.database().execute("INSERT INTO cases (id, reference, key_id, mailbox, kind, status, received_at, created_at, "
                                "sealed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                                entry.id, entry.reference, entry.key_id, entry.mailbox, entry.kind, entry.status,
                                to_unix(entry.received), to_unix(at), Blob{sealed}));
  return entry;
}

Result<std::optional<CaseEntry>> find_case(View& view, Id id) {
  TRY_ASSIGN(auto found, view.database().one(fmt::format("{} WHERE id = ?", case_columns), to_case, id));
  return unseal_maybe(view, std::move(found));
}

Result<std::optional<CaseEntry>> find_case_by_reference(View& view, std::string_view reference) {
  TRY_ASSIGN(auto found, view.database().one(fmt::format("{} WHERE reference = ?", case_columns), to_case, reference));
  return unseal_maybe(view, std::move(found));
}

Result<std::vector<CaseEntry>> cases(View& view) {
  TRY_ASSIGN(auto found, view.database().all(fmt::format("{} ORDER BY id", case_columns), to_case));
  std::vector<CaseEntry> entries;
  for (auto& sealed : found) {
    TRY_ASSIGN(CaseEntry entry, unseal_case(view, std::move(sealed)));
    entries.push_back(std::move(entry));
  }
  return entries;
}

Result<void> save_case(Change& change, const CaseEntry& entry) {
  TRY_ASSIGN(const std::string sealed, change.seal(entry.key_id, {"cases.sealed", entry.id}, entry.sheet));
  return change.database().execute("UPDATE cases SET kind = ?, status = ?, resolution = ?, sealed = ? WHERE id = ?",
                                   entry.kind, entry.status, entry.resolution, Blob{sealed}, entry.id);
}

Result<void> set_deadline(Change& change, const Deadline& deadline) {
  return change.database().execute("INSERT INTO deadlines (case_id, name, due_at) VALUES (?1, ?2, ?3) "
                                   "ON CONFLICT (case_id, name) DO UPDATE SET due_at = ?3, told = 0",
                                   deadline.case_id, deadline.name, to_unix(deadline.due));
}

Result<void> restart_deadline(Change& change, const Deadline& deadline) {
  TRY(set_deadline(change, deadline));
  return unmeet_deadline(change, deadline.case_id, deadline.name);
}

Result<void> meet_deadline(Change& change, Id case_id, std::string_view name, Instant at) {
  return change.database().execute("UPDATE deadlines SET met_at = ? WHERE case_id = ? AND name = ? AND met_at IS NULL",
                                   to_unix(at), case_id, name);
}

Result<void> unmeet_deadline(Change& change, Id case_id, std::string_view name) {
  return change.database().execute("UPDATE deadlines SET met_at = NULL, told = 0 WHERE case_id = ? AND name = ? AND met_at IS NOT NULL",
                                   case_id, name);
}

Result<std::vector<Deadline>> deadlines(View& view, Id case_id) {
  return view.database().all("SELECT case_id, name, due_at, met_at FROM deadlines WHERE case_id = ? ORDER BY due_at, name",
                             to_deadline, case_id);
}

Result<std::vector<Deadline>> open_deadlines(View& view) {
  return view.database().all("SELECT case_id, name, due_at, met_at FROM deadlines WHERE met_at IS NULL "
                             "ORDER BY due_at, case_id, name",
                             to_deadline);
}

Result<std::vector<Deadline>> untold_deadlines(View& view, Instant due_by, Told told) {
  return view.database().all("SELECT case_id, name, due_at, met_at FROM deadlines WHERE met_at IS NULL AND due_at <= ? "
                             "AND told < ? ORDER BY due_at, case_id, name",
                             to_deadline, to_unix(due_by), static_cast<std::int64_t>(told));
}

Result<void> mark_told(Change& change, Id case_id, std::string_view name, Told told) {
  return change.database().execute("UPDATE deadlines SET told = ? WHERE case_id = ? AND name = ?",
                                   static_cast<std::int64_t>(told), case_id, name);
}

Result<void> join_conversation(Change& change, Id case_id, std::optional<Id> inbox_id, std::optional<Id> outbox_id) {
  return change.database().execute(
      "INSERT INTO messages (case_id, inbox_id, outbox_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", case_id, inbox_id,
      outbox_id);
}

Result<std::vector<ConversationEntry>> conversation(View& view, Id case_id) {
  return view.database().all("SELECT id, inbox_id, outbox_id FROM messages WHERE case_id = ? ORDER BY id",
                             [](const Row& row) {
                               return ConversationEntry{row.integer(0), row.maybe_integer(1), row.maybe_integer(2)};
                             },
                             case_id);
}

Result<void> add_contact(Change& change, Id case_id, std::string_view address) {
  const std::string hash = change.keyring().lookup_hash("address", address);
  return change.database().execute("INSERT INTO contacts (case_id, address_hash) VALUES (?, ?) ON CONFLICT DO NOTHING",
                                   case_id, Blob{hash});
}

Result<void> remove_contact(Change& change, Id case_id, std::string_view address) {
  const std::string hash = change.keyring().lookup_hash("address", address);
  return change.database().execute("DELETE FROM contacts WHERE case_id = ? AND address_hash = ?", case_id, Blob{hash});
}

Result<bool> is_contact(View& view, Id case_id, std::string_view address) {
  const std::string hash = view.keyring().lookup_hash("address", address);
  TRY_ASSIGN(const auto found, view.database().one("SELECT 1 FROM contacts WHERE case_id = ? AND address_hash = ?",
                                                   [](const Row& row) { return row.integer(0); }, case_id, Blob{hash}));
  return found.has_value();
}

Result<void> add_link(Change& change, Id case_id, const Link& link) {
  return change.database().execute("INSERT INTO links (case_id, other_id, relation) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                                   case_id, link.other, link.relation);
}

Result<std::vector<Link>> links(View& view, Id case_id) {
  return view.database().all("SELECT other_id, relation FROM links WHERE case_id = ? ORDER BY other_id, relation",
                             [](const Row& row) { return Link{row.integer(0), row.bytes(1)}; }, case_id);
}

Result<int> remove_links(Change& change, Id case_id, Id other) {
  TRY(change.database().execute("DELETE FROM links WHERE case_id = ? AND other_id = ?", case_id, other));
  return change.database().changes();
}

Result<std::vector<Link>> links_to(View& view, Id case_id) {
  return view.database().all("SELECT case_id, relation FROM links WHERE other_id = ? ORDER BY case_id, relation",
                             [](const Row& row) { return Link{row.integer(0), row.bytes(1)}; }, case_id);
}

Result<std::optional<Id>> case_of_sent_message(View& view, std::string_view message_id) {
  const std::string hash = view.keyring().lookup_hash("message-id", message_id);
  return view.database().one("SELECT case_id FROM outbox WHERE message_id_hash = ? AND case_id IS NOT NULL",
                             [](const Row& row) { return row.integer(0); }, Blob{hash});
}

} // namespace cvdesk::store
