// The grammar of one IMAP response (RFC 3501, 9) whose literals were taken out.
#pragma once

#include "imap/response.hpp"

#include <string_view>
#include <vector>

namespace cvdesk::imap {

// `line`: without its line end; a '{' at the offset of a literal stands for that literal, whose bytes are
// moved into the response. Linear, no recursion. Error: protocol.
Result<Response> parse_response(std::string_view line, std::vector<Literal>& literals);

} // namespace cvdesk::imap
