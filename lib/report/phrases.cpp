#include "report/phrases.hpp"

#include "report/pattern_table.hpp"
#include "report/table.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace cvdesk::report {

namespace {

constexpr std::array<const char*, 4> languages = {"en", "nl", "de", "fr"};

bool is_asked_by_language(std::string_view category) {
  static constexpr std::array<std::string_view, 8> asked = {"negation",    "negation.after", "negation.ends",
                                                            "clause",      "hypothesis",     "admission",
                                                            "deed.others", "deed.pronoun"};
  return std::find(asked.begin(), asked.end(), category) != asked.end();
}

struct Categories {
  std::map<std::string, int, std::less<>> numbers;
  PatternTable patterns{true};
};

Categories compile_all() {
  std::map<std::string, std::vector<std::string>, std::less<>> rows;
  for (const auto& row : read_table(phrases_tsv)) {
    if (row.size() < 3) continue;
    const std::string name(row[0]);
    std::vector<std::string> names = {name};
    if (row[1] == "all") {
      for (const char* language : languages)
        names.push_back(name + "/" + language);
    } else {
      names.push_back(name + "/" + std::string(row[1]));
    }
    for (const auto& key : names)
      rows[key].emplace_back(row[2]);
  }
  Categories categories;
  for (const auto& [name, patterns] : rows) {
    // Of the languages by themselves only what is asked for so is kept.
    if (name.find('/') != std::string::npos && !is_asked_by_language(name.substr(0, name.find('/'))))
      continue;
    categories.numbers[name] = categories.patterns.add(patterns);
  }
  categories.patterns.compile();
  return categories;
}

const Categories& categories() {
  static const Categories all = compile_all(); // made in place: it cannot be moved
  return all;
}

thread_local PossiblePhrases* current = nullptr;

} // namespace

PossiblePhrases::PossiblePhrases() : known_(places), before_(std::exchange(current, this)) {}
PossiblePhrases::~PossiblePhrases() { current = before_; }

const PatternTable::Possible& PossiblePhrases::in(std::string_view text) {
  Known& place = known_[std::hash<std::string_view>()(text) % places];
  if (!place.filled || place.text != text) place = {true, std::string(text), categories().patterns.possible(text)};
  return place.possible;
}

std::optional<Found> find_phrase(std::string_view name, std::string_view text, std::size_t from) {
  const auto category = categories().numbers.find(name);
  assert(category != categories().numbers.end());
  if (from > text.size()) return std::nullopt;
  const auto find = [&](const PatternTable::Possible& possible) {
    return categories().patterns.find(category->second, possible, text, from);
  };
  return find(current != nullptr ? current->in(text) : categories().patterns.possible(text));
}

bool has_phrase(std::string_view name, std::string_view text) {
  return find_phrase(name, text).has_value();
}

std::vector<Found> all_phrases(std::string_view name, std::string_view text, std::size_t limit) {
  std::vector<Found> all;
  std::size_t from = 0;
  while (all.size() < limit) {
    const auto found = find_phrase(name, text, from);
    if (!found) break;
    all.push_back(*found);
    from = found->end > from ? found->end : from + 1;
  }
  return all;
}

std::string in_language(std::string_view category, std::string_view language) {
  const bool known = std::find(languages.begin(), languages.end(), language) != languages.end();
  return known ? std::string(category) + "/" + std::string(language) : std::string(category);
}

bool is_denied(std::string_view sentence, std::size_t begin, std::size_t end, std::string_view language) {
  const auto named = [&](std::string_view name) { return in_language(name, language); };
  // Before: the nearest negation governs unless a new subject, a contrast or another sentence comes between.
  constexpr std::size_t reach = 160;
  const auto start = begin > reach ? begin - reach : 0;
  const auto before = sentence.substr(start, begin - start);
  std::size_t after_negation = std::string_view::npos;
  for (const auto& negation : all_phrases(named("negation"), before, 20))
    after_negation = negation.end;
  if (after_negation != std::string_view::npos &&
      !has_phrase(named("negation.ends"), before.substr(after_negation))) {
    return true;
  }
  // After: "… habe ich nicht getan", "copied nothing", up to the end of the clause.
  auto after = sentence.substr(end, 60);
  if (const auto stop = after.find_first_of(",;:.!?("); stop != std::string_view::npos)
    after = after.substr(0, stop);
  if (const auto stop = find_phrase(named("clause"), after)) after = after.substr(0, stop->begin);
  return has_phrase(named("negation.after"), after);
}

} // namespace cvdesk::report
