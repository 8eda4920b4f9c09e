// format=flowed undone (RFC 3676). Inside mime only.
#pragma once

#include <string>
#include <string_view>

namespace cvdesk::mime {

// `text`: UTF-8, LF. Paragraphs become one line each, quotes "> " a level.
std::string unflow(std::string_view text, bool delete_space);

} // namespace cvdesk::mime
