#include "core/text.hpp"
#include "report/pattern.hpp"
#include "report/phrases.hpp"
#include "report/reading.hpp"

namespace cvdesk::report {

namespace {

// The name that follows "credit me as", quoted or up to the end of the clause.
std::optional<std::string> name_behind(std::string_view text) {
  static const Pattern quoted(
      "^[^\"“”„«»'‘’.;!?\\n]{0,40}?[\"“„«»'‘]\\s*([^\"“”„«»\\n]{2,70}?)\\s*[\"”“»«'’](?:[\\s.,;:!?)]|$)");
  static const Pattern plain("^\\s*:?\\s*(?:(?i:the name|de naam|dem namen|le nom|als|as|my name|mijn "
                             "naam|of|de|:)\\s+)?((?:\\p{Lu}\\.|[\\p{Lu}@\\p{N}_][^\\s,.;:!?\"]*|[a-z0-9_]*["
                             "0-9_][a-z0-9_]*|[a-z]+[A-Z]\\w*)(?:[ "
                             "/](?:\\p{Lu}\\.|\\p{Lu}[^\\s,.;:!?\"]*|\\([^)]{2,40}\\)|van|von|de|der|den|du|"
                             "la|le|ten|ter|the|of|@\\S+|&))*)");
  static const Pattern nick("^\\s*:?\\s*([a-z][a-z0-9_-]{2,24})\\s*(?:[.!,(]|$)");
  static const Pattern nicknamed(
      "^\\s*:?\\s*(\\p{Lu}[\\p{L}.'’-]* [\"“'][^\"”']{2,30}[\"”'] \\p{Lu}[\\p{L}'’-]*)");
  Pattern::Match match;
  if (nicknamed.first(text, match)) return std::string(match[1]);
  if (quoted.first(text, match)) return std::string(trim(match[1]));
  if (plain.first(text, match)) {
    std::string name(trim(match[1]));
    static const Pattern not_a_name("^(?:I|We|If|The|You|Ik|Wij|Wenn|Ich|Wir|Je|Nous|Si|My|Mijn|Our)$");
    if (not_a_name.in(name)) return std::nullopt;
    const auto all = text.substr(offset_in(text, match[1]) + match[1].size());
    // "J. Smith, Example Ltd": the firm belongs to it where it is one.
    static const Pattern firm(
        "^, (\\p{Lu}[\\w&.-]*(?: \\p{Lu}?[\\w&.-]*){0,3} ?(?:B\\.?V\\.?|GmbH|Ltd|SARL|SAS|AG|Inc))\\b");
    Pattern::Match more;
    if (firm.first(all, more)) name += ", " + std::string(more[1]);
    return name;
  }
  if (nick.first(text, match)) {
    static const Pattern word(
        "^(?:you|it|this|that|het|dit|dat|is|not|niet|nicht|pas|welcome|fine|nice|gerne|graag|bitte|please|"
        "appreciated|due|anonymous|anoniem|anonym|anonyme|for|in|on|und|and|et|en|possible|mogelijk|is|would|"
        "if|to|my|me|us|only|optional|unnecessary|nodig|gewenst|onnodig|des|les|dans|une|sur|pour|votre|vos|"
        "ce|cette|werden)$");
    if (!word.in(match[1])) return std::string(match[1]);
  }
  return std::nullopt;
}

// "For your hall of fame: …", "if you list names, please use "…"": the name stands behind a word that leads
// to it.
std::optional<std::string> name_in_context(const Sentence& sentence) {
  static const Pattern named(
      "^\\s*(?:(?:\"|“|”|„|«|»|'|‘|’)\\s?([^\"“”„«»\\n]{2,70}?)\\s?(?:\"|”|“|»|«|'|’)(?:[\\s.,;:!?)]|$)|"
      "((?:\\p{Lu}\\.|\\p{Lu}[^\\s,.;:!?\"]+)(?: "
      "(?:\\p{Lu}\\.|\\p{Lu}[^\\s,.;:!?\"]+|van|von|de|der|den|du|la|le|ten|ter))*)\\s*(?:[.!(]|$))");
  const auto& folded_text = sentence.folded.text;
  const auto context = find_phrase("credit.context", folded_text);
  if (!context) return std::nullopt;
  std::vector<std::size_t> starts;
  for (const auto& lead : all_phrases("credit.as", folded_text.substr(context->begin), 20))
    starts.push_back(context->begin + lead.end);
  for (std::size_t at = context->end; (at = folded_text.find(':', at)) != std::string::npos; ++at)
    starts.push_back(at + 1);
  for (const auto start : starts) {
    const auto rest =
        std::string_view(sentence.text).substr(std::min(sentence.folded.source(start), sentence.text.size()));
    Pattern::Match match;
    if (!named.first(rest, match)) continue;
    auto name = std::string(trim(match[1].empty() ? match[2] : match[1]));
    while (name.ends_with('.') || name.ends_with(','))
      name.pop_back();
    if (name.size() >= 2) return name;
  }
  return std::nullopt;
}

std::optional<std::string> credit_in(const Passage& passage, std::string_view language) {
  for (const auto& sentence : passage.sentences) {
    const auto& folded_text = sentence.folded.text;
    if (has_phrase("credit.none", folded_text)) continue;
    static const Pattern asked("\\b(?:(?:which|what) name|how .{0,40}(?:credit|mention|acknowledge)|(?:onder "
                               ")?welke naam|welchem namen|quel nom)\\b");
    if (asked.in(passage.question)) {
      static const Pattern as(
          "^(?i:as|als|under|unter|onder|comme|sous|please|graag|gerne|bitte|just|gewoon|doe maar|,| )*");
      std::size_t at = 0;
      Pattern::Match lead;
      if (as.next(sentence.text, at, lead)) {
        if (auto name = name_behind(std::string_view(sentence.text).substr(lead[0].size()));
            name && !has_phrase("anonymous", folded_text))
          return name;
      }
    }
    for (const auto& cue : all_phrases("credit", folded_text, 10)) {
      if (is_denied(folded_text, cue.begin, cue.begin, language)) continue;
      const auto from = sentence.folded.source(cue.end);
      auto name = name_behind(std::string_view(sentence.text).substr(std::min(from, sentence.text.size())));
      if (!name) continue;
      static const Pattern own("^(?:my|mijn|mein|mon) ");
      if (own.in(folded(*name))) continue;
      return name;
    }
    if (passage.role == Role::signature) continue;
    if (auto name = name_in_context(sentence)) return name;
  }
  return std::nullopt;
}

bool wants_anonymity(const Passage& passage, std::string_view language) {
  for (const auto& sentence : passage.sentences) {
    const auto& text = sentence.folded.text;
    for (const auto& found : all_phrases("anonymous", text, 10)) {
      bool other = false;
      for (const auto& excluded : all_phrases("anonymous.not", text, 10)) {
        other |= excluded.begin < found.end && found.begin < excluded.end;
      }
      static const Pattern bare("^(?:anoniem\\w*|anonimiteit|anonym\\w*)$");
      const auto words = std::string_view(text).substr(found.begin, found.end - found.begin);
      // "not anonymous", but "rather not … , anonymous please".
      if (bare.in(words) && is_denied(text, found.begin, found.end, language) &&
          !Pattern("\\b(?:rather|prefer|liever|lieber|prefere|plutot)\\b").in(text)) {
        other = true;
      }
      if (!other) return true;
    }
  }
  return false;
}

} // namespace

void read_anonymity_and_credit(Reading& reading) {
  auto& reporter = reading.facts.reporter;
  const std::string language = reading.facts.language.value_or("");
  for (const auto& passage : reading.document.passages) {
    if (passage.role == Role::disclaimer || passage.role == Role::code) continue;
    if (!reporter.anonymous && wants_anonymity(passage, language)) {
      reporter.anonymous = true;
      reading.note("reporter.anonymous", "true", passage, {});
    }
    if (!reporter.credit && passage.role != Role::greeting) {
      if (auto credit = credit_in(passage, language)) {
        reporter.credit = credit;
        reading.note("reporter.credit", *credit, passage, {*credit});
      }
    }
  }
  // Through a form that asks for a name, and none was given.
  if (!reporter.name && reporter.emails.empty() && reporter.phones.empty() &&
      is_no_reply(reading.sender().address)) {
    for (const auto& passage : reading.document.passages) {
      static const Pattern empty_name(
          "^(?:naam|name|nom|your name|uw naam|ihr name|votre "
          "nom)\\s*:\\s*(?:-|n/?a|anoniem|anonymous|anonym|anonyme|\\(?(?:niet ingevuld|not filled in|nicht "
          "ausgefullt|non renseigne|leeg|empty|vide|geen|none)\\)?)?\\s*$");
      if (empty_name.in(passage.folded.text)) reporter.anonymous = true;
    }
  }
}

} // namespace cvdesk::report
