// RE2, as this layer uses it: compiled once, quiet, bounded in memory. Linear in the text by construction.
#pragma once

#include <re2/re2.h>

#include <string_view>

namespace cvdesk::report {

inline re2::StringPiece piece(std::string_view text) {
  return {text.data(), text.size()};
}
inline std::string_view view(const re2::StringPiece& text) {
  return {text.data(), text.size()};
}

inline RE2::Options pattern_options() {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(64 << 20);
  return options;
}

// A pattern with at most 7 groups; groups that took no part are empty.
class Pattern {
public:
  explicit Pattern(const char* text) : expression_(text, pattern_options()) {}

  struct Match {
    std::string_view group[8];
    std::string_view operator[](std::size_t n) const { return group[n]; }
  };

  bool in(std::string_view text) const { return RE2::PartialMatch(piece(text), expression_); }

  // Finds the next one from `at`, and moves `at` behind it (or by one where it was empty).
  bool next(std::string_view text, std::size_t& at, Match& match) const {
    re2::StringPiece groups[8];
    if (at > text.size()) return false;
    const int count = expression_.NumberOfCapturingGroups() + 1;
    if (!expression_.Match(piece(text), at, text.size(), RE2::UNANCHORED, groups, count < 8 ? count : 8)) {
      return false;
    }
    for (std::size_t n = 0; n < 8; ++n)
      match.group[n] = view(groups[n]);
    const auto end = static_cast<std::size_t>(groups[0].data() - text.data()) + groups[0].size();
    at = groups[0].empty() ? end + 1 : end;
    return true;
  }
  bool first(std::string_view text, Match& match) const {
    std::size_t at = 0;
    return next(text, at, match);
  }

private:
  RE2 expression_;
};

inline std::size_t offset_in(std::string_view text, std::string_view part) {
  return static_cast<std::size_t>(part.data() - text.data());
}

} // namespace cvdesk::report
