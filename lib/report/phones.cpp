// Telephone numbers of the reporter: candidates by form, told from all the other numbers by what stands
// beside them, checked and normalised by libphonenumber.
#include "core/text.hpp"
#include "report/pattern.hpp"
#include "report/phrases.hpp"
#include "report/reading.hpp"

#include <phonenumbers/phonenumberutil.h>
#include <unicode/locid.h>

#include <algorithm>
#include <set>
#include <utility>

namespace cvdesk::report {

namespace {

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

constexpr std::size_t most_phones = 20;
constexpr std::size_t most_candidates = 300;

// Folded name in each of our languages → region: "tschechien" → "CZ".
const std::vector<std::pair<std::string, std::string>>& countries() {
  static const auto all = [] {
    std::vector<std::pair<std::string, std::string>> named;
    std::set<std::string> regions;
    PhoneNumberUtil::GetInstance()->GetSupportedRegions(&regions);
    for (const auto& region : regions) {
      for (const char* language : {"en", "nl", "de", "fr"}) {
        icu::UnicodeString name;
        std::string utf8;
        icu::Locale("", region.c_str()).getDisplayCountry(icu::Locale(language), name).toUTF8String(utf8);
        if (auto plain = folded(utf8); plain.size() >= 4) named.emplace_back(std::move(plain), region);
      }
    }
    return named;
  }();
  return all;
}

// Countries that the text itself points to, best first; `pointed_to`: how many of them, before what is merely
// likely.
std::vector<std::string> regions_of(const Reading& reading, std::string_view number, std::string_view behind,
                                    std::size_t& pointed_to) {
  std::vector<std::string> regions;
  const auto hint = [&](std::string_view text) {
    for (const char* region :
         {"GB", "US", "BE", "CH", "AT", "IE", "DE", "NL", "FR", "LU", "IN", "AU", "NZ",
          "NG", "KE", "ZA", "CA", "ES", "IT", "PL", "SE", "DK", "NO", "PT", "SG", "CZ"}) {
      if (has_phrase("country." + std::string(region), text)) add_once(regions, std::string(region), 20);
    }
    for (const auto& [name, region] : countries()) {
      const auto at = text.find(name);
      const auto is_letter = [&](std::size_t n) {
        return n < text.size() && text[n] >= 'a' && text[n] <= 'z';
      };
      if (at != std::string_view::npos && !(at > 0 && is_letter(at - 1)) && !is_letter(at + name.size()))
        add_once(regions, region, 20);
    }
  };
  hint(behind);
  static const Pattern american("^\\(?[2-9]\\d{2}\\)?[ .-][2-9]\\d{2}[ .-]\\d{4}$");
  if (american.in(number)) add_once(regions, std::string("US"), 20);
  std::string end;
  for (const auto& passage : reading.document.passages) {
    static const Pattern country("^\\W*(?:land|country|pays)\\s*:");
    if (passage.role == Role::signature || country.in(passage.folded.text)) end += passage.folded.text + "\n";
  }
  if (end.size() > 4000) end.resize(4000);
  hint(end);
  pointed_to = regions.size();
  const auto& language = reading.facts.language;
  if (language == "nl") add_once(regions, std::string("NL"), 20);
  if (language == "de") add_once(regions, std::string("DE"), 20);
  if (language == "fr") add_once(regions, std::string("FR"), 20);
  add_once(regions, reading.vantage.region, 20);
  if (language == "en") add_once(regions, std::string("GB"), 20);
  for (const char* neighbour : {"BE", "DE", "FR", "GB", "AT", "CH", "US", "IE"})
    add_once(regions, std::string(neighbour), 20);
  return regions;
}

std::string e164(const PhoneNumber& number) {
  std::string text;
  PhoneNumberUtil::GetInstance()->Format(number, PhoneNumberUtil::E164, &text);
  return text;
}

bool is_length_of_a_line(const PhoneNumber& number) {
  // NL and others have long numbers for machines: those of people are as long as a fixed line's.
  auto* util = PhoneNumberUtil::GetInstance();
  std::string national;
  util->GetNationalSignificantNumber(number, &national);
  if (util->IsPossibleNumberForType(number, PhoneNumberUtil::FIXED_LINE)) return national.size() >= 8;
  return util->IsPossibleNumberForType(number, PhoneNumberUtil::MOBILE) && national.size() <= 10;
}

std::optional<std::string> normalise(const Reading& reading, std::string_view number, std::string_view behind,
                                     bool loose) {
  auto* util = PhoneNumberUtil::GetInstance();
  std::string written(number);
  if (written.starts_with("00") && !written.starts_with("000")) written = "+" + written.substr(2);
  PhoneNumber parsed;
  if (written.starts_with('+')) {
    if (util->Parse(written, "ZZ", &parsed) != PhoneNumberUtil::NO_PARSING_ERROR) return std::nullopt;
    // Numbers that are reserved for stories are possible, but not valid.
    return util->IsPossibleNumber(parsed) ? std::optional(e164(parsed)) : std::nullopt;
  }
  std::size_t pointed_to = 0;
  const auto regions = regions_of(reading, number, behind, pointed_to);
  const bool trunk = written.front() == '0' || written.front() == '(';
  for (std::size_t n = 0; n < regions.size(); ++n) {
    const auto& region = regions[n];
    // "601 123 456 (Czech Republic)": without a zero it takes the country's name.
    if (!trunk && n >= pointed_to && region != "US") break;
    if (util->Parse(written, region, &parsed) != PhoneNumberUtil::NO_PARSING_ERROR) continue;
    if (util->IsValidNumberForRegion(parsed, region)) return e164(parsed);
    // It may be a number that no one has, as in examples: then its length must be one of that country's
    // lines.
    if ((loose || n < pointed_to) && trunk && is_length_of_a_line(parsed)) return e164(parsed);
  }
  return std::nullopt;
}

bool is_number_of_something_else(std::string_view before) {
  // What labels the number: the words since the last separator.
  auto label = before;
  if (const auto cut = label.find_last_of(";|\n"); cut != std::string_view::npos)
    label = label.substr(cut + 1);
  if (label.size() > 48) label = label.substr(label.size() - 48);
  const auto all = all_phrases("not.phone", label, 40);
  if (all.empty()) return false;
  const auto last = all.back();
  // A later "tel." is what counts.
  const auto cues = all_phrases("phone.cue", label, 40);
  if (!cues.empty() && cues.back().begin > last.begin) {
    const auto word = label.substr(cues.back().begin, cues.back().end - cues.back().begin);
    static const Pattern vague("^(?:numero|nummer|number)$");
    if (!vague.in(word)) return false;
  }
  const auto gap = label.substr(last.end);
  static const Pattern words("[a-z]{3,}[^a-z]+[a-z]{3,}[^a-z]+[a-z]{3,}");
  return !words.in(gap);
}

void look_into(Reading& reading, const Passage& passage, const Sentence& sentence,
               const std::string& quoted_digits, std::size_t& seen) {
  static const Pattern candidate(
      "(?:(?:\\+|\\b00) ?\\d{1,3}[ ./-]{0,3}(?:\\(\\d{1,4}\\)[ ./-]{0,3})?|\\(\\+?\\d{1,5}\\)[ "
      "./-]{0,3}|\\b)\\d(?:(?: [-/.] |[ ./-]{0,2})\\d){5,14}");
  auto& phones = reading.facts.reporter.phones;
  const auto& text = sentence.folded.text;
  std::size_t at = 0;
  Pattern::Match match;
  const bool of_another = has_phrase("other.person", text);
  while (phones.size() < most_phones && ++seen < most_candidates && candidate.next(text, at, match)) {
    auto number = std::string(match[0]);
    const auto begin = offset_in(text, match[0]);
    const auto end = begin + match[0].size();
    const char before = begin > 0 ? text[begin - 1] : ' ';
    const char behind = end < text.size() ? text[end] : ' ';
    const auto is_alnum = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
    if (is_alnum(before) || std::string_view("/=@#&%-.:").find(before) != std::string_view::npos) {
      if (before != ':' && !(before == '.' && begin > 3)) continue;
      if (before == ':' && begin > 1 && text[begin - 2] >= '0' && text[begin - 2] <= '9') continue;
    }
    if (is_alnum(behind) || (behind == '-' && end + 1 < text.size() && is_alnum(text[end + 1])) ||
        behind == '/' || behind == '@')
      continue;
    if (behind == ':' && end + 1 < text.size() && text[end + 1] >= '0' && text[end + 1] <= '9') continue;
    // A year at either end of a range, a date, an IP address or an amount is no telephone number.
    static const Pattern date(
        "^(?:(?:19|20)\\d\\d[-./ ][01]?\\d[-./ ][0-3]?\\d(?: \\d{1,2})?|[0-3]?\\d[-./ ][01]?\\d[-./ "
        "](?:19|20)\\d\\d(?: \\d{1,2})?|\\d{1,3}(?:\\.\\d{1,3}){3}(?: .*)?)$");
    if (date.in(number)) continue;
    std::string digits;
    for (const char c : number) {
      if (c >= '0' && c <= '9') digits += c;
    }
    if (digits.size() < 8 || digits.size() > 15) continue;
    const auto around = std::string_view(text).substr(0, begin);
    if (is_number_of_something_else(around)) continue;
    if (of_another) {
      const auto reach = around.substr(around.size() > 70 ? around.size() - 70 : 0);
      static const Pattern mine(
          "\\b(?:(?:my|mijn|meine?|mon|ma) (?:\\w+ )?(?:number|phone|mobile|cell|direct "
          "line|nummer|telefoon\\w*|mobiel\\w*|telefonnummer|handy\\w*|mobilnummer|portable|numero|telephone|"
          "ligne)|(?:call|reach|ring) me|mij (?:bellen|bereiken)|(?:bel|bereik) m[ei]j?|erreichen sie "
          "mich|me joindre|m'appeler)\\b");
      if (has_phrase("other.person", reach) && !mine.in(reach)) continue;
    }
    const bool international = number.front() == '+' || digits.starts_with("00");
    const bool cue = has_phrase("phone.cue", passage.question) ||
                     has_phrase("phone.cue", around.substr(around.size() > 60 ? around.size() - 60 : 0));
    const bool grouped = number.find_first_of(" -./()") != std::string::npos;
    const bool alone = trim(text).size() <= number.size() + 4;
    const bool national = digits.front() == '0' || number.front() == '(';
    static const Pattern american("^\\(?[2-9]\\d{2}\\)?[ .-][2-9]\\d{2}[ .-]\\d{4}$");
    const bool spaced = std::count(number.begin(), number.end(), ' ') >= 2 && digits.size() == 9;
    if (!international && !national && !american.in(number) &&
        !(spaced && (cue || text.substr(end, 3).starts_with(" ("))))
      continue;
    const bool end_of_mail = passage.role == Role::signature || passage.role == Role::field;
    if (!international && !cue && !grouped && !(alone && end_of_mail)) continue;
    const bool loose = international || cue || end_of_mail || alone;
    const auto rest = std::string_view(text).substr(end, 40);
    const auto phone = normalise(reading, number, rest, loose);
    if (!phone) continue;
    // What we wrote ourselves in the history is our number.
    const auto tail = digits.size() > 8 ? digits.substr(digits.size() - 8) : digits;
    if (quoted_digits.find(tail) != std::string::npos) continue;
    add_once(phones, *phone, most_phones);
    const auto source_begin = sentence.folded.source(begin);
    const auto written =
        std::string_view(sentence.text).substr(source_begin, sentence.folded.source(end) - source_begin);
    reading.note("reporter.phones", *phone, passage, {written});
  }
}

// The digits of the numbers in the history, where that history is ours.
std::string digits_of_history(const Reading& reading) {
  std::string digits;
  if (!reading.document.answers_us) return digits;
  for (const char c : reading.document.quoted) {
    if (c >= '0' && c <= '9')
      digits += c;
    else if (c != ' ' && c != '-' && c != '(' && c != ')' && c != '.' && c != '+')
      digits += '|';
  }
  // "(0)317" between the country code and the number.
  return digits;
}

} // namespace

void read_phones(Reading& reading) {
  const auto history = digits_of_history(reading);
  std::size_t seen = 0; // in the whole mail
  for (const auto& passage : reading.document.passages) {
    if (passage.role == Role::code || passage.role == Role::disclaimer) continue;
    for (const auto& sentence : passage.sentences)
      look_into(reading, passage, sentence, history, seen);
  }
}

} // namespace cvdesk::report
