// The audit trail: append-only, each entry chained to the one before by a keyed hash.
#pragma once

#include "store/view.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cvdesk::store {

struct Event {
  Id id = 0;
  Instant at;
  std::optional<Id> case_id;
  std::string actor;  // login name of a person, or "cvdeskd"
  std::string action; // "case-opened", "acknowledged", "note", ...
  std::string detail; // empty: none, or no longer readable
};

struct NewEvent {
  std::optional<Id> case_id;
  std::string_view actor;
  std::string_view action;
  std::string_view detail; // sealed under the case's key; must be empty where there is no case
};

Result<void> append_event(Change& change, const NewEvent& event, Instant at);
// Oldest first; of one case, or all.
Result<std::vector<Event>> events(View& view, std::optional<Id> case_id);

struct ChainReport {
  std::int64_t entries = 0;
  std::string head;                  // hex; to be written to the journal now and then
  std::vector<std::string> problems; // altered, missing, cut off
};
Result<ChainReport> check_chain(View& view);

} // namespace cvdesk::store
