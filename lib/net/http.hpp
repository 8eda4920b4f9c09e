// One bounded POST over HTTPS.
#pragma once

#include "core/result.hpp"

#include <string>
#include <string_view>

namespace cvdesk::net {

struct Answer {
  long status = 0;
  std::string server; // host:port, for error texts
  std::string body;   // at most 64 KiB; may hold secrets
};

// https, or http to loopback; no redirect is followed; 10 s. Errors name the host alone: a path may be secret.
Result<Answer> post(const std::string& url, const std::string& content_type, std::string_view body);

// An error unless 2xx: temporary for 408, 429 and 5xx.
Result<void> check_status(const Answer& answer);

} // namespace cvdesk::net
