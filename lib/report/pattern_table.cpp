#include "report/pattern_table.hpp"

#include "report/necessary.hpp"

#include <algorithm>
#include <compare>

namespace cvdesk::report {

int PatternTable::alternative(std::string_view pattern) {
  if (const auto known = numbers_.find(pattern); known != numbers_.end()) return known->second;
  const auto number = static_cast<int>(alternatives_.size());
  const std::string framed =
      "(?:^|\\b|[^\\w])(" + std::string(pattern) + (at_end_ ? ")(?:\\b|[^\\w]|$)" : ")");
  const auto lists = necessary_words(pattern);
  alternatives_.emplace_back(framed, WordList::of(pattern, at_end_), static_cast<int>(lists.size()));
  for (std::size_t list = 0; list < lists.size(); ++list) {
    for (const auto& word : lists[list])
      uses_by_word_[word].push_back({number, static_cast<int>(list)});
  }
  if (lists.empty()) always_.push_back(number);
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
  std::vector<std::string> words;
  for (auto& [word, uses] : uses_by_word_) {
    words.push_back(word);
    uses_.push_back(std::move(uses));
  }
  words_ = Literals(words);
  uses_by_word_.clear();
  numbers_.clear();
}

PatternTable::Possible PatternTable::possible(std::string_view text) const {
  Possible possible;
  const auto add = [&](int number) {
    const auto& places = alternatives_[static_cast<std::size_t>(number)].places;
    possible.places_.insert(possible.places_.end(), places.begin(), places.end());
  };
  std::vector<Use> found; // sorted, each list counts once
  for (const int word : words_.in(text)) {
    const auto& uses = uses_[static_cast<std::size_t>(word)];
    found.insert(found.end(), uses.begin(), uses.end());
  }
  std::sort(found.begin(), found.end(), [](const Use& a, const Use& b) {
    return a.alternative != b.alternative ? a.alternative < b.alternative : a.list < b.list;
  });
  for (std::size_t i = 0; i < found.size();) {
    const int number = found[i].alternative;
    int lists = 0;
    for (int last = -1; i < found.size() && found[i].alternative == number; ++i) {
      lists += found[i].list != last ? 1 : 0;
      last = found[i].list;
    }
    if (lists == alternatives_[static_cast<std::size_t>(number)].lists) add(number);
  }
  for (const int number : always_)
    add(number);
  std::sort(possible.places_.begin(), possible.places_.end());
  for (const auto& place : possible.places_) {
    if (possible.entries_.empty() || possible.entries_.back() != place.entry) possible.entries_.push_back(place.entry);
  }
  return possible;
}

std::optional<WordList::Match> PatternTable::Alternative::find(std::string_view text, std::size_t from) const {
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
