#include "report/pattern_table.hpp"

#include <algorithm>
#include <cassert>

namespace cvdesk::report {

int PatternTable::add(const std::string& pattern) {
  int number = -1;
  [[maybe_unused]] const auto trouble = patterns_.Add(pattern, pattern_options(), &number);
  assert(trouble == RE2::NoError);
  return number;
}

void PatternTable::compile() {
  std::vector<std::string> words;
  patterns_.Compile(&words);
  words_ = Literals(words);
}

std::vector<int> PatternTable::possible(std::string_view text) const {
  std::vector<int> numbers;
  patterns_.AllPotentials(words_.in(text), &numbers);
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

} // namespace cvdesk::report
