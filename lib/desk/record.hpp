// One transaction that makes of a read mail what was decided: case, facts, events, deadlines, answers owed.
#pragma once

#include "desk/desk.hpp"
#include "desk/open_mail.hpp"
#include "store/inbox.hpp"

#include <optional>
#include <string>

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

// The same of a mail that was recorded earlier.
Result<Recorded> outcome_of(store::View& view, store::Id message);

} // namespace cvdesk::desk
