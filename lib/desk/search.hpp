// Full text over cases and their conversations: unseals and scans, keeps no index of cleartext.
#pragma once

#include "desk/desk.hpp"
#include "store/cases.hpp"

#include <string>
#include <vector>

namespace cvdesk::desk {

struct Hit {
  std::string reference; // empty: in a mail that is filed without a case
  store::Id message = 0; // in the inbox; 0: in a note, an answer, or what was set by hand
  std::string where;     // "title", "subject", "text", "reporter", "note", "reply", ...
  std::string excerpt;   // UTF-8, one line
};

// Cases and mails that hold every one of the words, without regard to case or accents; newest first.
Result<std::vector<Hit>> search(Desk& desk, const std::vector<std::string>& words);

} // namespace cvdesk::desk
