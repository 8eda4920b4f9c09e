// A pattern that is no more than a few words: found by looking for them.
#pragma once

#include "report/found.hpp"
#include "report/necessary.hpp"

#include <bitset>
#include <optional>
#include <string_view>

namespace cvdesk::report {

class WordList {
public:
  // What `pattern` finds in UTF-8 behind (?:^|\b|[^\w]), and with `at_end` before (?:\b|[^\w]|$): unset where
  // it is no list of words, which may go on with \w*.
  static std::optional<WordList> of(std::string_view pattern, bool at_end);

  struct Match {
    std::size_t begin = 0; // with the character that stands before, where there is one
    Found words;
  };
  std::optional<Match> find(std::string_view text, std::size_t from) const;

private:
  WordList(Words words, bool goes_on, bool at_end);
  std::optional<std::size_t> end_at(std::string_view text, std::size_t begin) const;

  Words words_; // in the order in which RE2 tries them
  bool goes_on_;
  bool at_end_;
  std::bitset<256> first_;
};

} // namespace cvdesk::report
