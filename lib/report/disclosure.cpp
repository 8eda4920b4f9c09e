#include "report/dates.hpp"
#include "report/pattern.hpp"
#include "report/phrases.hpp"
#include "report/reading.hpp"

#include <algorithm>

namespace cvdesk::report {

namespace {

std::size_t distance(std::size_t begin, std::size_t end, const Found& cue) {
  if (cue.end <= begin) return begin - cue.end;
  if (end <= cue.begin) return cue.begin - end;
  return 0;
}

std::size_t nearest(std::size_t begin, std::size_t end, const std::vector<Found>& cues) {
  std::size_t best = 100'000;
  for (const auto& cue : cues)
    best = std::min(best, distance(begin, end, cue));
  return best;
}

// The last date of "from 15 November to 1 December" and of "not 15, but 1 December" is the one that counts.
bool is_given_up(std::string_view text, const FoundDate& date) {
  static const Pattern from(
      "\\b(?:from|van|von|vom|du|instead of|in plaats van|statt|anstatt|au lieu "
      "d[ue]|not|niet|nicht|originally|eerder|oorspronkelijk|ursprunglich|initialement|was|prevue? "
      "le|gepland op|geplant)(?: (?:on|the|op|dem|den|am|le|de|het))?(?: \\w+day| \\w+dag| \\w+tag)? ?$");
  return from.in(text.substr(date.begin > 40 ? date.begin - 40 : 0, std::min<std::size_t>(date.begin, 40)));
}

bool is_past(std::string_view text) {
  static const Pattern past("\\b(?:published on|publication date|was published|were published|gepubliceerd "
                            "op|veroffentlicht am|publie le|released "
                            "on|(?:discovered|found|reported|tested|ontdekt|gevonden|getest|entdeckt|"
                            "gefunden|getestet|decouvert|trouve|teste)[^.;,]{0,20}) ?$");
  return past.in(text);
}

} // namespace

void read_disclosure(Reading& reading) {
  std::optional<Date> sent;
  if (reading.mail.date) sent = Date(std::chrono::floor<std::chrono::days>(*reading.mail.date));
  auto& disclosure = reading.facts.disclosure;
  for (const auto& passage : reading.document.passages) {
    if (passage.role == Role::disclaimer || passage.role == Role::code || passage.role == Role::signature)
      continue;
    bool carried = false; // the sentence before announced it, without saying when
    for (const auto& sentence : passage.sentences) {
      // "…/article/12" in an address announces nothing.
      static const RE2 address("\\S*://\\S*", pattern_options());
      std::string without_addresses = sentence.folded.text;
      RE2::GlobalReplace(&without_addresses, address, " ");
      const std::string_view text = without_addresses;
      const auto cues = all_phrases("publish", text, 20);
      const bool none = has_phrase("publish.none", text);
      const bool follows = carried;
      static const Pattern holds_off(
          "\\b(?:until|till|before|unless|earlier than|voor|tot|totdat|tenzij|voordat|eerder "
          "dan|bis|vor|bevor|ausser|fruher als|avant|jusqu\\w*|sauf si)\\b");
      const bool asked = has_phrase("publish", passage.question);
      const bool usable = (!cues.empty() || asked) && (!none || holds_off.in(text));
      carried = !cues.empty() && !none;
      if (!usable && !follows) continue;
      if (!disclosure.date) {
        for (const auto& date : find_dates(text, sent)) {
          if (sent && std::chrono::sys_days(date.date) < std::chrono::sys_days(*sent)) continue;
          if (is_given_up(text, date) || is_past(text.substr(0, date.begin))) continue;
          if (usable && !asked && nearest(date.begin, date.end, cues) > 110) continue;
          disclosure.date = date.date;
          reading.note("disclosure.date", to_iso_date(date.date), passage, {sentence.text});
          break;
        }
      }
      if (!disclosure.days && usable) {
        for (const auto& days : find_days(text)) {
          if (!asked && nearest(days.begin, days.end, cues) > 110) continue;
          // "within 7 days of an answer", "five weeks ago": other terms.
          static const Pattern past("^ ?(?:ago|geleden|since|now|old|later)");
          static const Pattern ago(
              "\\b(?:vor|seit|il y a|sinds|for|since|depuis|the last|past)(?: \\w+)? ?$");
          if (past.in(text.substr(days.end, 12)) ||
              ago.in(
                  text.substr(days.begin > 20 ? days.begin - 20 : 0, std::min<std::size_t>(days.begin, 20))))
            continue;
          const auto replies = all_phrases("reply.term", text, 20);
          if (!asked && nearest(days.begin, days.end, replies) + 8 < nearest(days.begin, days.end, cues))
            continue;
          disclosure.days = days.days;
          reading.note("disclosure.days", std::to_string(days.days), passage, {sentence.text});
          break;
        }
      }
      if (disclosure.date || disclosure.days) carried = false;
    }
  }
}

} // namespace cvdesk::report
