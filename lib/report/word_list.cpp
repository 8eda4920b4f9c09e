#include "report/word_list.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace cvdesk::report {

namespace {

// As \w and \b: ASCII alone.
bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// Where the character that ends before `at` begins. The text is UTF-8.
std::size_t before(std::string_view text, std::size_t at) {
  do {
    --at;
  } while (at > 0 && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80);
  return at;
}

} // namespace

WordList::WordList(Words words, bool goes_on, bool at_end)
    : words_(std::move(words)), goes_on_(goes_on), at_end_(at_end) {
  for (const auto& word : words_)
    first_.set(static_cast<std::uint8_t>(word.front()));
}

std::optional<WordList> WordList::of(std::string_view pattern, bool at_end) {
  constexpr std::string_view any_letters = "\\w*";
  const bool goes_on = pattern.ends_with(any_letters) && !pattern.ends_with("\\\\w*");
  if (goes_on) pattern.remove_suffix(any_letters.size());
  auto words = only_words(pattern);
  if (words.empty() || std::any_of(words.begin(), words.end(), [](const auto& word) { return word.empty(); }))
    return std::nullopt;
  return WordList(std::move(words), goes_on, at_end);
}

// Of the first word that is there.
std::optional<std::size_t> WordList::end_at(std::string_view text, std::size_t begin) const {
  const auto rest = text.substr(begin);
  for (const auto& word : words_) {
    if (!rest.starts_with(word)) continue;
    std::size_t end = begin + word.size();
    if (goes_on_) {
      while (end < text.size() && is_word(text[end]))
        ++end;
    } else if (at_end_ && end < text.size() && is_word(text[end - 1]) && is_word(text[end])) {
      continue;
    }
    return end;
  }
  return std::nullopt;
}

std::optional<WordList::Match> WordList::find(std::string_view text, std::size_t from) const {
  for (std::size_t at = from; at < text.size(); ++at) {
    if (!first_[static_cast<std::uint8_t>(text[at])]) continue;
    const bool behind_word = at > 0 && is_word(text[at - 1]);
    const bool begins_word = is_word(text[at]);
    if (behind_word && begins_word) continue;
    const bool alone = at == 0 || behind_word != begins_word; // ^ or \b
    const bool with_character = at > from && !behind_word;
    if (!alone && !with_character) continue;
    if (const auto end = end_at(text, at)) return Match{with_character ? before(text, at) : at, {at, *end}};
  }
  return std::nullopt;
}

} // namespace cvdesk::report
