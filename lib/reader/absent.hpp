// Content that a mail only points to (RFC 2046, 5.2.2 and 5.2.3): said to the reader, never fetched.
#pragma once

#include "mime/message.hpp"

#include <string>

namespace cvdesk::reader {

// What stands elsewhere, as a line of text: for message/external-body and message/partial. Empty for all
// else.
std::string absent_content(const mime::Part& part);

} // namespace cvdesk::reader
