// By what cases are found that report the same: keyed hashes, nothing that can be read.
#pragma once

#include "store/view.hpp"

#include <string>
#include <vector>

namespace cvdesk::store {

struct Mark {
  std::string kind; // url, host, cwe, cve, text
  std::string value;
};
// In the place of those that the case had.
Result<void> set_marks(Change& change, Id case_id, const std::vector<Mark>& marks);
Result<void> remove_marks(Change& change, Id case_id);

struct SharedMarks {
  Id other = 0;
  std::string kind;
  int count = 0;
};
// Of each older case that shares any but the host alone with this one: how many of each kind, newest case first; at
// most 500 rows.
Result<std::vector<SharedMarks>> shared_marks(View& view, Id case_id);

} // namespace cvdesk::store
