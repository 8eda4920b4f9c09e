// The name that the reporter asks to be thanked by. Only where the text speaks of thanks, a mention or a list
// of finders is a name looked for: "as Administrator" elsewhere is no wish.
#include "core/text.hpp"
#include "report/pattern.hpp"
#include "report/phrases.hpp"
#include "report/reading.hpp"

#include <algorithm>

namespace cvdesk::report {

namespace {

// How sure the words before it make that a name follows.
enum class Lead {
  sure,    // even a word in lower case
  written, // with a capital letter or the like
  likely   // only what has the shape of a name
};

// Words that begin a sentence or name a role, a place or a thing rather than a person.
bool is_no_name(std::string_view folded_name) {
  static const Pattern beginning(
      "^(?:i|we|if|the|you|your|it|this|that|he|she|they|ik|wij|jij|jullie|het|dit|dat|wenn|ich|wir|sie|ihr|"
      "das|"
      "je|nous|vous|si|il|elle|my|mijn|our|no|not|nee|nein|non|none|yes|ja|oui|geen|kein\\w*|"
      "best|kind|regards|thanks|thank you|groet\\w*|gruss\\w*|grusse|merci|cordialement|bedankt|danke|please|"
      "graag|gerne?|bitte|token|cve|cvd|url|https?|www)(?:$|[ ,.:/])");
  static const Pattern role(
      "^(?:the |a |an |de |een |der |die |ein |le |la |un |une "
      ")?(?:finders?|discoverer|reporters?|researchers?|"
      "hackers?|person|team|friend|source|contributor|security "
      "researchers?|vinder|melder|onderzoeker|ontdekker|"
      "bron|persoon|entdecker\\w*|melder\\w*|hinweisgeber\\w*|sicherheitsforscher\\w*|forscher\\w*|quelle|"
      "decouvreu\\w*|chercheu\\w*|rapporteu\\w*|auteur\\w*|anonymous|anoniem\\w*|anonym\\w*|usual|well|such|"
      "soon|long|follows|volgt|folgt|suit|ethical hacker|company|bedrijf|firma|bedankje|"
      "hall of fame|eregalerij|danksagung\\w*|remerciements?)[.]?$");
  return beginning.in(folded_name) || role.in(folded_name);
}

// "Noor Visser and I" → "Noor Visser"; "Visser van" → "Visser".
std::string without_loose_end(std::string name) {
  static const RE2 next_person("^(.+?) (?:&|and|en|und|et|e) (\\S+)", pattern_options());
  static const RE2 loose("(?: (?:&|and|en|und|et|of|the|van|von|de|der|den|du|la|le|in|/)|[-/'’])+$",
                         pattern_options());
  std::string first;
  std::string second;
  if (RE2::PartialMatch(name, next_person, &first, &second) && is_no_name(folded(second))) name = first;
  RE2::Replace(&name, loose, "");
  return name;
}

#define WORD                                                                                                         \
  "(?:(?:\\p{Lu}\\.)+|[\\p{Lu}@\\p{N}_][^\\s,.;:!?\"“”„«»()|*]*(?:[.][\\p{Ll}\\p{N}_]+)*|[a-z0-9_.-]*[0-9_]" \
  "[a-z0-9_]*|[a-z]+[A-Z]\\w*)"

std::optional<std::string> written_name(std::string_view text) {
  static const Pattern name("^(" WORD "(?: [\"“'‘][^\"”'’\\n]{2,30}[\"”'’] \\p{Lu}[\\p{L}'’-]*)?"
                            "(?:[ /](?:" WORD
                            "|(?:van|von|de|der|den|du|la|le|ten|ter|zu|the|of|and|en|und|et)\\b|&))*"
                            "(?: / [a-z0-9][\\w.-]+)?(?: \\([^)\\n]{2,50}\\))?)");
  // "J. Smith, Example Ltd": what ends the sentence so belongs to it.
  static const Pattern firm(
      "^(, \\p{Lu}[\\w&.'-]*(?: (?:\\p{Lu}[\\w&.'-]*|of|and|en|und|et|de|der|van|von|&)){0,4}?)[.!]?\\s*$");
  Pattern::Match match;
  if (!name.first(text, match)) return std::nullopt;
  auto found = without_loose_end(std::string(match[1]));
  if (is_no_name(folded(found)) || found.size() < 2 || found.size() > 90) return std::nullopt;
  Pattern::Match more;
  if (found.size() == match[1].size() && firm.first(text.substr(found.size()), more) &&
      !is_no_name(folded(more[1].substr(2))))
    found += more[1];
  static const Pattern full_stop("[\\p{L}\\p{N}]{2}[.]$");
  static const Pattern short_form("[.]\\p{L}{1,3}[.]$");
  if (full_stop.in(found) && !short_form.in(found)) found.pop_back();
  return found;
}

// In lower case, up to the end of the clause: "as mossy newt (not my real name)".
std::optional<std::string> written_alias(std::string_view text) {
  static const Pattern alias(
      "^([a-z0-9][a-z0-9._-]{1,24}(?: [a-z0-9][a-z0-9._-]{2,24})?)[*_`]*(?:\\s*(?:[,;!?(]|[.](?:\\s|$)|$)| "
      "(?:please|if|on your|in your|in the|on the|is|genannt|erwähnt|geführt|aufführen|aufgeführt|nennen|"
      "verwenden|werden|vermeld\\w*|genoemd|op jullie|in jullie|voor de|fur die|dans|sur|pour)\\b)");
  static const Pattern common(
      "^(?:an?|the|my|your|our|their|its?|of|in|on|to|for|by|me|us|you|well|soon|such|long|far|much|part|one|"
      "usual|anonymous|appropriate|agreed|described|discussed|before|above|below|already|always|any|het|de|"
      "een|"
      "mijn|jullie|uw|onze|dat|dit|die|volgt|gebruikelijk|afgesproken|u|je|ik|wij|we|is|zijn|ook|niet|"
      "anoniem|"
      "der|die|das|ein\\w*|mein\\w*|unser\\w*|ihr\\w*|sie|ich|wir|nicht|auch|le|la|les|un|une|des|mon|ma|"
      "votre|"
      "nos|notre|vous|nous|je|il|suit|ce|cette|anonyme|anonym|finder|reporter|researcher|hacker|follows|"
      "nodig|gewenst|welcome|fine|nice|possible|mogelijk|please|graag|gerne|bitte|thanks?|thank|you|"
      "optional|unnecessary|if|it|that|this|no|not|none|geen|pas|full|real|first|eigen|own|naam|name|nom)"
      "\\b");
  Pattern::Match match;
  if (!alias.first(text, match) || common.in(match[1])) return std::nullopt;
  static const Pattern of_one(
      "^(\\S+) "
      "(?:please|is|if|in|on|op|graag|bitte|werden|genannt|erwähnt|geführt|aufführen|aufgeführt|nennen|"
      "verwenden|genoemd|vermeld|vermelden|voor|pour|dans|sur|en|and|und|et|or|of)$");
  Pattern::Match shorter;
  auto found = of_one.first(match[1], shorter) ? std::string(shorter[1]) : std::string(match[1]);
  while (found.ends_with('.'))
    found.pop_back();
  return found;
}

// A name in quotation marks, anywhere in a sentence that speaks of naming somebody.
std::optional<std::string> name_in_quotes(const Sentence& sentence) {
  if (!has_phrase("credit.cue", sentence.folded.text) || has_phrase("credit.cue.not", sentence.folded.text))
    return std::nullopt;
  static const Pattern quoted("[\"“”„«»‘](?:\\s|\\x{a0}|\\x{202f})?((?:(?:the|die|das|der|de|het|les|la|le) "
                              ")?[\\p{Lu}\\p{N}][^\"“”„«»\\n]{1,69}?|[a-z0-9_.-]{3,30}?)"
                              "(?:\\s|\\x{a0}|\\x{202f})?[\"“”«»’]");
  std::size_t at = 0;
  Pattern::Match match;
  for (int n = 0; n < 10 && quoted.next(sentence.text, at, match); ++n) {
    // Oliver "ol1v3r" Stone: a part of a name.
    static const Pattern within("^ \\p{Lu}");
    if (within.in(std::string_view(sentence.text).substr(at))) continue;
    static const Pattern no_name("://|@\\S+\\.\\S|^\\d+$|[<>{}=;]|[!?]$");
    auto name = trim(match[1]);
    static const Pattern initial("(?:^|[ .])\\p{Lu}\\.$");
    if (name.ends_with(',') || (name.ends_with('.') && !initial.in(name))) name.remove_suffix(1);
    if (no_name.in(name) || is_no_name(folded(name)) || std::count(name.begin(), name.end(), ' ') > 7)
      continue;
    return std::string(name);
  }
  return std::nullopt;
}

std::optional<std::string> quoted_name(std::string_view text, std::string_view opening) {
  static const Pattern quoted("^\\s*([^\"“”„«»\\n]{2,70}?)\\s*(?:[\"”“»]|['’](?:[\\s.,;:!?)]|$))");
  Pattern::Match match;
  if (opening.empty() || !quoted.first(text, match)) return std::nullopt;
  const auto name = trim(match[1]);
  static const Pattern no_name("://|@\\S+\\.\\S|^\\d+$");
  if (is_no_name(folded(name)) || no_name.in(name) || has_phrase("credit", folded(name))) return std::nullopt;
  return std::string(name);
}

// A name that would be one anywhere: two words, or a letter shape that no word of a language has.
bool has_shape_of_name(std::string_view name) {
  static const Pattern handle("[0-9_@]|[a-z][A-Z]|^\\p{Lu}\\. ");
  return is_person_name(name) || handle.in(name) || name.find(' ') != std::string_view::npos;
}

std::optional<std::string> name_at(std::string_view text, Lead lead) {
  static const Pattern skipped("^([\\s:=*_`,-]*)(?:(?i:prof|dr|ir|ing|drs|mr|mrs|ms)\\.? )*([\"“„«‘']?)");
  Pattern::Match match;
  if (!skipped.first(text, match)) return std::nullopt;
  const auto rest = text.substr(match[0].size());
  if (auto name = quoted_name(rest, match[2])) return name;
  if (!match[2].empty()) return std::nullopt;
  if (auto name = written_name(rest); name && (lead != Lead::likely || has_shape_of_name(*name))) return name;
  if (lead == Lead::sure) return written_alias(rest);
  return std::nullopt;
}

// What stands between the wish and the name, in the folded sentence.
std::optional<std::string> name_behind_lead(const Sentence& sentence, std::size_t from, bool only_sure) {
  static const Pattern leads(
      "(?:\\b(as|als|under|unter|onder|sous|comme|en tant que|in name of|op naam van|im namen von|au nom "
      "de)(?: (?:the|my|our|de|mijn|onze|dem|den|meinem|unserem|le|mon|notre))?(?: "
      "(?:names?|naam|namen|nom|alias|handle|nick|nickname|pseudonym\\w*|pseudo|pseudoniem|bijnaam|"
      "schuilnaam|spitznamen|nutzernamen|benutzernamen)\\b)?(?: (?:of|de|d'))?|"
      "\\b((?:my |mijn |mein\\w* |mon "
      ")?(?:alias|handle|nick|nickname|pseudonym\\w*|pseudo|pseudoniem|bijnaam|"
      "schuilnaam|screen name|username)\\b)(?: (?:is|ist|est|=))?|"
      "(:)|\\b(?:(?:please|credit|use|using|list|write|put|print|name|mention|acknowledge|thank|is|to|goes "
      "to|noem|vermeld|gebruik|graag|dan|maar|aan|naar|volstaat|is|met|an(?: das| die| "
      "den)?|bitte|gerne?|mit|genugt|durfen "
      "sie|konnen sie|indiquer|indiquez|mentionner|mentionnez|citer|citez|utiliser|avec|a|est|attribuer(?: "
      "la decouverte| ceci)? a|"
      "au (?:nom|pseudo) de)\\b))");
  const std::string_view text = sentence.folded.text;
  std::size_t at = from;
  Pattern::Match match;
  for (int n = 0; n < 40 && leads.next(text, at, match); ++n) {
    const bool sure = !match[1].empty() || !match[2].empty();
    if (only_sure && !sure) continue;
    const auto source =
        std::min(sentence.folded.source(offset_in(text, match[0]) + match[0].size()), sentence.text.size());
    if (auto name = name_at(std::string_view(sentence.text).substr(source),
                            sure || !match[3].empty() ? Lead::sure : Lead::likely))
      return name;
  }
  return std::nullopt;
}

// "“N. Visser” is fine", "Noor Visser mag": the name stands first.
std::optional<std::string> name_before(const Sentence& sentence) {
  static const Pattern fine("^((?:" WORD ")(?:[ ](?:" WORD
                            "|van|von|de|der|den|du|la|le|ten|ter|of|&))*) (?:is|would be|will "
                            "do|mag|is prima|reicht|genügt|suffi\\w*|convient|volstaat)\\b");
  Pattern::Match match;
  if (!fine.first(sentence.text, match)) return std::nullopt;
  const auto name = std::string(match[1]);
  if (is_no_name(folded(name)) || !has_shape_of_name(name)) return std::nullopt;
  return name;
}

// The reporter's name, in a sentence that speaks of naming somebody: as it is written there, with a title,
// initials and a firm behind it. `own`: of a person, "Noor Visser".
std::optional<std::string> own_name_in(const Sentence& sentence, std::string_view own) {
  if (own.empty() || !has_phrase("credit.cue", sentence.folded.text) ||
      has_phrase("credit.cue.not", sentence.folded.text) || has_phrase("anonymous", sentence.folded.text))
    return std::nullopt;
  const auto last = own.rfind(' ');
  if (last == std::string_view::npos) return std::nullopt;
  const auto surname = own.substr(last + 1);
  if (surname.size() < 3) return std::nullopt;
  const std::string_view text = sentence.text;
  const auto at = text.find(surname);
  if (at == std::string_view::npos) return std::nullopt;
  static const Pattern given(
      "((?:(?:\\p{Lu}\\.[ -]?)+|\\p{Lu}[\\p{L}'’-]+ )(?:(?:\\p{Lu}\\.? |\\p{Lu}[\\p{L}'’-]+ |van |von |de "
      "|der |den |du |la |le |ten |ter |el |bin ))*)$");
  static const Pattern firm(
      "^[\\p{L}'’-]*((?: \\([^)\\n]{2,50}\\))|(?:,? (?:/|-|–|of|from|van|von|de) )\\p{Lu}[\\w&.'-]*(?: "
      "\\p{Lu}[\\w&.'-]*)*)?");
  Pattern::Match before;
  Pattern::Match behind;
  if (!given.first(text.substr(0, at), before) || !firm.first(text.substr(at), behind)) return std::nullopt;
  auto name = std::string(before[1]) + std::string(behind[0]);
  while (name.ends_with('.') || name.ends_with(','))
    name.pop_back();
  return is_no_name(folded(name)) ? std::nullopt : std::optional(name);
}

// "bitte Jonas Weber (SecuNord GmbH) erwähnen", "graag Wout Kramer vermelden": the name before the verb.
std::optional<std::string> name_before_verb(const Sentence& sentence) {
  static const Pattern named(
      "((?:\\p{Lu}[\\p{L}\\p{N}.'’-]*|@[\\w.@-]+)(?: (?:van|von|de|der|den|du|la|le|ten|ter|und|en|et|and|&|"
      "vom|of|from|\\p{Lu}[\\p{L}\\p{N}.'’-]*))*(?: \\([^)\\n]{2,50}\\))?) "
      "(?:erwähnen|nennen|angeben|aufführen|auflisten|eintragen|als Melder nennen|als Finder nennen|"
      "vermelden|noemen|aanhouden|gebruiken|genügt|reicht|volstaat|suffit|suffira|wäre nett|zu lesen)\\b");
  if (!has_phrase("credit.cue", sentence.folded.text) || has_phrase("credit.cue.not", sentence.folded.text))
    return std::nullopt;
  Pattern::Match match;
  if (!named.first(sentence.text, match)) return std::nullopt;
  auto name = std::string(match[1]);
  static const RE2 opening("^(?:Bitte|Graag|Gerne?|Als|Dann|Dan|Sie|Please|Merci|Veuillez|Namentlich) ",
                           pattern_options());
  RE2::Replace(&name, opening, "");
  if (is_no_name(folded(name)) || !has_shape_of_name(name)) return std::nullopt;
  return name;
}

std::optional<std::string> credit_in(const Passage& passage, std::string_view language,
                                     std::string_view own) {
  static const Pattern asked(
      "\\b(?:(?:which|what) name|how .{0,40}(?:credit|mention|acknowledge|name|thank)\\w*|(?:onder "
      ")?welke naam|welchem namen|quel nom)\\b");
  static const Pattern own_wish(
      "\\b(?:i|i'd|me|my|we|us|ik|mij|me|mijn|ons|ich|mich|mir|mein\\w*|uns|je|moi|mon|nous|"
      "please|graag|gern|gerne|bitte)\\b");
  bool carried = false; // the sentence before spoke of thanks, without a name
  for (const auto& sentence : passage.sentences) {
    const std::string_view text = sentence.folded.text;
    // "Enter “note” in the field" is a step.
    if (passage.role != Role::item)
      if (auto name = name_in_quotes(sentence)) return name;
    if (has_phrase("credit.none", text)) continue;
    if (asked.in(passage.question) && !has_phrase("anonymous", text)) {
      static const Pattern as(
          "^(?:as|als|under|unter|onder|comme|sous|please|graag|gerne|bitte|just|gewoon|doe maar|,| )*");
      Pattern::Match lead;
      const auto skip = as.first(text, lead) ? sentence.folded.source(lead[0].size()) : 0;
      if (auto name = name_at(std::string_view(sentence.text).substr(std::min(skip, sentence.text.size())),
                              Lead::sure))
        return name;
    }
    const auto wish = find_phrase("credit", text);
    if (wish && is_denied(text, wish->begin, wish->end, language)) {
      carried = false;
      continue;
    }
    if (wish) {
      // Behind the wish first: "to be listed as X", then anywhere: "use my handle X for the hall of fame".
      const auto source = std::min(sentence.folded.source(wish->end), sentence.text.size());
      static const Pattern directly(
          "(?:credit(?:s|ed)?|(?:goes|go|should go|attribut\\w*|credits?) to|thank|acknowledge|list|"
          "attribut\\w*|(?:noem|vermeld|bedank|citeer) (?:mij|me|ons)(?: \\w+)*)$");
      const auto rest = std::string_view(sentence.text).substr(source);
      const bool named = directly.in(text.substr(wish->begin, wish->end - wish->begin));
      if (named || rest.substr(0, 2).find(':') != std::string_view::npos)
        if (auto name = name_at(rest, rest.starts_with(' ') ? Lead::written : Lead::sure)) return name;
      if (auto name = name_behind_lead(sentence, wish->begin, false)) return name;
      if (auto name = name_behind_lead(sentence, 0, true)) return name;
      if (auto name = name_behind_lead(sentence, 0, false)) return name;
      if (auto name = name_before(sentence)) return name;
    } else if (carried && own_wish.in(text)) {
      if (auto name = name_behind_lead(sentence, 0, true)) return name;
    } else if (carried) {
      if (auto name = name_before(sentence)) return name;
    }
    if (auto name = own_name_in(sentence, own)) return name;
    if (passage.role != Role::item)
      if (auto name = name_before_verb(sentence)) return name;
    carried = wish.has_value();
  }
  return std::nullopt;
}

} // namespace

void read_credit(Reading& reading) {
  auto& reporter = reading.facts.reporter;
  const std::string language = reading.facts.language.value_or("");
  for (const auto& passage : reading.document.passages) {
    if (passage.role == Role::disclaimer || passage.role == Role::code || passage.role == Role::greeting)
      continue;
    if (const auto credit = credit_in(passage, language, reporter.name.value_or(""))) {
      reporter.credit = credit;
      reading.note("reporter.credit", *credit, passage, {*credit});
      return;
    }
  }
}

} // namespace cvdesk::report
