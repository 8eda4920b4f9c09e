// Where the facts came from, for whoever wants to check them.
#include "core/text.hpp"
#include "report/reading.hpp"

#include <algorithm>

namespace cvdesk::report {

namespace {

constexpr std::size_t most_evidence = 300;
constexpr std::size_t most_for_one_fact = 3;
constexpr std::size_t longest_value = 2000;
constexpr std::size_t longest_excerpt = 1000;
// In a passage longer than that only its beginning is searched.
constexpr std::size_t longest_search = 32u << 10;

struct Span {
  std::size_t begin = 0;
  std::size_t size = 0;
};

bool is_space(char c) {
  return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

// Finds `words` in a text whose lines they were joined from: any run of white space is like any other.
std::optional<Span> find_loosely(std::string_view text, std::string_view words) {
  if (const auto at = text.find(words); at != std::string_view::npos) return Span{at, words.size()};
  std::string squeezed;
  std::vector<std::size_t> origins;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_space(text[i]) && !squeezed.empty() && squeezed.back() == ' ') continue;
    squeezed += is_space(text[i]) ? ' ' : text[i];
    origins.push_back(i);
  }
  const auto wanted = squeeze(words);
  const auto at = squeezed.find(wanted);
  if (wanted.empty() || at == std::string::npos) return std::nullopt;
  return Span{origins[at], origins[at + wanted.size() - 1] + 1 - origins[at]};
}

} // namespace

void Reading::keep(Evidence one) const {
  auto& all = facts.evidence;
  if (all.size() >= most_evidence || one.value.size() > longest_value) return;
  const auto same = [&](const Evidence& other) {
    return other.field == one.field && other.value == one.value;
  };
  if (std::count_if(all.begin(), all.end(), same) >= static_cast<std::ptrdiff_t>(most_for_one_fact)) return;
  const bool known = std::any_of(all.begin(), all.end(), [&](const Evidence& other) {
    return same(other) && other.source == one.source && other.offset == one.offset;
  });
  if (!known) all.push_back(std::move(one));
}

void Reading::note(std::string_view field, std::string_view value, const Passage& passage,
                   std::initializer_list<std::string_view> words) const {
  const auto end = std::min(passage.end, text.size());
  const auto begin = std::min(passage.begin, end);
  const auto source = text.substr(begin, end - begin);
  Span span{0, source.size()};
  for (const auto wanted : words) {
    if (trim(wanted).empty()) continue;
    if (const auto found = find_loosely(source.substr(0, longest_search), trim(wanted))) {
      span = *found;
      break;
    }
  }
  // Never cut within a character.
  auto size = std::min(span.size, longest_excerpt);
  while (size > 0 && size < span.size &&
         (static_cast<unsigned char>(source[span.begin + size]) & 0xC0) == 0x80)
    --size;
  keep({std::string(field), std::string(value), "", begin + span.begin, size});
}

void Reading::note_source(std::string_view field, std::string_view value, std::string_view source) const {
  keep({std::string(field), std::string(value), std::string(source), 0, 0});
}

void Reading::note_found(std::string_view field, std::string_view value, std::string_view words,
                         std::string_view else_source) const {
  for (const auto& passage : document.passages) {
    if (passage.text.find(words) != std::string::npos) return note(field, value, passage, {words});
  }
  if (!else_source.empty()) note_source(field, value, else_source);
}

} // namespace cvdesk::report
