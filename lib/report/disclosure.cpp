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

// "Moved from 15 November to 1 December": the other one counts. `last`: there is no other one behind it.
bool is_given_up(std::string_view text, const FoundDate& date, bool last) {
  static const Pattern moved(
      "\\b(?:from|van|von|vom|du|de)(?: (?:the|dem|den|le|de|het))?(?: \\w+day| \\w+dag| \\w+tag)? ?$");
  static const Pattern dropped(
      "\\b(?:(?:instead of|in plaats van|statt|anstatt|au lieu d[ue]|not|niet|nicht|pas|plus|was|was "
      "gepland|war "
      "geplant)|"
      "(?:originally|first|eerder|eerst|oorspronkelijk|ursprunglich|zunachst|initialement|d'abord)(?: "
      "(?:planned|scheduled|gepland|geplant|prevue?))?(?: (?:for|fur|voor|pour))?|(?:d'abord|initialement) "
      "prevue?(?: "
      "pour)?)(?: (?:on|the|op|dem|den|am|le|de|het))?(?: \\w+day| \\w+dag| \\w+tag)? ?$");
  const auto before =
      text.substr(date.begin > 60 ? date.begin - 60 : 0, std::min<std::size_t>(date.begin, 60));
  return dropped.in(before) || (!last && moved.in(before));
}

// What happened, or is no announcement of the reporter's: "the advisory was published on …".
bool is_past(std::string_view before) {
  static const Pattern past("\\b(?:published on|publication date|was published|were published|gepubliceerd "
                            "op|veroffentlicht am|publiee? le|released "
                            "on|(?:discovered|found|reported|tested|ontdekt|gevonden|getest|entdeckt|"
                            "gefunden|getestet|decouvert|trouve|teste)[^.;,]{0,20}) ?$");
  static const Pattern ahead(
      "\\b(?:will|shall|be|is to|to be|going|wordt|worden|zal|zullen|wird|werden|soll\\w*|sera|"
      "seront|etre|plan\\w*|expect\\w*)\\b[^.;]{0,50}$");
  return past.in(before) && !ahead.in(before);
}

// "five weeks ago", "seit drei Wochen", "il y a un mois".
bool is_elapsed(std::string_view text, const FoundDays& days) {
  static const Pattern after("^ ?(?:ago|geleden|since|now|old|later|lang)\\b");
  static const Pattern before("\\b(?:vor|seit|il y a|sinds|since|depuis|the last|past|al)(?: \\w+)? ?$");
  return after.in(text.substr(days.end, 12)) ||
         before.in(text.substr(days.begin > 20 ? days.begin - 20 : 0, std::min<std::size_t>(days.begin, 20)));
}

// The words that announce, without those that only look so: a conference room, the disclosure of a path.
std::vector<Found> announcements(std::string_view text) {
  auto cues = all_phrases("publish", text, 20);
  const auto others = all_phrases("publish.not", text, 20);
  std::erase_if(cues, [&](const Found& cue) {
    return std::any_of(others.begin(), others.end(),
                       [&](const Found& other) { return other.begin < cue.end && cue.begin < other.end; });
  });
  return cues;
}

struct Announcement {
  std::string_view text; // of one sentence, without addresses
  std::vector<Found> cues;
  bool about = false;   // asked for it, or under a heading of it
  bool follows = false; // the sentence before announced it, without saying when
};

// Whether another term, of an answer or a certificate, stands nearer to it than the announcement.
bool belongs(const Announcement& said, std::size_t begin, std::size_t end, std::string_view other_terms) {
  if (said.about) return true;
  const auto others = all_phrases(other_terms, said.text, 20);
  if (said.cues.empty()) return said.follows && others.empty();
  const auto near = nearest(begin, end, said.cues);
  return near <= 110 && nearest(begin, end, others) + 8 >= near;
}

std::optional<Date> announced_date(const Announcement& said, std::optional<Date> sent) {
  auto dates = find_dates(said.text, sent);
  std::sort(dates.begin(), dates.end(), [](const auto& a, const auto& b) { return a.begin < b.begin; });
  for (std::size_t n = 0; n < dates.size(); ++n) {
    const auto& date = dates[n];
    if (sent && std::chrono::sys_days(date.date) < std::chrono::sys_days(*sent)) continue;
    if (is_given_up(said.text, date, n + 1 == dates.size()) || is_past(said.text.substr(0, date.begin)))
      continue;
    if (!belongs(said, date.begin, date.end, "date.other")) continue;
    return date.date;
  }
  return std::nullopt;
}

std::optional<int> announced_days(const Announcement& said) {
  if (said.cues.empty() && !said.about) return std::nullopt;
  for (const auto& days : find_days(said.text)) {
    if (!is_elapsed(said.text, days) && belongs(said, days.begin, days.end, "reply.term")) return days.days;
  }
  return std::nullopt;
}

// Whether the sentence announces it at all: no "nothing will be published", but "not before …".
bool announces(const Announcement& said) {
  static const Pattern holds_off(
      "\\b(?:until|till|before|unless|earlier than|sooner than|voor "
      "[a-z0-9]+|tot|totdat|tenzij|voordat|eerder "
      "dan|bis|vor [a-z0-9]+|bevor|ausser|fruher als|fruhestens|avant|jusqu\\w*|sauf si)\\b");
  return (!said.cues.empty() || said.about) &&
         (!has_phrase("publish.none", said.text) || holds_off.in(said.text));
}

} // namespace

void read_disclosure(Reading& reading) {
  std::optional<Date> sent;
  if (reading.mail.date) sent = Date(std::chrono::floor<std::chrono::days>(*reading.mail.date));
  auto& disclosure = reading.facts.disclosure;
  for (const auto& passage : reading.document.passages) {
    if (passage.role == Role::disclaimer || passage.role == Role::code || passage.role == Role::signature)
      continue;
    const bool about = has_phrase("publish", passage.question) || !announcements(passage.heading).empty();
    bool carried = false;
    for (const auto& sentence : passage.sentences) {
      const auto text = without_addresses(sentence.folded.text);
      const Announcement said{text, announcements(text), about, carried};
      const bool usable = announces(said);
      carried = usable && !has_phrase("publish.none", text);
      if (!usable && !said.follows) continue;
      if (!disclosure.date && (disclosure.date = announced_date(said, sent)))
        reading.note("disclosure.date", to_iso_date(*disclosure.date), passage, {sentence.text});
      if (!disclosure.days && usable && (disclosure.days = announced_days(said)))
        reading.note("disclosure.days", std::to_string(*disclosure.days), passage, {sentence.text});
      if (disclosure.date || disclosure.days) carried = false;
    }
  }
  if (disclosure.date || disclosure.days || reading.reply) return;
  const auto subject = folded(reading.mail.subject);
  const Announcement said{subject, announcements(subject), false, false};
  if (!announces(said)) return;
  disclosure.date = announced_date(said, sent);
  if (disclosure.date) reading.note_source("disclosure.date", to_iso_date(*disclosure.date), "Subject");
}

} // namespace cvdesk::report
