#include "store/outbox.hpp"

#include <fmt/core.h>

namespace cvdesk::store {

namespace {

constexpr std::string_view columns = "SELECT id, key_id, case_id, inbox_id, purpose, state, attempts, created_at, "
                                     "next_attempt_at, finished_at, task, last_error, bounced_at FROM outbox";

struct SealedOutgoing {
  OutboxEntry entry;
  std::string task;
  std::optional<std::string> last_error;
};

SealedOutgoing to_outgoing(const Row& row) {
  SealedOutgoing found;
  auto& entry = found.entry;
  entry.id = row.integer(0);
  entry.key_id = row.integer(1);
  entry.case_id = row.maybe_integer(2);
  entry.inbox_id = row.maybe_integer(3);
  entry.purpose = row.bytes(4);
  entry.state = row.bytes(5);
  entry.attempts = static_cast<int>(row.integer(6));
  entry.created = from_unix(row.integer(7));
  entry.next_attempt = from_unix(row.integer(8));
  if (const auto finished = row.maybe_integer(9)) entry.finished = from_unix(*finished);
  found.task = row.bytes(10);
  found.last_error = row.maybe_bytes(11);
  if (const auto bounced = row.maybe_integer(12)) entry.bounced = from_unix(*bounced);
  return found;
}

Result<OutboxEntry> unseal_outgoing(View& view, SealedOutgoing found) {
  OutboxEntry entry = std::move(found.entry);
  auto task = view.unseal(entry.key_id, {"outbox.task", entry.id}, found.task);
  // Erased or damaged: the row is still there, without what it said.
  if (!task && (task.error().kind == ErrorKind::not_found || task.error().kind == ErrorKind::corrupt)) return entry;
  if (!task) return tl::unexpected(std::move(task).error());
  entry.task = std::move(*task);
  if (found.last_error) {
    entry.last_error = view.unseal(entry.key_id, {"outbox.last_error", entry.id}, *found.last_error).value_or("(damaged)");
  }
  return entry;
}

// Under the key of its case, else of the mail that it answers, else one of its own.
Result<Id> key_for(Change& change, const NewOutgoing& outgoing) {
  const auto key_id = [](const Row& row) { return row.integer(0); };
  if (outgoing.case_id) {
    TRY_ASSIGN(const auto key, change.database().one("SELECT key_id FROM cases WHERE id = ?", key_id, *outgoing.case_id));
    if (key) return *key;
  }
  if (outgoing.inbox_id) {
    TRY_ASSIGN(const auto key, change.database().one("SELECT key_id FROM inbox WHERE id = ?", key_id, *outgoing.inbox_id));
    if (key) return *key;
  }
  return change.new_data_key();
}

Id first_column(const Row& row) { return row.integer(0); }

} // namespace

Result<Id> owe(Change& change, const NewOutgoing& outgoing, Instant at) {
  TRY_ASSIGN(const Id id, change.next_id("outbox"));
  TRY_ASSIGN(const Id key_id, key_for(change, outgoing));
  TRY_ASSIGN(const std::string task, change.seal(key_id, {"outbox.task", id}, outgoing.task));
  const std::string message_id = change.keyring().lookup_hash("message-id", outgoing.message_id);
  const std::string recipient = change.keyring().lookup_hash("address", outgoing.recipient);
  const std::string domain = outgoing.domain.empty() ? std::string() : change.keyring().lookup_hash("domain", outgoing.domain);
  TRY(change.database().execute("INSERT INTO outbox (id, key_id, case_id, inbox_id, purpose, state, created_at, "
                                "next_attempt_at, message_id_hash, recipient_hash, domain_hash, task) "
                                "VALUES (?, ?, ?, ?, ?, 'waiting', ?, ?, ?, ?, ?, ?)",
                                id, key_id, outgoing.case_id, outgoing.inbox_id, outgoing.purpose, to_unix(at),
                                to_unix(outgoing.not_before), Blob{message_id}, Blob{recipient}, Blob{domain}, Blob{task}));
  return id;
}

Result<std::optional<OutboxEntry>> find_outgoing(View& view, Id id) {
  TRY_ASSIGN(auto found, view.database().one(fmt::format("{} WHERE id = ?", columns), to_outgoing, id));
  std::optional<OutboxEntry> entry;
  if (found) {
    TRY_ASSIGN(entry, unseal_outgoing(view, std::move(*found)));
  }
  return entry;
}

Result<std::optional<Id>> find_sent_message(View& view, std::string_view message_id) {
  const std::string hash = view.keyring().lookup_hash("message-id", message_id);
  return view.database().one("SELECT id FROM outbox WHERE message_id_hash = ?", first_column, Blob{hash});
}

Result<std::vector<OutboxEntry>> outbox(View& view) {
  TRY_ASSIGN(auto found, view.database().all(fmt::format("{} ORDER BY id", columns), to_outgoing));
  std::vector<OutboxEntry> entries;
  for (auto& sealed : found) {
    TRY_ASSIGN(OutboxEntry entry, unseal_outgoing(view, std::move(sealed)));
    entries.push_back(std::move(entry));
  }
  return entries;
}

Result<std::vector<Id>> due_outgoing(View& view, Instant at, int most) {
  return view.database().all(
      "SELECT id FROM outbox WHERE state = 'waiting' AND next_attempt_at <= ? ORDER BY next_attempt_at, id LIMIT ?",
      first_column, to_unix(at), most);
}

Result<std::vector<Id>> outgoing_to(View& view, std::string_view purpose, std::string_view recipient, Instant since) {
  const std::string hash = view.keyring().lookup_hash("address", recipient);
  return view.database().all("SELECT id FROM outbox WHERE recipient_hash = ? AND purpose = ? AND created_at >= ? ORDER BY id",
                             first_column, Blob{hash}, purpose, to_unix(since));
}

Result<void> revise(Change& change, const OutboxEntry& entry, std::string_view task, Instant next_attempt) {
  TRY_ASSIGN(const std::string sealed, change.seal(entry.key_id, {"outbox.task", entry.id}, task));
  return change.database().execute(
      "UPDATE outbox SET task = ?, next_attempt_at = ? WHERE id = ? AND state = 'waiting' AND attempts = 0", Blob{sealed},
      to_unix(next_attempt), entry.id);
}

Result<std::optional<Instant>> next_due(View& view) {
  TRY_ASSIGN(const auto at, view.database().one("SELECT min(next_attempt_at) FROM outbox WHERE state = 'waiting'",
                                                [](const Row& row) { return row.maybe_integer(0); }));
  std::optional<Instant> due;
  if (at && *at) due = from_unix(**at);
  return due;
}

Result<void> save_composed(Change& change, const OutboxEntry& entry, std::string_view mail, std::string_view task) {
  TRY_ASSIGN(const std::string sealed_task, change.seal(entry.key_id, {"outbox.task", entry.id}, task));
  TRY(change.database().execute("UPDATE outbox SET task = ? WHERE id = ?", Blob{sealed_task}, entry.id));
  TRY_ASSIGN(const std::string sealed, change.seal(entry.key_id, {"outbox_mails.sealed", entry.id}, mail));
  return change.database().execute("INSERT INTO outbox_mails (outbox_id, sealed) VALUES (?, ?)", entry.id, Blob{sealed});
}

Result<std::optional<std::string>> composed(View& view, const OutboxEntry& entry) {
  TRY_ASSIGN(const auto sealed, view.database().one("SELECT sealed FROM outbox_mails WHERE outbox_id = ?",
                                                    [](const Row& row) { return row.bytes(0); }, entry.id));
  std::optional<std::string> mail;
  if (sealed) {
    TRY_ASSIGN(mail, view.unseal(entry.key_id, {"outbox_mails.sealed", entry.id}, *sealed));
  }
  return mail;
}

Result<void> begin_attempt(Change& change, Id id, Instant next_attempt) {
  return change.database().execute("UPDATE outbox SET attempts = attempts + 1, next_attempt_at = ? WHERE id = ?",
                                   to_unix(next_attempt), id);
}

Result<void> postpone(Change& change, Id id, Instant next_attempt) {
  return change.database().execute("UPDATE outbox SET next_attempt_at = ? WHERE id = ?", to_unix(next_attempt), id);
}

Result<int> postpone_all(Change& change, std::string_view purpose, Id from, Instant due_by, Instant next_attempt) {
  TRY(change.database().execute("UPDATE outbox SET next_attempt_at = ? WHERE state = 'waiting' AND purpose = ? AND id >= ? "
                                "AND next_attempt_at <= ?",
                                to_unix(next_attempt), purpose, from, to_unix(due_by)));
  return change.database().changes();
}

Result<void> note_error(Change& change, const OutboxEntry& entry, std::string_view error, Instant next_attempt) {
  TRY_ASSIGN(const std::string sealed, change.seal(entry.key_id, {"outbox.last_error", entry.id}, error));
  return change.database().execute("UPDATE outbox SET last_error = ?, next_attempt_at = ? WHERE id = ?", Blob{sealed},
                                   to_unix(next_attempt), entry.id);
}

Result<void> finish(Change& change, const OutboxEntry& entry, std::string_view state, std::string_view error, Instant at) {
  if (!error.empty()) {
    TRY(note_error(change, entry, error, at));
  } else {
    TRY(change.database().execute("UPDATE outbox SET last_error = NULL WHERE id = ?", entry.id));
  }
  return change.database().execute(
      "UPDATE outbox SET state = ?1, finished_at = ?2 WHERE id = ?3 AND (state = 'waiting' OR ?1 = 'sent')", state, to_unix(at),
      entry.id);
}

Result<void> wait_again(Change& change, Id id, Instant next_attempt) {
  return change.database().execute(
      "UPDATE outbox SET state = 'waiting', attempts = 0, finished_at = NULL, next_attempt_at = ? "
      "WHERE id = ? AND state <> 'sent'",
      to_unix(next_attempt), id);
}

Result<std::int64_t> count_to(View& view, std::string_view purpose, std::string_view recipient, Instant since) {
  const std::string hash = view.keyring().lookup_hash("address", recipient);
  TRY_ASSIGN(const auto count,
             view.database().one("SELECT count(*) FROM outbox WHERE recipient_hash = ? AND created_at > ? AND purpose = ?",
                                 first_column, Blob{hash}, to_unix(since), purpose));
  return count.value_or(0);
}

Result<std::int64_t> count_sent(View& view, std::string_view purpose, Instant since) {
  TRY_ASSIGN(const auto count,
             view.database().one("SELECT count(*) FROM outbox WHERE purpose = ? AND state = 'sent' AND finished_at > ?",
                                 first_column, purpose, to_unix(since)));
  return count.value_or(0);
}

Result<std::int64_t> count_to_domain(View& view, std::string_view domain, Instant since) {
  const std::string hash = view.keyring().lookup_hash("domain", domain);
  TRY_ASSIGN(const auto count, view.database().one("SELECT count(*) FROM outbox WHERE domain_hash = ? AND created_at > ? "
                                                   "AND purpose = 'acknowledgement'",
                                                   first_column, Blob{hash}, to_unix(since)));
  return count.value_or(0);
}

Result<std::optional<Instant>> nth_newest_sent(View& view, std::string_view purpose, Instant since, int n) {
  TRY_ASSIGN(const auto at, view.database().one("SELECT finished_at FROM outbox WHERE purpose = ? AND state = 'sent' AND "
                                                "finished_at > ? ORDER BY finished_at DESC LIMIT 1 OFFSET ?",
                                                first_column, purpose, to_unix(since), n - 1));
  std::optional<Instant> sent;
  if (at) sent = from_unix(*at);
  return sent;
}

Result<Finished> count_finished(View& view, std::string_view purpose, Instant since) {
  TRY_ASSIGN(const auto counted,
             view.database().one("SELECT count(*), sum(state = 'failed' OR bounced_at IS NOT NULL) FROM outbox WHERE purpose = ? "
                                 "AND state IN ('sent', 'failed') AND finished_at > ?",
                                 [](const Row& row) { return Finished{row.integer(0), row.integer(1)}; }, purpose, to_unix(since)));
  return counted.value_or(Finished());
}

Result<bool> mark_bounced(Change& change, Id id, Instant at) {
  TRY(change.database().execute("UPDATE outbox SET bounced_at = ? WHERE id = ? AND state = 'sent' AND bounced_at IS NULL",
                                to_unix(at), id));
  return change.database().changes() > 0;
}

Result<std::optional<Instant>> oldest_stuck(View& view, Instant now) {
  TRY_ASSIGN(const auto at, view.database().one("SELECT min(created_at) FROM outbox WHERE state = 'waiting' AND attempts > 0 "
                                                "AND created_at < ?",
                                                [](const Row& row) { return row.maybe_integer(0); }, to_unix(now)));
  std::optional<Instant> oldest;
  if (at && *at) oldest = from_unix(**at);
  return oldest;
}

Result<bool> has_outgoing(View& view, std::string_view purpose, std::optional<Id> case_id, std::optional<Id> inbox_id) {
  TRY_ASSIGN(const auto found,
             view.database().one("SELECT 1 FROM outbox WHERE purpose = ? AND (case_id = ? OR inbox_id = ?) LIMIT 1",
                                 first_column, purpose, case_id, inbox_id));
  return found.has_value();
}

} // namespace cvdesk::store
