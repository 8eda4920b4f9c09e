#include "report/pattern_table.hpp"

#include "report/necessary.hpp"

#include <algorithm>
#include <compare>

namespace cvdesk::report {

int PatternTable::word(const std::string& text) {
  const auto [known, fresh] = words_by_text_.emplace(text, static_cast<int>(uses_.size()));
  if (fresh) uses_.emplace_back();
  return known->second;
}

int PatternTable::alternative(std::string_view pattern) {
  if (const auto known = numbers_.find(pattern); known != numbers_.end()) return known->second;
  const auto number = static_cast<int>(alternatives_.size());
  const std::string framed =
      "(?:^|\\b|[^\\w])(" + std::string(pattern) + (at_end_ ? ")(?:\\b|[^\\w]|$)" : ")");
  auto& added = alternatives_.emplace_back(framed, WordList::of(pattern, at_end_));
  const auto lists = necessary_words(pattern);
  if (lists.empty()) always_.push_back(number);
  for (const auto& list : lists) {
    const bool first = &list == &lists.front();
    if (!first) added.others.emplace_back();
    for (const auto& text : list) {
      if (first) uses_[static_cast<std::size_t>(word(text))].push_back(number);
      else added.others.back().push_back(word(text));
    }
  }
  numbers_.emplace(pattern, number);
  return number;
}

int PatternTable::add(const std::vector<std::string>& patterns) {
  int rank = 0;
  for (const auto& pattern : patterns) {
    for (const auto part : alternatives_of(pattern)) {
      const int number = alternative(part);
      alternatives_[static_cast<std::size_t>(number)].places.push_back({entries_, rank++, number});
    }
  }
  return entries_++;
}

void PatternTable::compile() {
  std::vector<std::string> words(uses_.size());
  for (const auto& [text, number] : words_by_text_)
    words[static_cast<std::size_t>(number)] = text;
  words_ = Literals(words);
  words_by_text_.clear();
  numbers_.clear();
}

PatternTable::Possible PatternTable::possible(std::string_view text) const {
  const auto present = words_.in(text);
  std::vector<int> numbers = always_;
  for (const int word : present.list) {
    for (const int number : uses_[static_cast<std::size_t>(word)]) {
      const auto& others = alternatives_[static_cast<std::size_t>(number)].others;
      const bool all = std::all_of(others.begin(), others.end(), [&](const auto& list) {
        return std::any_of(list.begin(), list.end(),
                           [&](int other) { return present.flag[static_cast<std::size_t>(other)]; });
      });
      if (all) numbers.push_back(number);
    }
  }
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  Possible possible;
  for (const int number : numbers) {
    for (const auto& place : alternatives_[static_cast<std::size_t>(number)].places)
      possible.places_.push_back(place);
  }
  std::sort(possible.places_.begin(), possible.places_.end());
  for (const auto& place : possible.places_) {
    if (possible.entries_.empty() || possible.entries_.back() != place.entry)
      possible.entries_.push_back(place.entry);
  }
  return possible;
}

std::optional<WordList::Match> PatternTable::Alternative::find(std::string_view text,
                                                               std::size_t from) const {
  if (words) return words->find(text, from);
  re2::StringPiece groups[2];
  if (!expression.find(text, from, groups, 2)) return std::nullopt;
  const auto begin = offset_in(text, view(groups[1]));
  return WordList::Match{offset_in(text, view(groups[0])), {begin, begin + groups[1].size()}};
}

std::optional<Found> PatternTable::find(int entry, const Possible& possible, std::string_view text,
                                        std::size_t from) const {
  std::optional<WordList::Match> best;
  const auto& places = possible.places_;
  auto place = std::lower_bound(places.begin(), places.end(), entry,
                                [](const auto& a, int number) { return a.entry < number; });
  for (; place != places.end() && place->entry == entry; ++place) {
    const auto match = alternatives_[static_cast<std::size_t>(place->alternative)].find(text, from);
    if (!match) continue;
    // Of those that begin at one place RE2 prefers what has no character before it, then the first.
    const bool better = !best || match->begin < best->begin ||
                        (match->begin == best->begin && match->words.begin == match->begin &&
                         best->words.begin != best->begin);
    if (better) best = match;
  }
  if (!best) return std::nullopt;
  return best->words;
}

} // namespace cvdesk::report
