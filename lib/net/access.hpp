// What IMAP and SMTP share: where a server is, who we are to it, what libcurl is told about TLS.
#pragma once

#include "core/result.hpp"
#include "core/secret.hpp"
#include "core/settings.hpp"

#include <string>

namespace cvdesk::net {

enum class Mechanism { none, plain, xoauth2 };

// What is shown to the server at log-in.
struct Credentials {
  Mechanism mechanism = Mechanism::none;
  std::string user;
  Secret secret; // the password, or the bearer token
};

// Reads the password file, or fetches a token from the token end-point (client credentials or refresh token,
// RFC 6749; a rotated refresh token is saved; a token is reused until it is about to expire). `fresh`: not
// from the cache, after the server refused the last one. Safe from several threads.
enum class Freshness { cached, fresh };
Result<Credentials> credentials_for(const ServerAccess& server, Freshness freshness = Freshness::cached);

// Once, before the first thread.
void initialise();

// One POST of a JSON body (for webhooks); https, or http to loopback only; 10 s.
Result<void> post_json(const std::string& url, const std::string& body);

} // namespace cvdesk::net
