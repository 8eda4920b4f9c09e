// Header fields of outgoing mail (RFC 5322, 2047, 2231): 7-bit, folded, nothing injected. Inside mime only.
#pragma once

#include "mime/compose.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace cvdesk::mime {

// ASCII that must stay as it is (structured fields): folded at its blanks, and within a word only where it
// would exceed 900 bytes. Bytes that are not printable ASCII become blanks.
std::string fold_structured(std::string_view ascii, std::size_t column);

// `; name="value"`, or RFC 2231 pieces; each on a line of its own.
std::string encode_parameter(std::string_view name, std::string_view utf8);

std::string format_mailboxes(const std::vector<Mailbox>& mailboxes);
// In angle brackets, one a line; without what can't stand in a message identifier.
std::string format_message_ids(const std::vector<std::string>& ids);

} // namespace cvdesk::mime
