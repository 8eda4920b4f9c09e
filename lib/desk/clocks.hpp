// The clocks of a case: what the policy promises its reporter. They are met by what happens, never by hand.
#pragma once

#include "desk/desk.hpp"
#include "store/cases.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace cvdesk::desk {

// "acknowledge", "assess", "resolve", from the moment the mail was received.
Result<void> start_clocks(const Desk& desk, store::Change& change, const store::CaseEntry& entry);

// Moves the case (not saved here) and its clocks: a status meets the promises up to it; one that is taken back
// lets those behind it run again, but for the acknowledgement: what was sent cannot be unsent. The clock of a
// case that was resolved stood still meanwhile: it goes on with what was left of it, and with no less than what
// is promised for an assessment.
Result<void> reach_status(const Desk& desk, store::Change& change, store::CaseEntry& entry, std::string_view status);

// A clock that runs, as `cvdesk deadlines` shows it.
struct RunningClock {
  std::string reference;
  std::string title;
  std::string status;
  std::string assignee; // empty: nobody
  std::string name;
  Instant due;
};
// Of all cases that were not erased, the nearest first.
Result<std::vector<RunningClock>> running_clocks(Desk& desk);

} // namespace cvdesk::desk
