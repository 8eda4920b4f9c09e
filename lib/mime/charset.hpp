// Bytes in some charset → clean UTF-8. Inside mime only.
#pragma once

#include "core/text.hpp"

#include <string>
#include <string_view>

namespace cvdesk::mime {

// Valid UTF-8, whatever the charset is called: none, us-ascii or unknown → UTF-8 where it is valid, else
// windows-1252; UTF-8 that is mostly not → windows-1252. What can't be read becomes U+FFFD.
std::string to_utf8(std::string_view bytes, std::string_view charset);

// NFC, no control characters but LF and tab, no byte order marks; every kind of line end is LF. With
// Lines::fold one line, line ends and tabs as spaces. More than 30 combining marks on one character are
// dropped.
std::string clean_text(std::string_view utf8, Lines lines);

} // namespace cvdesk::mime
