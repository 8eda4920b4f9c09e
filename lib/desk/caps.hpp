// How many acknowledgements an address, and a domain, gets in a day: whoever forges senders must not be able to
// make the desk write to them without end (RFC 3834, 2; RFC 5230, 4.2).
#pragma once

#include "core/settings.hpp"
#include "store/view.hpp"

#include <string>
#include <string_view>

namespace cvdesk::desk {

// What counts as one domain: the registrable part by the public suffix list, lower case, in A-labels.
std::string counted_domain(std::string_view address);
// A mail provider of the public has many senders: ten times the setting.
int domain_limit(const Settings& settings, std::string_view domain);

// Empty: it may go. Else which limit is reached: "per-sender-limit", "per-domain-limit".
Result<std::string_view> reached_cap(store::View& view, const Settings& settings, std::string_view address, Instant at);

} // namespace cvdesk::desk
