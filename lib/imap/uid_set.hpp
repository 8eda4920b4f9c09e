// Sets of UIDs as IMAP writes them (RFC 3501, sequence-set): "1:5,9".
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace cvdesk::imap {

// In ascending order, without doubles and zeros; in as many sets as it takes to keep each within `longest`
// bytes (at least 21): servers limit the length of a command line (RFC 7162, 4).
std::vector<std::string> uid_sets(std::vector<std::uint32_t> uids, std::size_t longest = 4000);

} // namespace cvdesk::imap
