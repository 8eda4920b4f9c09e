// What a stranger may make us connect to: hosts of the public Internet, nothing of ours or of our network.
#pragma once

#include <string_view>

#include <sys/socket.h>

namespace cvdesk::net {

// A name of at least two labels of letters, digits and hyphens (RFC 1123, 2.1), 253 bytes at most, not one that is
// kept for local use (RFC 6761, RFC 6762, RFC 8375), no address in any notation (127.1, 0x7f.1).
bool is_public_name(std::string_view host);

// Whether packets to it leave for the Internet: neither loopback, private, link-local, shared, multicast nor reserved
// (RFC 6890), and of IPv6 none of those that carry such an IPv4 address inside.
bool is_public_address(const sockaddr& address);

} // namespace cvdesk::net
