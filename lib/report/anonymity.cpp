// Whether the name is to be kept out. Who is overheard here is named where it may cost a job.
#include "report/pattern.hpp"
#include "report/phrases.hpp"
#include "report/reading.hpp"

namespace cvdesk::report {

namespace {

bool asks_for_it(const Sentence& sentence, std::string_view language) {
  const std::string_view text = sentence.folded.text;
  const auto excluded = all_phrases("anonymous.not", text, 10);
  for (const auto& found : all_phrases("anonymous", text, 10)) {
    bool other = false;
    for (const auto& not_meant : excluded)
      other |= not_meant.begin < found.end && found.begin < not_meant.end;
    static const Pattern bare("^(?:anoniem\\w*|anonimiteit|anonym\\w*|(?:l'|mon )?anonymat)$");
    static const Pattern rather("\\b(?:rather|prefer|liever|lieber|prefere|plutot)\\b");
    // "not anonymous", but "rather not … , anonymous please".
    if (bare.in(text.substr(found.begin, found.end - found.begin)) &&
        is_denied(text, found.begin, found.end, language) && !rather.in(text))
      other = true;
    if (!other) return true;
  }
  return false;
}

} // namespace

void read_anonymity(Reading& reading) {
  auto& reporter = reading.facts.reporter;
  const std::string language = reading.facts.language.value_or("");
  for (const auto& passage : reading.document.passages) {
    if (passage.role == Role::disclaimer || passage.role == Role::code) continue;
    for (const auto& sentence : passage.sentences) {
      if (!asks_for_it(sentence, language)) continue;
      reporter.anonymous = true;
      reading.note("reporter.anonymous", "true", passage, {});
      return;
    }
  }
  // Through a form that asks for a name, and none was given.
  if (reporter.name || !reporter.emails.empty() || !reporter.phones.empty() ||
      !is_no_reply(reading.sender().address))
    return;
  for (const auto& passage : reading.document.passages) {
    static const Pattern empty_name(
        "^(?:naam|name|nom|your name|uw naam|ihr name|votre "
        "nom)\\s*:\\s*(?:-|n/?a|anoniem|anonymous|anonym|anonyme|\\(?(?:niet ingevuld|not filled in|nicht "
        "ausgefullt|non renseigne|leeg|empty|vide|geen|none)\\)?)?\\s*$");
    if (empty_name.in(passage.folded.text)) reporter.anonymous = true;
  }
}

} // namespace cvdesk::report
