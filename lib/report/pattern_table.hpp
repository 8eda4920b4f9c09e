// Many patterns, of which few are in any one text. Each is taken apart into its alternatives, and of these only those
// are tried whose necessary words are in the text: one pass over it finds all of them.
#pragma once

#include "report/found.hpp"
#include "report/literals.hpp"
#include "report/pattern.hpp"
#include "report/word_list.hpp"

#include <compare>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cvdesk::report {

class PatternTable {
public:
  // Each pattern stands at the beginning of a word; `at_end`: and ends at the end of one.
  explicit PatternTable(bool at_end) : at_end_(at_end) {}

  // The number of an entry that consists of these patterns, counted from 0. A pattern that RE2 refuses is a defect of
  // ours.
  int add(const std::vector<std::string>& patterns);
  // After the last one was added.
  void compile();

  // Of the text, which must be folded: entries in rising order, each with those of its alternatives that may match.
  class Possible {
  public:
    const std::vector<int>& entries() const { return entries_; }

  private:
    friend class PatternTable;
    struct Place {
      int entry = 0;
      int rank = 0; // among the alternatives of the entry
      int alternative = 0;
      auto operator<=>(const Place&) const = default;
    };
    std::vector<Place> places_;
    std::vector<int> entries_;
  };
  Possible possible(std::string_view text) const;

  // The first match of the entry at or behind `from`: what RE2 finds for all its alternatives joined by "|".
  std::optional<Found> find(int entry, const Possible& possible, std::string_view text, std::size_t from) const;

private:
  struct Alternative {
    Alternative(const std::string& pattern, std::optional<WordList> simple)
        : expression(pattern), words(std::move(simple)) {}
    std::optional<WordList::Match> find(std::string_view text, std::size_t from) const;
    Expression expression; // not where it is a list of words
    std::optional<WordList> words;
    std::vector<std::vector<int>> others; // further lists of words of which one has to be there
    std::vector<Possible::Place> places;
  };
  int alternative(std::string_view pattern);
  int word(const std::string& text);

  bool at_end_;
  int entries_ = 0;
  std::map<std::string, int, std::less<>> numbers_; // of alternatives, by their pattern; until compiled
  std::map<std::string, int, std::less<>> words_by_text_; // until compiled
  std::deque<Alternative> alternatives_;
  std::vector<int> always_; // alternatives of which no word is known
  std::vector<std::vector<int>> uses_; // word → alternatives on whose first list it is
  Literals words_;
};

} // namespace cvdesk::report
