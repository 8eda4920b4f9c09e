#include "net/access.hpp"

#include "net/http.hpp"
#include "net/token.hpp"

#include <curl/curl.h>

namespace cvdesk::net {

void initialise() { curl_global_init(CURL_GLOBAL_DEFAULT); }

Result<Credentials> credentials_for(const ServerAccess& server, Freshness freshness) {
  Credentials credentials;
  credentials.user = server.user;
  if (server.oauth2) {
    credentials.mechanism = Mechanism::xoauth2;
    TRY_ASSIGN(credentials.secret, access_token(*server.oauth2, server.user, freshness));
  } else if (server.password_file) {
    credentials.mechanism = Mechanism::plain;
    TRY_ASSIGN(credentials.secret, read_secret(*server.password_file, SecretForm::line));
  }
  return credentials;
}

Result<void> post_json(const std::string& url, const std::string& body) {
  TRY_ASSIGN(const Answer answer, post(url, "application/json", body));
  return check_status(answer);
}

} // namespace cvdesk::net
