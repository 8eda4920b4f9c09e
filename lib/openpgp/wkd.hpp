// Web Key Directory (draft-koch-openpgp-webkey-service-19, 3.1): where the owner of a domain publishes the
// certificates of its addresses. Pure: the look-up itself is desk/look_up.hpp's.
#pragma once

#include "openpgp/certificate.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace cvdesk::openpgp {

struct WkdUrls {
  std::string advanced; // at openpgpkey.DOMAIN
  std::string direct;   // at DOMAIN itself: only for a domain that has no such host
};

// `address`: an addr-spec as its owner writes it, the domain in ASCII (A-labels).
WkdUrls wkd_urls(std::string_view address);

// Of what a directory answered, the one to encrypt to: a user id is exactly this address (whatever its case), the
// key was not revoked; of several the one made last. Nothing here is verified: gpg does so before it encrypts.
std::optional<Certificate> certificate_in_directory(std::string_view answer, std::string_view address);

} // namespace cvdesk::openpgp
