// How answers of ours are tied to the mails that they answer (RFC 5322, 3.6.4).
#pragma once

#include "core/settings.hpp"
#include "reader/inspection.hpp"

#include <string>
#include <vector>

namespace cvdesk::desk {

// Without angle brackets.
struct Thread {
  std::string in_reply_to;             // empty: the mail has no Message-ID that may stand in a header
  std::vector<std::string> references; // at most 21, the newest last
};

// From the outer header of the mail alone, since these stand in the outer header of the answer.
Thread thread_answering(const reader::Outer& outer);

// A Message-ID that nobody can guess: "<128 random bits>@<the desk's domain>".
std::string new_message_id(const Settings& settings);

} // namespace cvdesk::desk
