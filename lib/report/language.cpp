#include "core/text.hpp"
#include "report/pattern.hpp"
#include "report/reading.hpp"

#include <cld2/public/compact_lang_det.h>
#include <cld2/public/encodings.h>

#include <array>
#include <map>

namespace cvdesk::report {

namespace {

// Short texts, and texts full of addresses and English terms, mislead the detector; function words do not.
std::string by_function_words(std::string_view folded_text) {
  struct Words {
    const char* language;
    const char* pattern;
  };
  static const std::array<Words, 4> words = {{
      {"nl", "\\b(?:de|het|een|ik|niet|van|en|dat|die|is|op|voor|met|zijn|wij|jullie|uw|geen|ook|maar|naar|"
             "aan|bij|heb|kan|wordt|deze|dit|te)\\b"},
      {"de", "\\b(?:der|die|das|ich|nicht|und|ist|ein|eine|von|mit|auf|fur|sie|wir|den|dem|zu|auch|aber|kein|"
             "im|wird|habe|bei|ihre|uber)\\b"},
      {"fr", "\\b(?:le|la|les|je|ne|pas|et|est|un|une|des|du|pour|avec|sur|vous|nous|que|qui|dans|votre|mais|"
             "au|ce|j'ai|en)\\b"},
      {"en", "\\b(?:the|i|not|and|is|a|an|of|for|with|on|you|we|your|to|that|this|in|was|but|are|it|have|"
             "from|my)\\b"},
  }};
  static const auto patterns = [] {
    std::map<std::string, Pattern> all;
    for (const auto& [language, pattern] : words)
      all.try_emplace(language, pattern);
    return all;
  }();
  std::string best;
  std::size_t most = 1;
  for (const auto& [language, pattern] : patterns) {
    std::size_t at = 0;
    // Each word counts three times at most: "not vulnerable (OK)" in forty lines of a scanner is no English.
    std::map<std::string, int, std::less<>> seen;
    std::size_t hits = 0;
    Pattern::Match match;
    for (std::size_t n = 0; n < 4000 && pattern.next(folded_text, at, match); ++n) {
      if (++seen[std::string(match[0])] <= 3) ++hits;
    }
    if (hits > most) {
      most = hits;
      best = language;
    }
  }
  return best;
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
  std::array<CLD2::Language, 3> languages{};
  std::array<int, 3> percents{};
  int bytes = 0;
  bool reliable = false;
  CLD2::DetectLanguageSummary(bare.data(), static_cast<int>(bare.size()), true, languages.data(),
                              percents.data(), &bytes, &reliable);
  const std::string detected = languages[0] == CLD2::UNKNOWN_LANGUAGE ? "" : CLD2::LanguageCode(languages[0]);
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
