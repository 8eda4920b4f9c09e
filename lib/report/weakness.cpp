#include "core/text.hpp"
#include "report/cvss.hpp"
#include "report/pattern_table.hpp"
#include "report/phrases.hpp"
#include "report/reading.hpp"
#include "report/table.hpp"

#include <algorithm>
#include <cassert>
#include <map>

namespace cvdesk::report {

namespace {

struct Entry {
  std::string cwe;
  std::string family;
  int weight = 1;
};

struct Vocabulary {
  std::vector<Entry> entries;
  PatternTable patterns{false}; // the entries' own, in the same order
};

const Vocabulary& vocabulary() {
  static const Vocabulary vocabulary = [] {
    Vocabulary all;
    for (const auto& row : read_table(weaknesses_tsv)) {
      if (row.size() < 5) continue;
      Entry entry;
      entry.cwe = std::string(row[0]);
      entry.family = std::string(row[1]);
      entry.weight = row[2].front() - '0';
      all.patterns.add({std::string(row[4])});
      all.entries.push_back(std::move(entry));
    }
    all.patterns.compile();
    return all;
  }();
  return vocabulary;
}

struct Tally {
  std::string cwe;
  std::string family;
  int score = 0;
  int counted = 0; // in the part that is being looked at
  struct Place {
    const Passage* passage = nullptr;
    std::string words;
  };
  std::vector<Place> places; // the first three
};

// Where the words stand: the subject says what it is about, later sentences say what follows from it.
struct Weighed {
  std::string_view folded;
  std::string_view source;
  int factor = 2;
  std::string_view language = {};
  const Passage* passage = nullptr; // unset: the subject
  const Folded* origin = nullptr;   // of `folded`
};

// As it is written in the mail, of what was found in the folded text.
std::string_view words_in(const Weighed& part, std::size_t begin, std::size_t end) {
  const auto from = std::min(part.origin->source(begin), part.source.size());
  const auto to = std::clamp(part.origin->source(end), from, part.source.size());
  return part.source.substr(from, to - from);
}

void note(const Reading& reading, std::string_view field, std::string_view value, const Passage* passage,
          std::string_view words) {
  if (passage == nullptr) return reading.note_source(field, value, "Subject");
  reading.note(field, value, *passage, {words});
}

void count(const Weighed& part, std::vector<Tally>& tallies) {
  for (auto& tally : tallies)
    tally.counted = 0;
  const auto& patterns = vocabulary().patterns;
  const auto possible = patterns.possible(part.folded);
  for (const int number : possible.entries()) {
    const auto& entry = vocabulary().entries[static_cast<std::size_t>(number)];
    const auto found_at = patterns.find(number, possible, part.folded, 0);
    if (!found_at) continue;
    const auto begin = found_at->begin;
    const auto word = part.folded.substr(begin, found_at->end - begin);
    // "zonder", "not", "geen" inside the words are what the weakness is; before them they deny it.
    static const Pattern negative("^(?:no|not|without|missing|zonder|geen|niet|ohne|kein\\w*|nicht|sans|pas|"
                                  "aucune?|non|lack\\w*|absence|nicht)\\b");
    const auto before = part.folded.substr(begin > 30 ? begin - 30 : 0, std::min<std::size_t>(begin, 30));
    static const Pattern denial("\\b(?:(?:no|never|nor|geen|noch|kein\\w*|weder|aucune?|pas (?:de|d'))(?: "
                                "[a-z'-]+){0,2}|not(?: an?)?|niet|nicht|without|zonder|ohne|sans) ?$");
    // Of these the absence is what is wrong: "no DMARC", "sans CSP".
    const bool absence = entry.family == "mailauth" || entry.family == "headers" ||
                         entry.family == "cookie" || entry.family == "csrf" || entry.family == "dns" ||
                         entry.family == "jsinc" || entry.family == "clickjack";
    if (!negative.in(word) && !absence && denial.in(before)) continue;
    // "… is really gone", "… n'est plus là".
    static const Pattern over("^[^.;,]{0,25}\\b(?:is|are|was|were|ist|sind|est|zijn)(?: \\w+){0,2} "
                              "(?:gone|fixed|closed|solved|weg|opgelost|dicht|verholpen|behoben|geschlossen|"
                              "corrigee?s?|resolue?s?)\\b");
    if (over.in(part.folded.substr(begin + word.size()))) continue;
    auto found =
        std::find_if(tallies.begin(), tallies.end(), [&](const auto& t) { return t.cwe == entry.cwe; });
    if (found == tallies.end()) {
      tallies.push_back({entry.cwe, entry.family, 0, 0, {}});
      found = tallies.end() - 1;
    }
    // Of several ways to say one thing the plainest counts: to say it twice in a sentence is not twice as
    // much.
    const int weight = std::max(0, entry.weight - found->counted);
    found->counted += weight;
    found->score += weight * part.factor;
    if (found->places.size() < 3)
      found->places.push_back({part.passage, std::string(words_in(part, begin, begin + word.size()))});
  }
}

// Given by number: then that is what it is.
bool read_given_cwes(Reading& reading, const std::vector<Weighed>& parts) {
  static const Pattern cwe("\\bcwe[ :-]{0,2}(\\d{1,4})\\b");
  auto& given = reading.facts.weakness.cwe;
  for (const auto& part : parts) {
    std::size_t at = 0;
    Pattern::Match match;
    while (cwe.next(part.folded, at, match)) {
      const auto begin = offset_in(part.folded, match[0]);
      const auto end = begin + match[0].size();
      if (begin >= 8 && part.folded.substr(begin - 8, 8).find("://") != std::string_view::npos) continue;
      // "without a log-in (CWE-306)" denies no number; "not CWE-79", "rather than CWE-89" does.
      static const Pattern other_than(
          "\\b(?:no|not|never|rather than|instead of|unlike|niet|geen|in plaats "
          "van|nicht|kein\\w*|statt|pas|non|"
          "plutot que|au lieu d[eu])(?: (?:an?|een|ein|une?|de|la|le|really|echt|wirklich|vraiment))? \\(?$");
      if (other_than.in(part.folded.substr(begin > 40 ? begin - 40 : 0, std::min<std::size_t>(begin, 40))))
        continue;
      std::string number(match[1]);
      number.erase(0, std::min(number.find_first_not_of('0'), number.size() - 1));
      add_once(given, "CWE-" + number, 6);
      note(reading, "weakness.cwe", "CWE-" + number, part.passage, words_in(part, begin, end));
    }
  }
  return !given.empty();
}

bool is_compared(std::string_view sentence, std::size_t begin, std::size_t end) {
  static const Pattern before(
      "\\b(?:similar case|another (?:company|vendor|organi[sz]ation)|(?:vergelijkbaar|soortgelijk)\\w* "
      "(?:geval|zaak)|ander bedrijf|ahnliche\\w* fall|andere\\w? firma|cas similaire|autre "
      "entreprise|like|similar to|as (?:with|in)|comparable (?:to|with)|compare\\w*(?: to| with)?|reminds? "
      "(?:me "
      ")?of|resembl\\w*|unlike|other than|not|rather than|"
      "vergelijkbaar met|lijkt op|zoals|net als|anders dan|doet denken aan|(?:dacht|denk)\\w* (?:ik "
      ")?(?:eerst )?aan|suspected|tried|geprobeerd|verdachtigde|pense a|pensais a|songe a|ressemble "
      "a|ausprobiert|vermutete|niet|ahnlich(?: "
      "wie|keit)?|wie|vergleichbar mit|erinnert an|anders als|nicht|"
      "comme|semblable a|similaire a|rappelle|comparable a|pas|contrairement a|patched "
      "(?:for|against)|gepatcht (?:tegen|voor)|gepatcht gegen|corrige)(?: (?:la|le|de|l')){0,2}[^.;]{0,30}$");
  static const Pattern after(
      "^[^.;]{0,60}\\b(?:not (?:vulnerable|affected)|niet (?:kwetsbaar|geraakt)|nicht "
      "(?:betroffen|verwundbar|anfallig)|pas (?:vulnerable|concerne\\w*|affecte\\w*))|"
      "^[^.;,]{0,40}\\b(?:(?:does|do|is|was|did|are)(?: not|n't)|doesn't|isn't|not "
      "(?:apply|applicable|affected|vulnerable|present)|ruled out|"
      "niet (?:van toepassing|aanwezig|kwetsbaar)|is (?:hier )?niet|trifft[^.;]{0,15} nicht "
      "zu|(?:speelt|geldt|werkt) (?:hier )?niet|im verdacht|trifft "
      "nicht|ist (?:hier )?nicht|nicht "
      "(?:betroffen|zutreffend)|ne s'applique pas|n'est pas|"
      "(?:is|was) (?:already )?(?:patched|fixed)|gepatcht|behoben|uitgesloten|ausgeschlossen|exclu\\w*)");
  return before.in(sentence.substr(begin > 60 ? begin - 60 : 0, std::min<std::size_t>(begin, 60))) ||
         after.in(sentence.substr(end));
}

// "CVE-…: VULNERABLE"; "CVE-… has not been patched", "the update for CVE-… is missing": what is denied there
// is the remedy.
bool is_asserted(std::string_view sentence, std::size_t begin, std::size_t end) {
  static const Pattern open(
      "^[^.;]{0,15}\\b(?:not|n't|never|niet|nooit|nicht|nie|n'est pas|n'a pas|pas)(?: "
      "(?:yet|been|ete|nog|noch|encore|be|"
      "toujours)){0,2} "
      "(?:patched|fixed|closed|mitigated|gedicht|gepatcht|opgelost|verholpen|behoben|geschlossen|"
      "corrigee?|comblee?)\\b");
  static const Pattern remedy("\\b(?:update|patch|fix|correctif|mise a jour|hotfix)[^.;,]{0,15} "
                              "(?:for|voor|fur|pour|de|contre|tegen|gegen)(?: la)? $");
  static const Pattern lacking(
      "\\b(?:missing|never|not|n't|ontbreekt|niet|nooit|fehlt|nicht|nie|manque|pas|absent)\\b");
  static const Pattern verdict(
      "^[)\\]]?(?: +|: *| *[|=-]+ *)(?:is )?(?:vulnerable|affected|kwetsbaar|verwundbar|betroffen|present|"
      "confirmed|exploitable|unpatched)\\b");
  const auto after = sentence.substr(end, std::min<std::size_t>(60, sentence.size() - end));
  if (verdict.in(after)) return true;
  return open.in(after) || (remedy.in(sentence.substr(0, begin)) && lacking.in(after));
}

std::string_view line_around(std::string_view text, std::size_t at) {
  const auto start = at == 0 ? std::string_view::npos : text.rfind('\n', at - 1);
  const auto begin = start == std::string_view::npos ? 0 : start + 1;
  const auto end = text.find('\n', at);
  return text.substr(begin, end == std::string_view::npos ? end : end - begin);
}

// What a line further down takes back: "CVE-2023-22515 is a false positive".
bool is_taken_back(std::string_view after) {
  static const Pattern back(
      "^[^.;]{0,30}\\b(?:false positive|vals positief|vals alarm|fehlalarm|falsch positiv|faux positif|"
      "fausse alerte|does not apply|doesn't apply|niet van toepassing|trifft nicht zu|"
      "ne s'applique pas)\\b");
  return back.in(after);
}

void read_cves(Reading& reading, const std::vector<Weighed>& parts) {
  static const Pattern cve("\\bcve[- ](\\d{4})[- ](\\d{4,7})\\b");
  std::vector<std::string> taken_back;
  for (const auto& part : parts) {
    std::size_t at = 0;
    Pattern::Match match;
    while (cve.next(part.folded, at, match)) {
      const auto begin = offset_in(part.folded, match[0]);
      const auto id = "CVE-" + std::string(match[1]) + "-" + std::string(match[2]);
      if (is_taken_back(part.folded.substr(begin + match[0].size()))) taken_back.push_back(id);
      // In a link to a database it is that link's name, not a claim.
      const auto token = part.folded.rfind(' ', begin);
      const auto word = part.folded.substr(token == std::string_view::npos ? 0 : token,
                                           begin - (token == std::string_view::npos ? 0 : token));
      if (word.find("://") != std::string_view::npos || word.find("www.") != std::string_view::npos) continue;
      // "is not updated and vulnerable to …": what is denied is the update.
      static const Pattern said("\\b(?:not|n't|niet|nicht|pas|no longer|niet meer|nicht mehr) (?:\\w+ "
                                ")?(?:kwetsbaar|vulnerable|affected|verwundbar|anfallig|betroffen|"
                                "vulnerables?|concernee?s?)\\b[^.;]{0,30}$");
      static const Pattern vulnerable("\\b(?:kwetsbaar|vulnerable|affected|verwundbar|anfallig|betroffen|"
                                      "vulnerables?|concernee?s?)(?: \\w+){1,2} $");
      const auto before = part.folded.substr(begin > 80 ? begin - 80 : 0, std::min<std::size_t>(begin, 80));
      // Of a table each line speaks for itself.
      const auto line = line_around(part.folded, begin);
      const auto from = begin - offset_in(part.folded, line);
      const bool affirmed = vulnerable.in(before) && !said.in(before);
      if (!is_asserted(line, from, from + match[0].size())) {
        if (affirmed ? is_compared(line.substr(from), 0, match[0].size())
                     : is_compared(line, from, from + match[0].size()))
          continue;
        if (!affirmed && is_denied(line, from, from + match[0].size(), part.language)) continue;
      }
      add_once(reading.facts.weakness.cve, id, 50);
      note(reading, "weakness.cve", id, part.passage, words_in(part, begin, begin + match[0].size()));
    }
  }
  std::erase_if(reading.facts.weakness.cve, [&](const auto& id) {
    return std::find(taken_back.begin(), taken_back.end(), id) != taken_back.end();
  });
}

const std::string& subject_of(const Reading& reading) {
  const auto& original = reading.document.original_subject;
  return original.empty() ? reading.mail.subject : original;
}

std::vector<Weighed> parts_of(const Reading& reading, const Folded& subject) {
  std::vector<Weighed> parts;
  if (!reading.reply || reading.document.forwarded)
    parts.push_back({subject.text, subject_of(reading), 4, {}, nullptr, &subject});
  std::size_t sentences = 0;
  for (const auto& passage : reading.document.passages) {
    if (passage.role == Role::signature || passage.role == Role::disclaimer) continue;
    if (has_phrase("heading.reference", passage.heading)) continue;
    if (passage.role == Role::code) {
      parts.push_back({passage.folded.text, passage.text, 1, {}, &passage, &passage.folded});
      continue;
    }
    for (const auto& sentence : passage.sentences) {
      if (parts.size() > 600) return parts;
      parts.push_back(
          {sentence.folded.text, sentence.text, sentences < 5 ? 3 : 2, {}, &passage, &sentence.folded});
      ++sentences;
    }
  }
  return parts;
}

std::vector<Tally> tallies_of(const std::vector<Weighed>& parts) {
  std::vector<Tally> tallies;
  for (const auto& part : parts)
    count(part, tallies);
  return tallies;
}

// The heaviest, and one of another family that weighs nearly as much as to be meant too.
std::vector<Tally> best_fitting(std::vector<Tally> tallies) {
  std::stable_sort(tallies.begin(), tallies.end(),
                   [](const auto& a, const auto& b) { return a.score > b.score; });
  std::vector<Tally> best;
  for (auto& tally : tallies) {
    if (best.size() == 2) break;
    if (!best.empty() && (tally.family == best.front().family || tally.score * 10 < best.front().score * 8 ||
                          tally.score < 14))
      continue;
    best.push_back(std::move(tally));
  }
  return best;
}

} // namespace

void read_weakness(Reading& reading) {
  const auto subject = fold(subject_of(reading));
  auto parts = parts_of(reading, subject);
  for (auto& part : parts)
    part.language = reading.facts.language ? std::string_view(*reading.facts.language) : std::string_view();
  auto& weakness = reading.facts.weakness;
  read_cves(reading, parts);
  for (const auto& part : parts) {
    // The version may stand in the line above: "CVSS version 3.1:".
    const auto text = part.passage == nullptr ? std::string(part.source)
                                              : part.passage->heading + "\n" + std::string(part.source);
    for (auto& vector : find_cvss(text)) {
      note(reading, "weakness.cvss", vector, part.passage, vector);
      add_once(weakness.cvss, std::move(vector), 20);
    }
  }
  if (read_given_cwes(reading, parts)) return;
  for (const auto& tally : best_fitting(tallies_of(parts))) {
    weakness.cwe.push_back(tally.cwe);
    for (const auto& place : tally.places)
      note(reading, "weakness.cwe", tally.cwe, place.passage, place.words);
  }
}

} // namespace cvdesk::report
