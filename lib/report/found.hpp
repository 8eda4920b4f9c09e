// Where something is in a text.
#pragma once

#include <cstddef>

namespace cvdesk::report {

struct Found {
  std::size_t begin = 0;
  std::size_t end = 0;
};

} // namespace cvdesk::report
