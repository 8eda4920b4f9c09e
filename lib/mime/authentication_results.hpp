// The Authentication-Results header field (RFC 8601): what a server on the way found out about the sender.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cvdesk::mime {

// One "method=result", lower case, with its properties: {"header.from", "reporter.example"}.
struct AuthenticationResult {
  std::string method;
  std::string result;
  std::vector<std::pair<std::string, std::string>> properties;
};

struct AuthenticationResults {
  std::string authserv_id; // lower case: who says so
  std::vector<AuthenticationResult> results;
};

// Comments and quoted strings are taken for what they are: neither can add a result. What cannot be read by the
// grammar of section 2.2 gives no results from there on; at most 100. Linear.
AuthenticationResults parse_authentication_results(std::string_view body);

} // namespace cvdesk::mime
