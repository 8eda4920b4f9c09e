// A claim on who the reporter is, as JSON: in `show` and in `contacts`.
#pragma once

#include "cli/facts_json.hpp"
#include "desk/correspondents.hpp"

namespace cvdesk::cli {

inline Json claim_json(const desk::Claim& claim) {
  return {{"kind", claim.kind},
          {"value", claim.value},
          {"state", desk::to_string(claim.state)},
          {"why", claim.why},
          {"message", or_null(claim.letter)}};
}

} // namespace cvdesk::cli
