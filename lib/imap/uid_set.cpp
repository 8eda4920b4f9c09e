#include "imap/uid_set.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace cvdesk::imap {

std::vector<std::string> uid_sets(std::vector<std::uint32_t> uids, std::size_t longest) {
  std::sort(uids.begin(), uids.end());
  uids.erase(std::unique(uids.begin(), uids.end()), uids.end());
  if (!uids.empty() && uids.front() == 0) uids.erase(uids.begin());
  std::vector<std::string> sets;
  for (std::size_t first = 0; first < uids.size();) {
    std::size_t last = first;
    while (last + 1 < uids.size() && uids[last + 1] == uids[last] + 1) {
      ++last;
    }
    const std::string range =
        first == last ? fmt::format("{}", uids[first]) : fmt::format("{}:{}", uids[first], uids[last]);
    if (sets.empty() || sets.back().size() + 1 + range.size() > longest) {
      sets.push_back(range);
    } else {
      sets.back() += "," + range;
    }
    first = last + 1;
  }
  return sets;
}

} // namespace cvdesk::imap
