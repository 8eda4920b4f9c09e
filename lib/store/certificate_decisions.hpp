// What a person decides on the certificates that are kept for an address. Each is an entry in the log of
// every case that it concerns.
#pragma once

#include "store/view.hpp"

#include <string_view>

namespace cvdesk::store {

// This certificate is pinned from now on, in all cases that keep it for the address (lower case); another one
// that was pinned becomes the conflict. False: none of that fingerprint is kept for the address.
Result<bool> accept_certificate(Change& change, std::string_view address, std::string_view fingerprint,
                                std::string_view actor, Instant at);
// All certificates kept for the address go. False: there is none.
Result<bool> forget_certificates(Change& change, std::string_view address, std::string_view actor,
                                 Instant at);

} // namespace cvdesk::store
