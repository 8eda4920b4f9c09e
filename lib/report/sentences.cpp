#include "core/text.hpp"
#include "report/document.hpp"
#include "report/pattern.hpp"
#include "report/reading.hpp"

#include <algorithm>

namespace cvdesk::report {

namespace {

constexpr std::size_t most_sentences = 400;
// Beyond it a sentence is cut at the next space: what is looked for around a word stays near it.
constexpr std::size_t longest_sentence = 2000;

bool is_abbreviation(std::string_view word) {
  static constexpr std::string_view known[] = {
      "e.g", "i.e",  "eg",   "ie",     "z.b", "d.h", "bijv",  "nr",    "tel",   "dr",  "mr",  "mrs",  "ms",
      "mw",  "dhr",  "bzw",  "ca",     "vs",  "st",  "p.ex",  "ex",    "evt",   "o.a", "u.a", "incl", "excl",
      "max", "min",  "resp", "approx", "ing", "ir",  "drs",   "prof",  "sr",    "jr",  "bv",  "vb",   "mevr",
      "mme", "mlle", "hr",   "blz",    "art", "abs", "m.b.t", "i.v.m", "d.w.z", "z",   "b",   "u",    "d",
      "n",   "t",    "mob",  "fa",     "f",   "str", "no",    "jan",   "feb",   "apr", "aug", "sep",  "fr",
      "tst", "sept", "oct",  "okt",    "nov", "dec", "dez",   "janv",  "juil"};
  return std::find(std::begin(known), std::end(known), word) != std::end(known);
}

} // namespace

std::vector<Sentence> split_sentences(std::string_view paragraph) {
  std::vector<Sentence> sentences;
  const auto push = [&](std::string_view text) {
    text = trim(text);
    if (!text.empty() && sentences.size() < most_sentences) {
      sentences.push_back({std::string(text), fold(text)});
    }
  };
  std::size_t start = 0;
  for (std::size_t i = 0; i + 1 < paragraph.size(); ++i) {
    const char c = paragraph[i];
    if (i > start + longest_sentence && c == ' ') {
      push(paragraph.substr(start, i - start));
      start = i + 1;
      continue;
    }
    if (c != '.' && c != '!' && c != '?') continue;
    std::size_t next = i + 1;
    while (next < paragraph.size() &&
           std::string_view("\"')]*").find(paragraph[next]) != std::string_view::npos)
      ++next;
    if (paragraph.substr(next, 2) == "\xC2\xBB" || paragraph.substr(next, 2) == "\xC2\xA0") next += 2;
    if (next >= paragraph.size() ||
        (paragraph[next] != ' ' && paragraph[next] != '\n' && paragraph[next] != '\t'))
      continue;
    while (next < paragraph.size() &&
           (paragraph[next] == ' ' || paragraph[next] == '\n' || paragraph[next] == '\t'))
      ++next;
    if (next >= paragraph.size()) break;
    const char follows = paragraph[next];
    if (follows >= 'a' && follows <= 'z' && c == '.') continue;
    if (c == '.') {
      std::size_t word = i;
      while (word > start && paragraph[word - 1] != ' ' && paragraph[word - 1] != '(' &&
             paragraph[word - 1] != '\n' && paragraph[word - 1] != '"')
        --word;
      const auto before = paragraph.substr(word, i - word);
      const bool number = !before.empty() && before.size() <= 2 &&
                          before.find_first_not_of("0123456789") == std::string_view::npos;
      const bool initial = before.size() == 1 && before.front() >= 'A' && before.front() <= 'Z';
      const bool digit = follows >= '0' && follows <= '9';
      const auto lower = ascii_lower(before);
      if (number || initial || digit || lower.ends_with("nr") || is_abbreviation(lower)) continue;
    }
    push(paragraph.substr(start, next - start));
    start = next;
  }
  push(paragraph.substr(std::min(start, paragraph.size())));
  return sentences;
}

std::string without_addresses(std::string_view folded_text) {
  static const RE2 address("\\S*://\\S*", pattern_options());
  std::string text(folded_text);
  RE2::GlobalReplace(&text, address, " ");
  return text;
}

} // namespace cvdesk::report
