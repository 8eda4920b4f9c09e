// SHA-1, for the fingerprints of version 4 keys (RFC 4880, 12.2) and nothing else.
#pragma once

#include <string>
#include <string_view>

namespace cvdesk::openpgp {

std::string sha1(std::string_view bytes); // 20 bytes

} // namespace cvdesk::openpgp
