// One transaction that makes of a read mail what was decided: case, facts, events, deadlines, answers owed.
#pragma once

#include "desk/desk.hpp"
#include "desk/open_mail.hpp"
#include "store/inbox.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace cvdesk::desk {

struct Recorded {
  store::Id message = 0;
  std::string result; // case, follow-up, duplicate, filed
  std::string kind;
  std::optional<std::string> reference; // of the case it opened or joined
  std::optional<std::string> case_tag;
  bool owes_answer = false;
};

// Does nothing, and says what became of it, when the mail has been recorded already.
Result<Recorded> record(Desk& desk, store::Id message, const OpenedMail& mail, std::string_view raw);

// Makes a case of a mail that was filed without one; it is acknowledged like any other report. not_found: no
// such message; refused: it was not filed.
Result<Recorded> promote(Desk& desk, store::Id message, std::string_view actor);

// The same of a mail that was recorded earlier.
Result<Recorded> outcome_of(store::View& view, store::Id message);

} // namespace cvdesk::desk
