// Host names and IP addresses as reports write them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace cvdesk::report {

// Lower-case A-labels (IDNA 2008, transitional off) without a final dot; unset when it is no host name.
std::optional<std::string> to_a_labels(std::string_view host);

// IPv4 in four decimal parts, or IPv6 (with or without brackets); in its compressed form (RFC 5952).
std::optional<std::string> to_ip(std::string_view text);

// 127/8, ::1, 0.0.0.0, 169.254/16, fe80::/10, multicast: no system that could be reported.
bool is_special_ip(std::string_view ip);
bool is_private_ip(std::string_view ip); // RFC 1918, RFC 4193

// Whether a name that stands in running text without a scheme is a host: its top-level domain exists (Public
// Suffix List) or is reserved (RFC 2606, 6761), and it is not a file ("report.zip"), not code
// ("window.name") and not two sentences ("done.It").
bool is_host_in_text(std::string_view name, bool path_follows);

// Of data/hosts.tsv: "reference" (knowledge bases), "callback" (interaction servers), "shortener", "profile".
bool is_host_of(std::string_view group, std::string_view a_label_host);

} // namespace cvdesk::report
