#include "report/phrases.hpp"

#include "report/pattern.hpp"
#include "report/table.hpp"

#include <cassert>
#include <map>
#include <memory>
#include <string>

namespace cvdesk::report {

namespace {

using Categories = std::map<std::string, std::unique_ptr<RE2>, std::less<>>;

Categories compile_all() {
  std::map<std::string, std::string, std::less<>> alternatives;
  for (const auto& row : read_table(phrases_tsv)) {
    if (row.size() < 3) continue;
    auto& all = alternatives[std::string(row[0])];
    if (!all.empty()) all += '|';
    all += "(?:" + std::string(row[2]) + ")";
  }
  Categories categories;
  for (const auto& [name, all] : alternatives) {
    categories[name] = std::make_unique<RE2>("(?:^|\\b|[^\\w])(" + all + ")(?:\\b|[^\\w]|$)", pattern_options());
    assert(categories[name]->ok());
  }
  return categories;
}

const RE2& category(std::string_view name) {
  static const Categories categories = compile_all();
  const auto found = categories.find(name);
  assert(found != categories.end());
  return *found->second;
}

} // namespace

std::optional<Found> find_phrase(std::string_view name, std::string_view text, std::size_t from) {
  re2::StringPiece groups[2];
  if (from > text.size()) return std::nullopt;
  if (!category(name).Match(piece(text), from, text.size(), RE2::UNANCHORED, groups, 2)) return std::nullopt;
  const auto begin = static_cast<std::size_t>(groups[1].data() - text.data());
  return Found{begin, begin + groups[1].size()};
}

bool has_phrase(std::string_view name, std::string_view text) { return find_phrase(name, text).has_value(); }

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

bool is_denied(std::string_view sentence, std::size_t begin, std::size_t end) {
  // Before: the nearest negation governs unless a new subject, a contrast or another sentence comes between.
  constexpr std::size_t reach = 160;
  const auto start = begin > reach ? begin - reach : 0;
  const auto before = sentence.substr(start, begin - start);
  std::size_t after_negation = std::string_view::npos;
  for (const auto& negation : all_phrases("negation", before, 20)) after_negation = negation.end;
  if (after_negation != std::string_view::npos && !has_phrase("negation.ends", before.substr(after_negation))) {
    return true;
  }
  // After: "… habe ich nicht getan", "copied nothing", up to the end of the clause.
  auto after = sentence.substr(end, 60);
  if (const auto stop = after.find_first_of(",;:.!?("); stop != std::string_view::npos) after = after.substr(0, stop);
  if (const auto stop = find_phrase("clause", after)) after = after.substr(0, stop->begin);
  return has_phrase("negation.after", after);
}

} // namespace cvdesk::report
