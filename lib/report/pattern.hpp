// RE2, as this layer uses it: compiled once, quiet, bounded in memory. Linear in the text by construction.
//
// Each mail is read in a process of its own, forked from a template: what RE2's automaton learns from one
// mail is lost with it, and to learn it is what costs most. So a pattern is tried only on a text that has the
// words it cannot do without, and on a short one without the automaton.
#pragma once

#include "report/literals.hpp"

#include <re2/re2.h>

#include <array>
#include <atomic>
#include <string>
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

// One regular expression, compiled when it is first needed: for short and for long texts, and both once more
// for text that is all ASCII, which takes a far smaller program.
class Expression {
public:
  explicit Expression(std::string pattern);
  Expression(const Expression&) = delete;
  Expression& operator=(const Expression&) = delete;
  ~Expression();

  // The first match at or behind `from`: groups[0] is all of it. `count` is at most 8.
  bool find(std::string_view text, std::size_t from, re2::StringPiece* groups, int count) const;
  // It can match in one place only.
  bool is_anchored() const { return at_begin_ || at_end_; }

private:
  static constexpr std::size_t forms = 4;
  const RE2& form(bool for_short, bool ascii) const;
  bool is_short(std::size_t size, bool ascii) const;

  std::string pattern_;
  bool at_begin_;
  bool at_end_;
  mutable std::array<std::atomic<const RE2*>, forms> compiled_{};
};

// A pattern with at most 7 groups; groups that took no part are empty.
class Pattern {
public:
  explicit Pattern(const char* text);

  struct Match {
    std::string_view group[8];
    std::string_view operator[](std::size_t n) const { return group[n]; }
  };

  bool in(std::string_view text) const;

  // Finds the next one from `at`, and moves `at` behind it (or by one where it was empty).
  bool next(std::string_view text, std::size_t& at, Match& match) const;
  bool first(std::string_view text, Match& match) const {
    std::size_t at = 0;
    return next(text, at, match);
  }

private:
  bool may_be_in(std::string_view text) const;

  Expression expression_;
  bool filtered_ = false;
  Literals words_; // where filtered: of which one at least is in every text that matches
};

inline std::size_t offset_in(std::string_view text, std::string_view part) {
  return static_cast<std::size_t>(part.data() - text.data());
}

} // namespace cvdesk::report
