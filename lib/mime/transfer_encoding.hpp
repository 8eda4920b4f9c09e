// Content-Transfer-Encoding undone, with the damage found in the wild (RFC 2045, 6). Inside mime only.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace cvdesk::mime {

// Each at most `limit` bytes.

// Foreign characters are skipped; padding ends a run, and what follows it is read only where it is base64
// again and no empty line stands between (a list's footer is not).
std::string decode_base64(std::string_view encoded, std::size_t limit);
// Line ends stay as sent; an "=" that escapes nothing stays.
std::string decode_quoted_printable(std::string_view encoded, std::size_t limit);

} // namespace cvdesk::mime
