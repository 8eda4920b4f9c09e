// Deeds that are told in words which stand apart, and often understated: "I left a list of passwords running
// on it", "that little page is still there", "went over the fence". Nothing is a deed by one word alone: what
// was done and to what stand in one sentence, or in two that follow each other, and the reporter speaks of
// himself.
#include "report/pattern.hpp"
#include "report/phrases.hpp"
#include "report/reading.hpp"

#include <algorithm>
#include <array>

namespace cvdesk::report {

namespace {

// How far apart, in characters, two words of one deed may stand.
constexpr std::size_t reach = 120;

using Sentences = std::vector<std::string>; // folded, without addresses

std::string_view text_at(const Sentences& sentences, std::size_t n) {
  return n < sentences.size() ? std::string_view(sentences[n]) : std::string_view();
}

bool near(const Sentences& sentences, std::size_t n, std::string_view phrase) {
  return has_phrase(phrase, text_at(sentences, n)) || has_phrase(phrase, text_at(sentences, n + 1)) ||
         (n > 0 && has_phrase(phrase, text_at(sentences, n - 1)));
}

// The first of `act` that stands within reach of one of `what` in the same sentence.
std::optional<Found> together(std::string_view text, std::string_view what, std::string_view act) {
  const auto objects = all_phrases(what, text, 10);
  if (objects.empty()) return std::nullopt;
  for (const auto& found : all_phrases(act, text, 20)) {
    for (const auto& object : objects) {
      const auto gap = found.begin >= object.end   ? found.begin - object.end
                       : object.begin >= found.end ? object.begin - found.end
                                                   : 0;
      if (gap <= reach) return found;
    }
  }
  return std::nullopt;
}

// Said of what happened, and not of what might, should or will.
bool happened(std::string_view text, const Found& act, std::string_view language) {
  static const Pattern inner(
      "\\b(?:not|n't|never|no|nothing|none|niet|niets|geen|nooit|nicht|nichts|keine?\\w?|nie|rien|"
      "aucune?|jamais|zonder|without|ohne|sans)\\b");
  static const Pattern failing(
      "\\b(?:did(?:n't| not)|no longer|niet meer|nicht mehr|niet bereikbaar|nicht erreichbar|"
      "plus repondu|repond\\w* plus|releve|reageerde|reageer\\w*)\\b");
  const auto words = text.substr(act.begin, act.end - act.begin);
  if (inner.in(words) && !failing.in(words)) return false;
  if (is_denied(text, act.begin, act.end, language)) return false;
  static const Pattern question("\\?\\W*$");
  static const Pattern supposed(
      "\\b(?:could|can|cannot|might|would|should|may|able to|if|in order to|attempt to|"
      "kan|kun|kunt|kunnen|zou|zouden|als (?:je|men|iemand|een|u)|zodat (?:je|men)|"
      "kann|konnte|konnten|konnen|sollte|wenn|man|damit|"
      "peut|pourrait|peuvent|pourraient|si|afin|on)\\b[^,;:]*$");
  static const Pattern ahead(
      "\\b(?:will|going to|shall|plan to|zal|zullen|ga ik|werde|werden wir|vais|allons)\\b"
      "[^,;:]{0,40}$");
  const auto before = text.substr(0, act.begin);
  // "is being kept in a cache": what goes on by itself.
  static const Pattern going_on("\\b(?:is|are)(?: being)? $|\\b(?:wordt|worden|wird|werden)(?: \\w+)? $");
  return !question.in(text) && !supposed.in(before) && !ahead.in(before) && !going_on.in(before);
}

struct Told {
  const Sentences& sentences;
  std::size_t at = 0;
  std::string_view language;

