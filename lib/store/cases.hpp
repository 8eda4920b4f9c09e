// Cases: what was reported, where it stands, what was promised, what belongs to it.
#pragma once

#include "store/view.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cvdesk::store {

struct CaseEntry {
  Id id = 0;
  Id key_id = 0;
  std::string reference; // "CVD-2026-0001"
  std::string mailbox;
  std::string kind;
  std::string status;
  std::optional<std::string> resolution;
  Instant received;
  Instant created;
  std::string sheet; // JSON of the desk: title and what the team has set; empty when the case was erased or is damaged
};

struct NewCase {
  std::string mailbox;
  std::string kind;
  Instant received;
  int year = 0; // of the reference, in the organisation's zone
  std::string sheet;
};

Result<CaseEntry> open_case(Change& change, const NewCase& fresh, Instant at);
Result<std::optional<CaseEntry>> find_case(View& view, Id id);
Result<std::optional<CaseEntry>> find_case_by_reference(View& view, std::string_view reference);
Result<std::vector<CaseEntry>> cases(View& view); // oldest first
// kind, status, resolution and sheet as they are in `entry`.
Result<void> save_case(Change& change, const CaseEntry& entry);

struct Deadline {
  Id case_id = 0;
  std::string name;
  Instant due;
  std::optional<Instant> met;
};
Result<void> set_deadline(Change& change, const Deadline& deadline); // what was met stays met
// Runs again until that time: not met, and the team has been told nothing of it.
Result<void> restart_deadline(Change& change, const Deadline& deadline);
Result<void> meet_deadline(Change& change, Id case_id, std::string_view name, Instant at); // the first time counts
Result<void> unmeet_deadline(Change& change, Id case_id, std::string_view name);
Result<std::vector<Deadline>> deadlines(View& view, Id case_id);
// Of all cases, those that are not met, the nearest first.
Result<std::vector<Deadline>> open_deadlines(View& view);

// What the team has been told of a clock.
enum class Told { nothing = 0, near = 1, missed = 2 };
// Those not met that are due by this time, of which less than `told` has been told.
Result<std::vector<Deadline>> untold_deadlines(View& view, Instant due_by, Told told);
Result<void> mark_told(Change& change, Id case_id, std::string_view name, Told told);

struct ConversationEntry {
  Id id = 0;
  std::optional<Id> inbox_id;
  std::optional<Id> outbox_id;
};
Result<void> join_conversation(Change& change, Id case_id, std::optional<Id> inbox_id, std::optional<Id> outbox_id);
Result<std::vector<ConversationEntry>> conversation(View& view, Id case_id);

Result<void> add_contact(Change& change, Id case_id, std::string_view address);
Result<void> remove_contact(Change& change, Id case_id, std::string_view address);
Result<bool> is_contact(View& view, Id case_id, std::string_view address);

struct Link {
  Id other = 0;
  std::string relation; // duplicate-of, related, suggested
};
Result<void> add_link(Change& change, Id case_id, const Link& link);
// All relations of one to the other, in this direction; the number of them.
Result<int> remove_links(Change& change, Id case_id, Id other);
Result<std::vector<Link>> links(View& view, Id case_id);
Result<std::vector<Link>> links_to(View& view, Id case_id); // `other` is the case that points here

// The case that one of our own Message-IDs belongs to.
Result<std::optional<Id>> case_of_sent_message(View& view, std::string_view message_id);

} // namespace cvdesk::store
