// Phrases of four languages, from data/phrases.tsv: what people write when they mean something.
#pragma once

#include "report/pattern_table.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cvdesk::report {

// `text` must be folded. A category that is not in the table is a defect of ours (assert). "negation/fr" is
// the category in one language only ("all" included): "pas" denies in French, and opens a door in Dutch.
std::optional<Found> find_phrase(std::string_view category, std::string_view text, std::size_t from = 0);
// Remembers, as long as it lives, what phrases the texts of this thread may have: the same sentences are asked about one
// category after the other, and again for the next fact.
class PossiblePhrases {
public:
  PossiblePhrases();
  ~PossiblePhrases();
  PossiblePhrases(const PossiblePhrases&) = delete;
  PossiblePhrases& operator=(const PossiblePhrases&) = delete;
  const PatternTable::Possible& in(std::string_view text);

private:
  static constexpr std::size_t places = 256;
  struct Known {
    bool filled = false;
    std::string text;
    PatternTable::Possible possible;
  };
  std::vector<Known> known_;
  PossiblePhrases* before_;
};

bool has_phrase(std::string_view category, std::string_view text);
// One after the other, not overlapping; at most `limit`.
std::vector<Found> all_phrases(std::string_view category, std::string_view text, std::size_t limit = 200);

// Whether what stands at [begin, end) of this folded sentence is denied: "I did not …", "geen …", "… habe
// ich nicht …", "sans …", also from further back in an enumeration, but not over a new subject or a "but".
// `language`: of the text; none, or one that the table does not have: all at once.
bool is_denied(std::string_view sentence, std::size_t begin, std::size_t end, std::string_view language);

// "negation" → "negation/nl" where the table has that language.
std::string in_language(std::string_view category, std::string_view language);

} // namespace cvdesk::report
