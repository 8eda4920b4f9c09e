// What the reporter admits to have done. An accusation that is not true costs more than one that is missed:
// what is denied, possible, done by others or done to the reporter's own data is no admission.
#include "report/pattern.hpp"
#include "report/phrases.hpp"
#include "report/reading.hpp"

#include <array>
#include <string>
#include <utility>

namespace cvdesk::report {

namespace {

struct Clause {
  std::string_view text;
  std::size_t begin = 0;
};

// Parts of a sentence with a verb of their own, so far as punctuation and conjunctions show it.
std::vector<Clause> clauses_of(std::string_view sentence) {
  static const Pattern border(
      "(?:[;:()]| - |, "
      "(?:but|and|so|then|which|because|although|maar|en|dus|toen|want|waarna|omdat|waardoor|aber|und|"
      "sondern|dann|weil|wodurch|mais|et|puis|donc|car|ce qui) |, "
      "(?:i|we|ik|wij|ich|wir|j'|je|nous|daarna|vervolgens) | (?:but|maar|aber|mais) )");
  std::vector<Clause> clauses;
  std::size_t start = 0;
  std::size_t at = 0;
  Pattern::Match match;
  // "… and said, I am from …": what was said belongs to the deed.
  static const Pattern said("\\b(?:said|gezegd|gesagt|behauptet|beweerd|claimed|affirme|dit)$");
  while (clauses.size() < 50 && border.next(sentence, at, match)) {
    const auto end = offset_in(sentence, match[0]);
    if (said.in(sentence.substr(start, end - start))) continue;
    clauses.push_back({sentence.substr(start, end - start), start});
    start = end + 1;
    at = end + 1;
  }
  clauses.push_back({sentence.substr(start), start});
  return clauses;
}

// A short remark in brackets parts no clause: "the file (4 MB) is on my laptop". Lengths stay.
std::string without_asides(std::string_view sentence) {
  static const Pattern aside("\\([^()]{1,25}\\)");
  std::string text(sentence);
  std::size_t at = 0;
  Pattern::Match match;
  while (aside.next(sentence, at, match))
    text.replace(offset_in(sentence, match[0]), match[0].size(), match[0].size(), ' ');
  return text;
}

// "The site was down for an hour" is an observation, unless the reporter's own doing stands beside it.
bool is_caused(std::string_view sentence, std::string_view words) {
  static const Pattern observed(
      "^(?:server|site|portal|service|page|website|application|device|controller|gateway|app|api|portaal|"
      "dienst|apparaat|systeem|system|gerat|appareil|automate|everyone|everybody|users|visitors|"
      "abgesturzt|absturz|redemarre|plante|vastgelopen|die|lag|war|stopped|"
      "seite|webseite|anwendung|serveur|portail)\\b");
  static const Pattern cause(
      "\\b(?:(?:my|our|mijn|onze|mein\\w*|unser\\w*|ma|mon|mes|notre|nos) (?:\\w+ "
      "){0,2}(?:tests?|scan\\w*|script\\w*|requests?|tools?|uploads?|requetes?|"
      "anfragen?|verzoek\\w*|bestand|fichier|datei|essai|connexion)|"
      "(?:lag|ligt|kwam|komt) (?:aan|door) (?:mij|ons|me)|(?:because of|due to) (?:me|us|my)|my "
      "(?:doing|fault)|lag an (?:mir|uns)|meine schuld|a cause de (?:moi|nous|mon|mes)|ma "
      "faute|caus\\w*|waardoor|wodurch|dadurch|sodass|zodat|en envoyant|en lancant|which "
      "made|made it|as a result|so that|ce "
      "qui|j'avoue|j'admets|(?:with|met|mit|avec) \\d+ (?:requests|verzoeken|anfragen|requetes)|i fear|i'm "
      "afraid|vrees|furchte|je "
      "crains|provoqu\\w*|veroorzaakt\\w*|verursacht\\w*|sorry|apolog\\w*|regrett?\\w*|"
      "spijt\\w*|entschuldig\\w*|desolee?|leid)\\b");
  static const Pattern during(
      "\\b(?:because of|during|due to|after|with|door|tijdens|na|met|durch|wahrend|bei|nach|mit|"
      "avec|pendant|a cause de|apres) (?:my|our|mijn|onze|mein\\w*|unser\\w*|mes|mon|ma|nos|notre) "
      "|\\b(?:dabei|daarbij|hierbij|hierdoor|daardoor|ce faisant|in the process)\\b|"
      "\\b(?:my|our|mijn|onze|mein\\w*|mon|ma) (?:\\w+ )?(?:packets?|scans?|fuzzer|probe|loop)\\b");
  if (has_phrase("deed.dos.before", sentence) || has_phrase("deed.at-home", sentence)) return false;
  return !observed.in(words) || cause.in(sentence) || during.in(sentence);
}

// The name of a deed without a verb: "brute force", "phishing", "DDoS".
bool is_mere_word(std::string_view words) {
  static const Pattern mere(
      "^(?:brute[- ]?forc(?:e|ing)|force brute|ddos|denial[- ]of[- ]service|deni de service|social[- "
      "]engineering|ingenierie sociale|phishing|hameconnage|web ?-?shell|reverse[- "
      "]shell|backdoor|achterdeur|porte derobee|hintertur\\w*|meterpreter|slowloris|hydra|malware|dictionary "
      "attack|worterbuchangriff|pretext\\w*|phishing-?mails?|stresstest\\w*|lasttest\\w*|pretexte|"
      "loadtest\\w*)$");
  return mere.in(words);
}

bool is_about_rules(std::string_view clause) {
  static const Pattern rules(
      "\\b(?:policy|policies|rules?|forbid\\w*|prohibit\\w*|respect\\w*|against|protect\\w*|prevent\\w*|"
      "beleid|regels|spelregels|verbod\\w*|verboden|tegen|bescherm\\w*|gehouden "
      "aan|regeln|richtlinie|verbiete\\w*|verboten|gegen|schutz|respektier\\w*|politique|regles|interdit\\w*|"
      "contre|protection|found a|vond een|fand eine?n?|trouve "
      "une?|noticed|saw|zag|sah|vu|existing|bestaande|vorhandene)\\b");
  return rules.in(clause);
}

// Deleting one's own copies again is no alteration, and changing "it" may mean anything.
bool is_alteration(std::string_view sentence, std::string_view clause, std::string_view words) {
  static const Pattern deletion("\\b(?:deleted|removed|wiped|verwijderd\\w*|verwijderde|gewist|wiste|"
                                "geloscht|loschte|efface\\w*|supprime\\w*)\\b");
  static const Pattern copies(
      "\\b(?:cop(?:y|ies)|dump|download\\w*|gedownload\\w*|kopie\\w*|kopieen|heruntergeladen\\w*|"
      "gespeichert\\w*|telecharge\\w*|copies?|them|ze|deze|sie|les|the "
      "files?|bestanden|afterwards|since|immediately|daarna|inmiddels|meteen|direct|weer|danach|sofort|"
      "anschliessend|wieder|depuis|ensuite|aussitot|lokal\\w*|local\\w*|laptop|computer|disk|schijf|"
      "screenshots?)\\b");
  if (deletion.in(words) && copies.in(sentence)) return false;
  if (has_phrase("conduct.innocent.altered", clause)) return false;
  return has_phrase("conduct.object", clause);
}

bool is_admitted(std::string_view sentence, std::string_view previous, const Clause& clause, const Found& act,
                 std::string_view category, std::string_view language) {
  // "Not reachable" denies no deed: it is what came of it.
  static const Pattern unreachable(
      "\\b(?:not (?:reachable|available|responding|respond)|n't (?:respond|answer|load)|niet (?:meer )?"
      "(?:bereikbaar|beschikbaar)|nicht (?:mehr )?(?:erreichbar|verfugbar)|plus (?:accessible|"
      "joignable)|ne repond\\w* (?:pas|plus))\\b");
  auto heard = std::string(sentence);
  if (std::size_t from = 0; category == "dos") {
    Pattern::Match struck;
    while (unreachable.next(sentence, from, struck))
      heard.replace(offset_in(sentence, struck[0]), struck[0].size(), struck[0].size(), '_');
  }
  if (is_denied(heard, clause.begin + act.begin, clause.begin + act.end, language)) return false;
  // "none of them was downloaded", "nichts", inside the words themselves.
  const auto words = std::string_view(heard).substr(clause.begin + act.begin, act.end - act.begin);
  static const Pattern inner("\\b(?:not|n't|never|no|nothing|none|niet|niets|geen|nooit|nicht|nichts|keine?"
                             "\\w?|nie|pas|rien|aucune?|jamais|zonder|without|ohne|sans)\\b");
  if (inner.in(words)) return false;
  static const Pattern leading_denial(
      "^\\W*(?:no|not|never|without|nothing|none|geen|niet|nooit|zonder|niets|kein\\w*|nicht|nie|ohne|nichts|"
      "aucune?|pas|jamais|sans|ni|rien|neither|nor|noch|weder)\\b");
  if (leading_denial.in(clause.text) &&
      !has_phrase(in_language("negation.ends", language), clause.text.substr(0, act.begin)))
    return false;
  static const Pattern question("\\?\\W*$");
  if (question.in(sentence)) return false;
  if (is_told_of_others(sentence, clause.begin + act.begin, language)) return false;
  // Someone must have done it, and have done it really.
  // "I looked whether …. The device crashed in the process."
  static const Pattern resumed(
      "\\b(?:dabei|daarbij|hierbij|hierdoor|daardoor|ce faisant|in the process|as a result|dadurch)\\b");
  const auto admission = in_language("admission", language);
  if (!has_phrase(admission, sentence) && !(resumed.in(sentence) && has_phrase(admission, previous)))
    return false;
  static const Pattern done(
      "(?:\\b(?:heb|hebben|ben|had|zijn) (?:ik|wij|we)\\b|\\b(?:ik|wij|we) (?:\\w+ "
      "){0,2}(?:heb|hebben|ben|had|hadden)\\b|\\bj'(?:ai|avais)\\b|\\bnous (?:avons|sommes)\\b|\\bje (?:me "
      ")?suis\\b|\\b(?:habe|haben|bin|sind|hatte|hatten) (?:ich|wir)\\b|\\b(?:ich|wir) (?:\\w+ "
      "){0,2}(?:habe|haben|bin|hatte|hatten)\\b|\\bi(?:'ve| have| then| also| just| even| only| first| "
      "accidentally| briefly| actually| quickly| did)?(?: \\w+ly)? "
      "(?:\\w+(?:ed|ew|ot|an|ok|nt|it|de|se)|let|put|set)\\b|\\bwe(?:'ve| have| then| also)? \\w+ed\\b)");
  const auto hypotheses = all_phrases(in_language("hypothesis", language), clause.text, 20);
  for (const auto& hypothesis : hypotheses) {
    // "503 for everyone" says whom it struck, not who might do it.
    static const Pattern struck(
        "^(?:everyone|everybody|anyone|users|visitors|you|iedereen|gebruikers|bezoekers|benutzer|"
        "besucher|jeder|tout le monde|visiteurs?|utilisateurs)$");
    if (category == "dos" &&
        struck.in(clause.text.substr(hypothesis.begin, hypothesis.end - hypothesis.begin)))
      continue;
    if (hypothesis.begin < act.end + 12 && !(done.in(clause.text))) return false;
    static const Pattern strong("^(?:could|can|might|would|may|should|attackers?|adversary|anyone|an "
                                "attacker|kan|kun|kunt|kunnen|zou|zouden|aanvallers?|kann|konnte|konnten|"
                                "wurde|wurden|angreifer\\w*|peut|pourrait|attaquants?|n'importe qui|able "
                                "to|in staat|in der lage|possible|mogelijk|moglich|permet\\w*|allows?)$");
    const auto word = clause.text.substr(hypothesis.begin, hypothesis.end - hypothesis.begin);
    if (strong.in(word) && hypothesis.end <= act.begin && act.begin - hypothesis.end < 40) {
      static const Pattern finished("\\b(?:gedaan|heb ik|ik heb|habe ich|ich habe|j'ai|so i|dus ik)\\b");
      if (!finished.in(clause.text.substr(hypothesis.end, act.begin - hypothesis.end))) return false;
    }
  }
  static const Pattern plan(
      "\\b(?:will|would|going to|plan to|zal|ga ik|zou|werde|wurde|vais|would have|intend)\\b[^,;]{0,30}$");
  if (plan.in(clause.text.substr(0, act.begin))) return false;
  if (category == "dos" && !is_caused(sentence, words)) return false;
  // Done by someone else: "the pentester of last year has …".
  static const Pattern third("\\b(?:heeft|hat|has)\\b");
  static const Pattern first("\\b(?:heb|hebben|ben|habe|haben|bin|have|had|did|j'ai|avons)\\b");
  if (third.in(clause.text) && !first.in(clause.text)) return false;
  // Without its accents a French participle looks like the present tense.
  static const Pattern passe("\\b(?:j'(?:en |y |les |l')?(?:ai|avais)|nous (?:\\w+ )?avons|je (?:me "
                             ")?suis|l'ai|les ai|ai|avons)\\b");
  static const Pattern kept("\\bsur mon\\b|\\bpuis\\b");
  if (language == "fr" && (category == "data-altered" || category == "data-copied") &&
      !passe.in(clause.text) && !kept.in(clause.text))
    return false;
  if (is_mere_word(words) && !(done.in(clause.text) && !is_about_rules(clause.text))) return false;
  // Done to what is one's own, or only in the address bar: no harm to anyone else's data.
  if (category == "data-copied" || category == "data-altered") {
    const auto reach = clause.text.substr(act.begin > 60 ? act.begin - 60 : 0,
                                          act.end + 60 - (act.begin > 60 ? act.begin - 60 : 0));
    if (has_phrase("conduct.innocent", reach)) return false;
    if (category == "data-altered" && !is_alteration(sentence, clause.text, words)) return false;
    static const Pattern ours("\\b(?:you|your team|jullie hebben|u heeft|sie haben|vous avez|since you|the "
                              "vendor|de leverancier)\\b[^,;]{0,20}$");
    if (ours.in(clause.text.substr(0, act.begin))) return false;
  }
  return true;
}

} // namespace

void read_conduct(Reading& reading) {
  static constexpr std::array<std::string_view, 7> categories = {
      "brute-force", "dos", "data-copied", "data-altered", "malware", "social-engineering", "physical"};
  const std::string language = reading.facts.language.value_or("");
  std::vector<std::vector<std::string>> told; // of each passage
  for (const auto& passage : reading.document.passages) {
    auto& texts = told.emplace_back();
    for (const auto& sentence : passage.sentences)
      texts.push_back(without_addresses(sentence.folded.text));
  }
  for (const auto category : categories) {
    const auto name = "conduct." + std::string(category);
    const auto admitted = [&] {
      for (const auto& passage : reading.document.passages) {
        if (passage.role == Role::code || passage.role == Role::signature ||
            passage.role == Role::disclaimer || passage.role == Role::greeting ||
            passage.role == Role::heading) {
          continue;
        }
        if (has_phrase("heading.reference", passage.heading)) continue;
        std::string previous;
        const auto& texts = told[static_cast<std::size_t>(&passage - reading.document.passages.data())];
        for (std::size_t n = 0; n < passage.sentences.size(); ++n) {
          const auto& sentence = passage.sentences[n];
          if (tells_of_deed(texts, n, category, language)) {
            reading.note("conduct", category, passage, {sentence.text});
            return true;
          }
          const auto before = std::exchange(previous, sentence.folded.text);
          const auto text = without_asides(sentence.folded.text);
          if (!has_phrase(name, text)) continue;
          for (const auto& clause : clauses_of(text)) {
            for (const auto& act : all_phrases(name, clause.text, 10)) {
              if (!is_admitted(text, before, clause, act, category, language)) continue;
              reading.note("conduct", category, passage, {sentence.text});
              return true;
            }
          }
        }
      }
      return false;
    };
    if (admitted()) reading.facts.conduct.emplace_back(category);
  }
}

} // namespace cvdesk::report
