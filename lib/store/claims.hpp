// What the team decided about claims of mails on who the reporter is and how to reach them.
#pragma once

#include "store/view.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace cvdesk::store {

struct ClaimDecision {
  std::string kind; // "email", "phone", ...
  std::string value;
  bool accepted = false;
};

// A later decision on the same claim of the same case replaces the earlier one.
Result<void> decide_claim(Change& change, Id case_id, const ClaimDecision& decision, Instant at);
Result<std::vector<ClaimDecision>> claim_decisions(View& view, Id case_id); // in the order they were first made

} // namespace cvdesk::store
