#include "store/inbox.hpp"

#include <fmt/core.h>

namespace cvdesk::store {

namespace {

constexpr std::string_view entry_columns =
    "SELECT id, key_id, mailbox, source, state, acknowledge, whole, received_at, size, kind, result, "
    "case_id, duplicate_of, reviewed FROM inbox";

InboxEntry to_entry(const Row& row) {
  InboxEntry entry;
  entry.id = row.integer(0);
  entry.key_id = row.integer(1);
  entry.mailbox = row.bytes(2);
  entry.source = row.bytes(3);
  entry.done = row.bytes(4) == "done";
  entry.acknowledge = row.integer(5) != 0;
  entry.whole = row.integer(6) != 0;
  entry.received = from_unix(row.integer(7));
  entry.size = row.integer(8);
  entry.kind = row.maybe_bytes(9);
  entry.result = row.maybe_bytes(10);
  entry.case_id = row.maybe_integer(11);
  entry.duplicate_of = row.maybe_integer(12);
  entry.reviewed = row.integer(13) != 0;
  return entry;
}

Id first_column(const Row& row) { return row.integer(0); }
std::uint32_t as_uid(const Row& row) { return static_cast<std::uint32_t>(row.integer(0)); }

Result<void> enter_in_ledger(Change& change, const ServerUid& uid, Id inbox_id) {
  return change.database().execute(
      "INSERT INTO ledger (mailbox, uid_validity, uid, inbox_id) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", uid.mailbox,
      uid.validity, uid.uid, inbox_id);
}

} // namespace

Result<TakenIn> take_in(Change& change, const NewMail& mail) {
  auto& database = change.database();
  const std::string hash = change.keyring().lookup_hash(mail.whole ? "content" : "content-header", mail.raw);
  TRY_ASSIGN(const auto known, database.one("SELECT id FROM inbox WHERE content_hash = ?", first_column, Blob{hash}));
  TakenIn taken{known.value_or(0), known.has_value()};
  if (!known) {
    TRY_ASSIGN(taken.id, change.next_id("inbox"));
    TRY_ASSIGN(const Id key_id, change.new_data_key());
    TRY(database.execute("INSERT INTO inbox (id, key_id, mailbox, source, state, acknowledge, whole, received_at, size, "
                         "content_hash) VALUES (?, ?, ?, ?, 'stored', ?, ?, ?, ?, ?)",
                         taken.id, key_id, mail.mailbox, mail.source, mail.acknowledge, mail.whole,
                         to_unix(mail.received), mail.size, Blob{hash}));
    TRY_ASSIGN(const std::string sealed, change.seal(key_id, {"raw_mails.sealed", taken.id}, mail.raw));
    TRY(database.execute("INSERT INTO raw_mails (inbox_id, sealed) VALUES (?, ?)", taken.id, Blob{sealed}));
  }
  if (mail.server_uid) TRY(enter_in_ledger(change, *mail.server_uid, taken.id));
  return taken;
}

Result<std::vector<std::uint32_t>> known_uids(View& view, std::string_view mailbox, std::uint32_t validity) {
  return view.database().all("SELECT uid FROM ledger WHERE mailbox = ? AND uid_validity = ? ORDER BY uid", as_uid,
                             mailbox, validity);
}

Result<std::vector<std::uint32_t>> unsettled_uids(View& view, std::string_view mailbox, std::uint32_t validity) {
  return view.database().all("SELECT uid FROM ledger JOIN inbox ON inbox.id = ledger.inbox_id "
                             "WHERE ledger.mailbox = ? AND uid_validity = ? AND settled = 0 AND state = 'done' "
                             "AND whole = 1 ORDER BY uid",
                             as_uid, mailbox, validity);
}

Result<void> mark_settled(Change& change, std::string_view mailbox, std::uint32_t validity,
                          const std::vector<std::uint32_t>& uids) {
  for (const std::uint32_t uid : uids) {
    TRY(change.database().execute("UPDATE ledger SET settled = 1 WHERE mailbox = ? AND uid_validity = ? AND uid = ?",
                                  mailbox, validity, uid));
  }
  return {};
}

Result<std::vector<Id>> unread(View& view, Id after, int most) {
  return view.database().all("SELECT id FROM inbox WHERE state = 'stored' AND id > ? ORDER BY id LIMIT ?", first_column,
                             after, most);
}

Result<std::optional<InboxEntry>> find_mail(View& view, Id id) {
  return view.database().one(fmt::format("{} WHERE id = ?", entry_columns), to_entry, id);
}

Result<std::vector<InboxEntry>> inbox(View& view) {
  return view.database().all(fmt::format("{} ORDER BY id", entry_columns), to_entry);
}

Result<std::int64_t> count_unreviewed(View& view) {
  TRY_ASSIGN(const auto count,
             view.database().one("SELECT count(*) FROM inbox WHERE result = 'filed' AND reviewed = 0", first_column));
  return count.value_or(0);
}

Result<std::string> raw_bytes(View& view, const InboxEntry& entry) {
  TRY_ASSIGN(const auto sealed, view.database().one("SELECT sealed FROM raw_mails WHERE inbox_id = ?",
                                                    [](const Row& row) { return row.bytes(0); }, entry.id));
  if (!sealed) return fail(ErrorKind::corrupt, fmt::format("the bytes of message {} are missing", entry.id));
  return view.unseal(entry.key_id, {"raw_mails.sealed", entry.id}, *sealed);
}

Result<std::optional<Reading>> reading(View& view, const InboxEntry& entry) {
  TRY_ASSIGN(const auto sealed,
             view.database().one("SELECT openings, inspection FROM readings WHERE inbox_id = ?",
                                 [](const Row& row) { return std::pair(row.bytes(0), row.bytes(1)); }, entry.id));
  std::optional<Reading> found;
  if (!sealed) return found;
  found.emplace();
  TRY_ASSIGN(found->openings, view.unseal(entry.key_id, {"readings.openings", entry.id}, sealed->first));
  TRY_ASSIGN(found->inspection, view.unseal(entry.key_id, {"readings.inspection", entry.id}, sealed->second));
  return found;
}

Result<void> save_reading(Change& change, const InboxEntry& entry, const Reading& reading) {
  TRY_ASSIGN(const std::string openings, change.seal(entry.key_id, {"readings.openings", entry.id}, reading.openings));
  TRY_ASSIGN(const std::string inspection, change.seal(entry.key_id, {"readings.inspection", entry.id}, reading.inspection));
  return change.database().execute("INSERT INTO readings (inbox_id, openings, inspection) VALUES (?1, ?2, ?3) "
                                   "ON CONFLICT (inbox_id) DO UPDATE SET openings = ?2, inspection = ?3",
                                   entry.id, Blob{openings}, Blob{inspection});
}

Result<void> settle_mail(Change& change, Id id, const Outcome& outcome) {
  const auto hash = [&](std::string_view purpose, const std::string& value) {
    return value.empty() ? std::string() : change.keyring().lookup_hash(purpose, value);
  };
  const auto blob = [](const std::string& bytes) { return bytes.empty() ? std::optional<Blob>() : Blob{bytes}; };
  const std::string message_id = hash("message-id", outcome.message_id);
  const std::string likeness = hash("likeness", outcome.likeness);
  return change.database().execute("UPDATE inbox SET state = 'done', kind = ?, result = ?, case_id = ?, duplicate_of = ?, "
                                   "message_id_hash = ?, likeness_hash = ? WHERE id = ?",
                                   outcome.kind, outcome.result, outcome.case_id, outcome.duplicate_of, blob(message_id),
                                   blob(likeness), id);
}

Result<void> reopen_mail(Change& change, Id id) {
  return change.database().execute("UPDATE inbox SET state = 'stored' WHERE id = ?", id);
}

Result<void> mark_reviewed(Change& change, Id id) {
  return change.database().execute("UPDATE inbox SET reviewed = 1 WHERE id = ?", id);
}

Result<std::optional<Id>> find_alike(View& view, std::string_view likeness, Id other_than) {
  const std::string hash = view.keyring().lookup_hash("likeness", likeness);
  return view.database().one("SELECT id FROM inbox WHERE likeness_hash = ? AND id <> ? AND state = 'done' "
                             "AND duplicate_of IS NULL ORDER BY id LIMIT 1",
                             first_column, Blob{hash}, other_than);
}

} // namespace cvdesk::store
