// Many patterns, of which few are in any one text: a look at the words that a pattern cannot do without
// spares running it. RE2 says which words these are; one pass over the text finds those that are there.
#pragma once

#include "report/literals.hpp"
#include "report/pattern.hpp"

#include <re2/filtered_re2.h>

#include <string>
#include <string_view>
#include <vector>

namespace cvdesk::report {

class PatternTable {
public:
  // Its number, counted from 0. A pattern that RE2 refuses is a defect of ours (assert).
  int add(const std::string& pattern);
  // After the last one was added.
  void compile();

  const RE2& operator[](int number) const { return patterns_.GetRE2(number); }
  // Those that may match somewhere in this text, which must be folded, in rising order; no other one does.
  std::vector<int> possible(std::string_view text) const;

private:
  re2::FilteredRE2 patterns_;
  Literals words_;
};

} // namespace cvdesk::report
