// Folder names as IMAP writes them: modified UTF-7 (RFC 3501, 5.1.3) in a quoted string.
#pragma once

#include "core/result.hpp"

#include <string>
#include <string_view>

namespace cvdesk::imap {

// Safe in a command, whatever is in the name. Errors (configuration): empty, not UTF-8, over 1,000 bytes.
Result<std::string> quoted_folder(std::string_view utf8);

} // namespace cvdesk::imap