  std::string_view text() const { return text_at(sentences, at); }
  bool near(std::string_view phrase) const { return report::near(sentences, at, phrase); }
  // Of the reporter, or of one of the reporter's people.
  bool own() const {
    return has_phrase("deed.first-person", text()) || has_phrase("deed.own-people", text()) ||
           (at > 0 && has_phrase("deed.own-people", text_at(sentences, at - 1)) &&
            has_phrase(in_language("deed.pronoun", language), text()));
  }
  // "He has downloaded it", and he is none of the reporter's people.
  bool of_a_stranger(const Found& act) const {
    const auto before = text().substr(0, act.begin);
    const auto pronouns = all_phrases(in_language("deed.pronoun", language), before, 10);
    if (pronouns.empty() || near("deed.own-people")) return false;
    const auto own = all_phrases("deed.first-person", before, 30);
    return own.empty() || own.back().begin < pronouns.back().begin;
  }
  bool really(const std::optional<Found>& act) const {
    return act && !of_a_stranger(*act) && happened(text(), *act, language) &&
           !is_told_of_others(text(), act->begin, language);
  }
  // The same said of the sentence that follows.
  Told next() const { return {sentences, at + 1, language}; }
};

bool guessed(const Told& told) {
  static const Pattern finished("\\b(?:finished|klaar|fertig|termine|hit|treffer|raak)\\b");
  const auto tool = find_phrase("deed.brute-force.tool", told.text());
  if (finished.in(told.text()) && told.really(tool)) return true;
  if (const auto trace = find_phrase("deed.brute-force.trace", told.text());
      trace && told.near("deed.that-was-me") && told.really(trace))
    return true;
  return (told.really(together(told.text(), "deed.brute-force.what", "deed.brute-force.act")) &&
          told.near("deed.first-person")) ||
         (told.really(tool) && told.own());
}

// That something went down is an observation; that it did so in the reporter's test is a deed.
bool brought_down(const Told& told) {
  if (has_phrase("deed.dos.before", told.text()) || has_phrase("deed.at-home", told.text())) return false;
  if (told.own() && told.really(together(told.text(), "deed.dos.effect", "deed.dos.tool"))) return true;
  if (told.really(find_phrase("deed.that-was-me", told.text())) && told.near("deed.dos.effect")) return true;
  if (told.really(find_phrase("deed.dos.outage", told.text())) && told.near("deed.first-person")) return true;
  return told.really(together(told.text(), "deed.dos.what", "deed.dos.act")) &&
         told.near("deed.first-person") && (told.near("deed.dos.cause") || told.near("deed.regret"));
}

bool copied(const Told& told) {
  if (has_phrase("conduct.innocent", told.text())) return false;
  if (const auto kept = find_phrase("deed.data-copied.kept", told.text());
      kept && told.near("deed.data-copied.what"))
    return told.really(kept);
  // Without its accents a French participle looks like the present tense.
  static const Pattern perfect(
      "\\b(?:j'(?:en |y |les |l')?(?:ai|avais)|nous (?:\\w+ )?avons|l'ai|les ai)\\b");
  if (told.language == "fr" && !perfect.in(told.text())) return false;
  return told.own() && told.really(together(told.text(), "deed.data-copied.what", "deed.data-copied.act"));
}

// "(number changed by me)": what was made unreadable in this mail.
bool is_in_brackets(std::string_view text, const Found& found) {
  const auto opening = text.substr(0, found.begin).find_last_of("()");
  return opening != std::string_view::npos && text[opening] == '(' &&
         text.find(')', found.end) != std::string_view::npos;
}

bool altered(const Told& told) {
  const bool plain = !has_phrase("deed.data-altered.not", told.text());
  const auto changed = together(told.text(), "deed.data-altered.what", "deed.data-altered.weak");
  if (plain && told.own() && has_phrase("deed.purpose", told.text()) && told.really(changed)) return true;
  const auto mine = find_phrase("deed.data-altered.by-me", told.text());
  if (plain && mine && !is_in_brackets(told.text(), *mine) &&
      (changed || has_phrase("deed.data-altered.what", told.text())) && told.really(mine))
    return true;
  // What was put back had been changed.
  if (told.really(together(told.text(), "conduct.object", "deed.data-altered.weak")) && told.own() &&
      told.near("deed.restore") && !told.near("conduct.innocent"))
    return true;
  return (told.really(together(told.text(), "conduct.object", "deed.data-altered.act")) ||
          told.really(together(told.text(), "deed.data-altered.what", "deed.data-altered.act"))) &&
         told.near("deed.first-person") && (told.near("deed.data-altered.whose") || told.near("deed.regret"));
}

bool planted(const Told& told) {
  if (told.really(find_phrase("deed.malware.mine", told.text()))) return true;
  if (told.own() && told.really(find_phrase("deed.malware.called", told.text()))) return true;
  if (told.own() && told.really(together(told.text(), "deed.malware.strong", "deed.malware.used")))
    return true;
  const bool shell = has_phrase("deed.malware.what", told.text());
  const bool file = !shell && has_phrase("deed.malware.file", told.text()) && told.near("deed.malware.runs");
  if (!(shell || file) || !told.near("deed.first-person")) return false;
  if (told.really(find_phrase("deed.malware.act", told.text()))) return true;
  // "It is a shell of one line. It is still there."
  const auto what = find_phrase(shell ? "deed.malware.what" : "deed.malware.file", told.text());
  return told.really(what) && told.next().really(find_phrase("deed.malware.act", told.next().text()));
}

bool deceived(const Told& told) {
  if (told.own() &&
      told.really(together(told.text(), "deed.social-engineering.whom", "deed.social-engineering.deceit")))
    return true;
  const auto contact =
      together(told.text(), "deed.social-engineering.what", "deed.social-engineering.contact");
  if (!told.near("deed.first-person") || !told.really(contact)) return false;
  return told.really(find_phrase("deed.social-engineering.act", told.text())) ||
         (told.next().own() &&
          told.next().really(find_phrase("deed.social-engineering.act", told.next().text())));
}

bool trespassed(const Told& told) {
  if (!told.own()) return false;
  if (told.really(together(told.text(), "deed.physical.what", "deed.physical.act"))) return true;
  const bool place = told.at > 0 && has_phrase("deed.physical.what", text_at(told.sentences, told.at - 1));
  return place && told.really(find_phrase("deed.physical.act", told.text()));
}

struct Deed {
  std::string_view category;
  bool (*is_told)(const Told&);
};
constexpr std::array<Deed, 7> deeds = {{{"brute-force", guessed},
                                        {"dos", brought_down},
                                        {"data-copied", copied},
                                        {"data-altered", altered},
                                        {"malware", planted},
                                        {"social-engineering", deceived},
                                        {"physical", trespassed}}};

} // namespace

bool is_told_of_others(std::string_view sentence, std::size_t act, std::string_view language) {
  if (has_phrase("deed.not-own", sentence) &&
      !has_phrase(in_language("clause", language), sentence.substr(0, act)))
    return true;
  const auto before = sentence.substr(0, act);
  const auto others = all_phrases(in_language("deed.others", language), before, 10);
  if (others.empty()) return false;
  // "if I read it well" tells of nothing that was done.
  static const Pattern aside("\\b(?:as|if|als|zoals|wie|wenn|si|comme) $");
  std::size_t last = 0;
  for (const auto& own : all_phrases("deed.first-person", before, 30)) {
    if (!aside.in(before.substr(0, own.begin))) last = own.end;
  }
  return last <= others.back().begin;
}

bool tells_of_deed(const std::vector<std::string>& sentences, std::size_t sentence, std::string_view category,
                   std::string_view language) {
  const auto deed =
      std::find_if(deeds.begin(), deeds.end(), [&](const Deed& one) { return one.category == category; });
  return deed != deeds.end() && deed->is_told({sentences, sentence, language});
}

} // namespace cvdesk::report
