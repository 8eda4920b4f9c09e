#include "core/text.hpp"
#include "report/pattern.hpp"
#include "report/reading.hpp"

#include <cld2/public/compact_lang_det.h>
#include <cld2/public/encodings.h>

#include <algorithm>
#include <array>
#include <bitset>
#include <map>

namespace cvdesk::report {

namespace {

constexpr std::array<std::string_view, 4> languages = {"de", "en", "fr", "nl"};

// In which of them a word is a function word, by their places in that list.
using Languages = std::bitset<languages.size()>;

const std::map<std::string_view, Languages, std::less<>>& function_words() {
  static const auto words = [] {
    constexpr std::array<std::string_view, 4> lists = {
        "der die das ich nicht und ist ein eine von mit auf fur sie wir den dem zu auch aber kein im wird habe bei ihre "
        "uber",
        "the i not and is a an of for with on you we your to that this in was but are it have from my",
        "le la les je ne pas et est un une des du pour avec sur vous nous que qui dans votre mais au ce j'ai en",
        "de het een ik niet van en dat die is op voor met zijn wij jullie uw geen ook maar naar aan bij heb kan wordt "
        "deze dit te"};
    std::map<std::string_view, Languages, std::less<>> all;
    for (std::size_t language = 0; language < lists.size(); ++language) {
      for (const auto word : split(lists[language], ' '))
        all[word].set(language);
    }
    return all;
  }();
  return words;
}

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// Where the word ends that begins at `at`. "j'ai" is one.
std::size_t end_of_word(std::string_view text, std::size_t at) {
  const auto run = [&](std::size_t from) {
    while (from < text.size() && is_word(text[from]))
      ++from;
    return from;
  };
  const auto end = run(at);
  const bool j_ai = text.substr(at, 4) == "j'ai" && run(at + 4) == at + 4;
  return j_ai ? at + 4 : end;
}

// Short texts, and texts full of addresses and English terms, mislead the detector; function words do not.
std::string by_function_words(std::string_view folded_text) {
  // Each word counts three times at most: "not vulnerable (OK)" in forty lines of a scanner is no English.
  std::map<std::string_view, int> seen;
  std::array<std::size_t, languages.size()> hits{};
  for (std::size_t at = 0; at < folded_text.size();) {
    if (!is_word(folded_text[at])) {
      ++at;
      continue;
    }
    const auto end = end_of_word(folded_text, at);
    const auto found = function_words().find(folded_text.substr(at, end - at));
    at = end;
    if (found == function_words().end() || ++seen[found->first] > 3) continue;
    for (std::size_t language = 0; language < languages.size(); ++language)
      hits[language] += found->second[language] ? 1 : 0;
  }
  const auto most = std::max_element(hits.begin(), hits.end());
  return *most > 1 ? std::string(languages[static_cast<std::size_t>(most - hits.begin())]) : std::string();
}

std::string without_paths(std::string_view text) {
  static const RE2 address("(?i)\\S*(?:://|@|/\\S+/|\\bwww\\.)\\S*", pattern_options());
  std::string bare(text.substr(0, 64 << 10));
  RE2::GlobalReplace(&bare, address, " ");
  return to_valid_utf8(bare);
}

} // namespace

std::optional<std::string> language_of(std::string_view text) {
  const auto bare = without_paths(text);
  const auto likely = by_function_words(folded(bare));
  std::array<CLD2::Language, 3> found{};
  std::array<int, 3> percents{};
  int bytes = 0;
  bool reliable = false;
  CLD2::DetectLanguageSummary(bare.data(), static_cast<int>(bare.size()), true, found.data(),
                              percents.data(), &bytes, &reliable);
  const std::string detected = found[0] == CLD2::UNKNOWN_LANGUAGE ? "" : CLD2::LanguageCode(found[0]);
  if (reliable && !detected.empty() && detected != "un") {
    const bool ours = detected == "nl" || detected == "de" || detected == "fr" || detected == "en";
    if (!likely.empty() && likely != detected && (percents[0] < 80 || !ours) && bytes < 3000) {
      // Function words of one of the four languages outweigh an unlikely neighbour (af, lb, da, sco ...).
      if (ours || detected == "af" || detected == "lb" || detected == "fy" || detected == "da" ||
          detected == "no" || bare.size() < 200) {
        return likely;
      }
    }
    return detected == "af" || detected == "fy" ? std::string("nl") : detected.substr(0, 2);
  }
  if (!likely.empty()) return likely;
  if (!detected.empty() && detected != "un") return detected.substr(0, 2);
  return std::nullopt;
}

} // namespace cvdesk::report
