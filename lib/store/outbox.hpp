// Mail that is owed to somebody: what, to whom, and how far it has come.
#pragma once

#include "store/view.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cvdesk::store {

struct OutboxEntry {
  Id id = 0;
  Id key_id = 0;
  std::optional<Id> case_id;
  std::optional<Id> inbox_id; // the mail that it answers
  std::string purpose;        // acknowledgement, reply, ...
  std::string state;          // waiting, sent, failed, cancelled
  int attempts = 0;
  Instant created;
  Instant next_attempt;
  std::optional<Instant> finished;
  std::string task;       // JSON of the desk: to whom, which template, which fields, which Message-ID
  std::string last_error; // empty: none
  std::optional<Instant> bounced; // sent, and a delivery report came back
};

struct NewOutgoing {
  std::optional<Id> case_id;
  std::optional<Id> inbox_id;
  std::string purpose;
  std::string message_id; // without angle brackets
  std::string recipient;  // addr-spec, for the caps
  std::string task;
  Instant not_before;
  std::string domain = {}; // of the recipient, for the caps; empty: counted for none
};

Result<Id> owe(Change& change, const NewOutgoing& outgoing, Instant at);
Result<std::optional<OutboxEntry>> find_outgoing(View& view, Id id);
// The row of this Message-ID of ours.
Result<std::optional<Id>> find_sent_message(View& view, std::string_view message_id);
Result<std::vector<OutboxEntry>> outbox(View& view); // oldest first
// Waiting and due at this time, oldest first.
Result<std::vector<Id>> due_outgoing(View& view, Instant at, int most);
// When the next waiting one is due.
Result<std::optional<Instant>> next_due(View& view);

// The composed bytes: stored before the first attempt, the same for every later one.
// `task` replaces the row's: it now says what was composed.
Result<void> save_composed(Change& change, const OutboxEntry& entry, std::string_view mail, std::string_view task);
Result<std::optional<std::string>> composed(View& view, const OutboxEntry& entry);

// Those of this purpose to this address (lower case) that were owed since then, in any state.
Result<std::vector<Id>> outgoing_to(View& view, std::string_view purpose, std::string_view recipient, Instant since);
// Another task, due at this time, for a row that waits and was never tried; nothing for any other.
Result<void> revise(Change& change, const OutboxEntry& entry, std::string_view task, Instant next_attempt);

// Raises the attempt count, before the attempt is made.
Result<void> begin_attempt(Change& change, Id id, Instant next_attempt);
Result<void> postpone(Change& change, Id id, Instant next_attempt);
// All of this purpose that are due and come at or behind this row. How many that were.
Result<int> postpone_all(Change& change, std::string_view purpose, Id from, Instant due_by, Instant next_attempt);
// Sent is sent, whatever was said of it meanwhile; other states only follow waiting. An empty error also takes away what earlier attempts left.
Result<void> finish(Change& change, const OutboxEntry& entry, std::string_view state, std::string_view error, Instant at);
Result<void> note_error(Change& change, const OutboxEntry& entry, std::string_view error, Instant next_attempt);
// From the start: its attempts count from zero again.
Result<void> wait_again(Change& change, Id id, Instant next_attempt);

// How many of this purpose were owed to this address since then; in total.
Result<std::int64_t> count_to(View& view, std::string_view purpose, std::string_view recipient, Instant since);
Result<std::int64_t> count_to_domain(View& view, std::string_view domain, Instant since); // acknowledgements
Result<std::int64_t> count_sent(View& view, std::string_view purpose, Instant since);
// When the nth of those was sent that went out since then, counted from the newest.
Result<std::optional<Instant>> nth_newest_sent(View& view, std::string_view purpose, Instant since, int n);
struct Finished {
  std::int64_t all = 0;
  std::int64_t failed = 0; // refused for good, or come back
};
Result<Finished> count_finished(View& view, std::string_view purpose, Instant since);
// Whether this case, or this mail, has been answered so already.
// The first report counts. False where it was not sent, or is known to have come back.
Result<bool> mark_bounced(Change& change, Id id, Instant at);
// The oldest mail that waits, was due, and was tried in vain.
Result<std::optional<Instant>> oldest_stuck(View& view, Instant now);
Result<bool> has_outgoing(View& view, std::string_view purpose, std::optional<Id> case_id, std::optional<Id> inbox_id);

} // namespace cvdesk::store
