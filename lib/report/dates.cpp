#include "report/dates.hpp"

#include "report/pattern.hpp"

#include <array>
#include <string>

namespace cvdesk::report {

namespace {

using std::chrono::day;
using std::chrono::month;
using std::chrono::sys_days;
using std::chrono::year;

constexpr std::size_t most = 50;

#define MONTHS                                                                                               \
  "(jan(?:uary|uari|uar|vier|v|)?|feb(?:ruary|ruari|ruar|r)?|fev(?:rier|r)?|mar(?:ch|s)?|maart|mrt|marz|"    \
  "maerz|"                                                                                                   \
  "apr(?:il)?|avr(?:il)?|may|mei|mai|june?|juni|juin|july?|juli|juillet|juil|aug(?:ust|ustus)?|aout|"        \
  "sep(?:t|tember|tembre)?|o[ck]t(?:ober|obre)?|nov(?:ember|embre)?|de[cz](?:ember|embre)?)"

int month_number(std::string_view word) {
  static constexpr std::array<std::pair<std::string_view, int>, 18> starts = {{
      {"jan", 1},
      {"feb", 2},
      {"fev", 2},
      {"mar", 3},
      {"maart", 3},
      {"mrt", 3},
      {"maer", 3},
      {"ap", 4},
      {"av", 4},
      {"mei", 5},
      {"mai", 5},
      {"may", 5},
      {"jun", 6},
      {"juin", 6},
      {"jul", 7},
      {"juil", 7},
      {"a", 8},
      {"se", 9},
  }};
  if (word.starts_with("maa") || word.starts_with("mae")) return 3;
  for (const auto& [start, number] : starts) {
    if (word.starts_with(start)) return number;
  }
  if (word.starts_with("o")) return 10;
  if (word.starts_with("n")) return 11;
  return word.starts_with("d") ? 12 : 0;
}

std::optional<Date> make(int y, int m, int d) {
  const Date date(year(y), month(static_cast<unsigned>(m)), day(static_cast<unsigned>(d)));
  if (y < 2000 || y > 2100 || m < 1 || m > 12 || d < 1 || !date.ok()) return std::nullopt;
  return date;
}

int to_int(std::string_view digits) {
  int value = 0;
  for (const char c : digits) {
    if (c >= '0' && c <= '9' && value < 100000) value = value * 10 + (c - '0');
  }
  return value;
}

std::optional<Date> with_year(std::string_view year_text, int m, int d, std::optional<Date> sent) {
  if (!year_text.empty()) {
    const int y = to_int(year_text);
    return make(y < 100 ? 2000 + y : y, m, d);
  }
  if (!sent) return std::nullopt;
  const int this_year = static_cast<int>(sent->year());
  const auto date = make(this_year, m, d);
  if (date && sys_days(*date) >= sys_days(*sent)) return date;
  return make(this_year + 1, m, d);
}

void find_relative(std::string_view text, Date sent, std::vector<FoundDate>& found) {
  static const Pattern weekday(
      "\\b(?:(next|coming|volgende|komende|aanstaande|nachsten?|kommenden?) )?(?:week |woche )?"
      "(monday|tuesday|wednesday|thursday|friday|saturday|sunday|maandag|dinsdag|woensdag|donderdag|vrijdag|"
      "zaterdag|zondag|"
      "montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|lundi|mardi|mercredi|jeudi|vendredi|"
      "samedi|dimanche)\\b(?: (prochaine?|over a? ?week|next week))?");
  static constexpr std::array<std::array<std::string_view, 4>, 7> names = {{
      {"sunday", "zondag", "sonntag", "dimanche"},
      {"monday", "maandag", "montag", "lundi"},
      {"tuesday", "dinsdag", "dienstag", "mardi"},
      {"wednesday", "woensdag", "mittwoch", "mercredi"},
      {"thursday", "donderdag", "donnerstag", "jeudi"},
      {"friday", "vrijdag", "freitag", "vendredi"},
      {"saturday", "zaterdag", "samstag", "samedi"},
  }};
  static const Pattern tomorrow("\\b(tomorrow|morgen|demain)\\b");
  std::size_t at = 0;
  Pattern::Match match;
  while (found.size() < most && weekday.next(text, at, match)) {
    for (std::size_t wanted = 0; wanted < names.size(); ++wanted) {
      for (const auto name : names[wanted]) {
        if (name != match[2]) continue;
        const auto today = std::chrono::weekday(sys_days(sent)).c_encoding();
        auto ahead = (static_cast<unsigned>(wanted) + 7 - today) % 7;
        if (ahead == 0) ahead = 7;
        const auto begin = offset_in(text, match[0]);
        found.push_back({Date(sys_days(sent) + std::chrono::days(ahead)), begin, begin + match[0].size()});
      }
    }
  }
  if (tomorrow.first(text, match)) {
    const auto begin = offset_in(text, match[0]);
    found.push_back({Date(sys_days(sent) + std::chrono::days(1)), begin, begin + match[0].size()});
  }
}

// "Ende Januar", "medio februari", "mid-March", "fin avril 2027": the last day, or the fifteenth.
void find_part_of_month(std::string_view text, std::optional<Date> sent, std::vector<FoundDate>& found) {
  static const Pattern part("\\b(?:(the end of|end of|end|late|eind|einde|ende|fin|la fin de|de la fin "
                            "de)|mid|middle of|medio|half|halverwege|mitte|mi)[ -](?:de |d')?" MONTHS
                            "\\b(?: (20\\d\\d)\\b)?");
  std::size_t at = 0;
  Pattern::Match match;
  while (found.size() < most && part.next(text, at, match)) {
    const int m = month_number(match[2]);
    const bool at_end = !match[1].empty();
    std::optional<Date> date;
    // February has 28 or 29 days: the last one that there is.
    for (int d = at_end ? 31 : 15; d > 27 || (!at_end && d == 15); --d) {
      date = with_year(match[3], m, d, sent);
      if (date) break;
    }
    const auto begin = offset_in(text, match[0]);
    if (date) found.push_back({*date, begin, begin + match[0].size()});
  }
}

int number_of(std::string_view word) {
  if (!word.empty() && word.front() >= '0' && word.front() <= '9') return to_int(word);
  static constexpr std::pair<std::string_view, int> numbers[] = {
      {"a", 1},
      {"one", 1},
      {"two", 2},
      {"three", 3},
      {"four", 4},
      {"five", 5},
      {"six", 6},
      {"eight", 8},
      {"ten", 10},
      {"twelve", 12},
      {"thirty", 30},
      {"sixty", 60},
      {"ninety", 90},
      {"een", 1},
      {"twee", 2},
      {"drie", 3},
      {"vier", 4},
      {"vijf", 5},
      {"zes", 6},
      {"acht", 8},
      {"tien", 10},
      {"twaalf", 12},
      {"dertig", 30},
      {"zestig", 60},
      {"negentig", 90},
      {"veertien", 14},
      {"eine", 1},
      {"einer", 1},
      {"einem", 1},
      {"zwei", 2},
      {"drei", 3},
      {"funf", 5},
      {"sechs", 6},
      {"zehn", 10},
      {"zwolf", 12},
      {"vierzehn", 14},
      {"dreissig", 30},
      {"sechzig", 60},
      {"neunzig", 90},
      {"un", 1},
      {"une", 1},
      {"deux", 2},
      {"trois", 3},
      {"quatre", 4},
      {"cinq", 5},
      {"huit", 8},
      {"dix", 10},
      {"douze", 12},
      {"quinze", 15},
      {"trente", 30},
      {"soixante", 60},
      {"quatre-vingt-dix", 90},
      {"vingt", 20},
      {"seven", 7},
      {"fourteen", 14},
      {"zeven", 7},
      {"sieben", 7},
      {"sept", 7},
      {"nine", 9},
      {"eleven", 11},
      {"fifteen", 15},
      {"twenty", 20},
      {"forty-five", 45},
      {"hundred", 100},
      {"negen", 9},
      {"elf", 11},
      {"vijftien", 15},
      {"twintig", 20},
      {"vijfenveertig", 45},
      {"honderd", 100},
      {"neun", 9},
      {"funfzehn", 15},
      {"zwanzig", 20},
      {"funfundvierzig", 45},
      {"hundert", 100},
      {"neuf", 9},
      {"onze", 11},
      {"quarante-cinq", 45},
      {"cent", 100},
      {"honderdtwintig", 120},
      {"hundred and twenty", 120},
      {"hundred and eighty", 180},
      {"honderdtachtig", 180},
      {"hundertzwanzig", 120},
      {"hundertachtzig", 180},
      {"cent vingt", 120},
      {"cent quatre-vingts", 180},
  };
  for (const auto& [name, number] : numbers) {
    if (name == word) return number;
  }
  return 0;
}

} // namespace

std::vector<FoundDate> find_dates(std::string_view text, std::optional<Date> sent) {
  static const Pattern iso("\\b(20\\d\\d)[-/.](\\d{1,2})[-/.](\\d{1,2})\\b");
  // "am 7.12.", "op 7/12": only behind a word that a date follows, for "7.12" may be a version.
  static const Pattern no_year(
      "\\b(?:am|bis|zum|ab|den|op|tot|vanaf|le|au|on|until|by)(?: (?:den|dem|zum|the))? "
      "(\\d{1,2})(?:\\.(\\d{1,2})\\.|[/-](\\d{1,2}))(?:[^\\w./-]|[.]?$|[.] )");
  static const Pattern numeric("\\b(\\d{1,2})[-/.] ?(\\d{1,2})[-/.] ?(20\\d\\d|\\d\\d)\\b");
  static const Pattern day_month(
      "\\b(\\d{1,2}|premier)(?:\\.|st|nd|rd|th|er|e|ste|de)? ?(?:of |de |van )?" MONTHS
      "\\b\\.?,?(?: (20\\d\\d)\\b)?");
  static const Pattern month_day("\\b" MONTHS
                                 "\\.? (?:the )?(\\d{1,2})(?:st|nd|rd|th)?\\b(?:,? (20\\d\\d)\\b)?");
  std::vector<FoundDate> found;
  const auto add = [&](std::optional<Date> date, const Pattern::Match& match) {
    const auto begin = offset_in(text, match[0]);
    const auto end = begin + match[0].size();
    for (const auto& other : found) {
      if (begin < other.end && other.begin < end) return;
    }
    if (date && found.size() < most) found.push_back({*date, begin, end});
  };
  std::size_t at = 0;
  Pattern::Match match;
  while (found.size() < most && iso.next(text, at, match))
    add(make(to_int(match[1]), to_int(match[2]), to_int(match[3])), match);
  at = 0;
  while (found.size() < most && day_month.next(text, at, match))
    add(with_year(match[3], month_number(match[2]), match[1] == "premier" ? 1 : to_int(match[1]), sent),
        match);
  at = 0;
  while (found.size() < most && month_day.next(text, at, match))
    add(with_year(match[3], month_number(match[1]), to_int(match[2]), sent), match);
  at = 0;
  while (found.size() < most && numeric.next(text, at, match)) {
    int d = to_int(match[1]);
    int m = to_int(match[2]);
    if (m > 12) std::swap(d, m);
    add(with_year(match[3], m, d, sent), match);
  }
  at = 0;
  while (found.size() < most && no_year.next(text, at, match)) {
    const auto month_text = match[2].empty() ? match[3] : match[2];
    add(with_year({}, to_int(month_text), to_int(match[1]), sent), match);
  }
  if (found.empty()) find_part_of_month(text, sent, found);
  if (found.empty() && sent) find_relative(text, *sent, found);
  return found;
}

std::vector<FoundDays> find_days(std::string_view text) {
  static const Pattern span(
      "\\b(\\d{1,3}|a|an|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fourteen|fifteen|"
      "twenty|thirty|forty-five|sixty|ninety|hundred and twenty|hundred and eighty|hundred|een|"
      "twee|drie|vier|vijf|zes|zeven|acht|tien|twaalf|"
      "negen|elf|veertien|vijftien|twintig|dertig|vijfenveertig|zestig|negentig|honderd|honderdtwintig|"
      "honderdtachtig|hundertzwanzig|hundertachtzig|neun|funfzehn|zwanzig|funfundvierzig|hundert|eine[rm]?|"
      "zwei|drei|funf|sechs|sieben|zehn|zwolf|vierzehn|dreissig|"
      "sechzig|neunzig|un|une|deux|trois|"
      "quatre|cinq|sept|huit|neuf|dix|onze|quarante-cinq|cent vingt|cent "
      "quatre-vingts|cent|douze|quinze|vingt|trente|soixante|quatre-vingt-dix)[ -]?(?:\\([\\w-]{1,20}\\) "
      "?|more |full |calendar |working |business |kalender|volle |ganze |complete )?"
      "(days?|dagen|dag|dagentermijn|tagen|tage|tag|tagefrist|tagesfrist|jours?|weeks?|weken|week|wochen|"
      "woche|semaines?|months?|maanden|maand|"
      "monaten?|monat|mois)\\b");
  static const Pattern fortnight("\\b(fortnight)\\b");
  static const Pattern half_year("\\b(half a year|half year|half jaar|halbe[ns]? jahr|halbjahr)\\b");
  std::vector<FoundDays> found;
  std::size_t at = 0;
  Pattern::Match match;
  while (found.size() < most && span.next(text, at, match)) {
    const int number = number_of(match[1]);
    const auto unit = match[2];
    int factor = 1;
    if (unit.starts_with("we") || unit.starts_with("wo") || unit.starts_with("se")) factor = 7;
    if (unit.starts_with("m")) factor = 30;
    const auto begin = offset_in(text, match[0]);
    if (number > 0 && number * factor <= 3650)
      found.push_back({number * factor, begin, begin + match[0].size()});
  }
  if (fortnight.first(text, match))
    found.push_back({14, offset_in(text, match[0]), offset_in(text, match[0]) + match[0].size()});
  if (half_year.first(text, match))
    found.push_back({180, offset_in(text, match[0]), offset_in(text, match[0]) + match[0].size()});
  return found;
}

} // namespace cvdesk::report
