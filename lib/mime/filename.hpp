// File names as senders give them → names that are safe to show and to save. Inside mime only.
#pragma once

#include <string>
#include <string_view>

namespace cvdesk::mime {

// The last component of whatever path it was; NFC, without control, bidirectional and invisible format
// characters, not "." or ".."; at most 200 bytes, its extension kept. May be empty.
std::string safe_filename(std::string_view utf8);

} // namespace cvdesk::mime
