// Requests in a report: what was sent, and to where.
#pragma once

#include "report/urls.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace cvdesk::report {

struct Requests {
  std::vector<Location> targets; // request line and Host header put together; curl's URL
  std::vector<Location>
      others;    // Origin, Referer, Location and what stands in bodies: absolute, not the target
  int count = 0; // requests and commands
};

// `code` is refanged. https is assumed, unless the port is 80.
Requests read_requests(std::string_view code);

} // namespace cvdesk::report
