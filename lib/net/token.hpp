// Bearer tokens by OAuth 2.0 (RFC 6749): client credentials (4.4), or a refresh token (6).
#pragma once

#include "core/secret.hpp"
#include "core/settings.hpp"
#include "net/access.hpp"

#include <string>

namespace cvdesk::net {

// From the cache of this process while it lasts for another minute, else from the token end-point. A rotated
// refresh token is saved in its file. Errors never hold a token or what the end-point said.
Result<Secret> access_token(const OAuth2Settings& settings, const std::string& user, Freshness freshness);

} // namespace cvdesk::net
