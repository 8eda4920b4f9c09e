#include "report/read.hpp"

#include "core/text.hpp"
#include "report/pattern.hpp"
#include "report/phrases.hpp"
#include "report/reading.hpp"

namespace cvdesk::report {

namespace {

// A report is shorter; what comes behind it is a log or a dump.
constexpr std::size_t longest_text = 1u << 20;

// What is found about a mail that reports nothing would be wrong or useless: only what it is remains.
bool carries_facts(Kind kind) {
  return kind == Kind::report || kind == Kind::followup || kind == Kind::beg_bounty;
}

} // namespace

const mime::Mailbox& Reading::sender() const {
  static const mime::Mailbox nobody;
  if (document.forwarded && !document.original_sender.address.empty()) return document.original_sender;
  return mail.from.empty() ? nobody : mail.from.front();
}

std::optional<std::string> find_case_tag(std::string_view text) {
  static const Pattern bracketed("(?i)\\[\\s*(CVD-\\d{4}-\\d{4,8})\\s*\\]");
  static const Pattern bare("(?i)(?:^|[^\\w-])(CVD-\\d{4}-\\d{4,8})(?:[^\\w-]|$)");
  Pattern::Match match;
  if (bracketed.first(text, match) || bare.first(text, match)) return ascii_upper(match[1]);
  return std::nullopt;
}

Facts read(const Mail& mail, const Vantage& vantage) {
  std::string_view text = mail.text;
  Facts facts;
  if (text.size() > longest_text) {
    facts.cut = true;
    text = text.substr(0, text.find_last_of(" \n", longest_text) == std::string_view::npos
                              ? longest_text
                              : text.find_last_of(" \n", longest_text));
  }
  const PossiblePhrases phrases;
  const auto document = read_document(mail, text, vantage);
  Reading reading{mail, vantage, document, facts, text};
  static const Pattern answers(
      "(?i)^\\W*(?:\\[[^\\]]*\\] *)?(?:re|aw|antw|sv|betr|odp|ref) ?(?:\\[\\d+\\])?:");
  reading.reply = answers.in(mail.subject) || !mail.in_reply_to.empty();

  facts.case_tag = find_case_tag(mail.subject);
  if (!facts.case_tag) facts.case_tag = find_case_tag(document.own_text());
  if (!facts.case_tag) facts.case_tag = find_case_tag(document.quoted);
  if (!facts.case_tag) facts.case_tag = find_case_tag(mail.returned_text);
  if (!facts.case_tag) facts.case_tag = find_case_tag(text);

  const auto own = document.own_text();
  facts.language = language_of(trim(own).size() >= 12 ? own : mail.subject + "\n" + own);
  read_affected(reading);
  read_weakness(reading);
  read_kind(reading);
  if (!carries_facts(facts.kind)) {
    facts.affected = {};
    facts.weakness = {};
    facts.references.clear();
    facts.evidence.clear();
    return facts;
  }
  read_contacts(reading);
  read_phones(reading);
  read_handles(reading);
  read_anonymity(reading);
  read_credit(reading);
  read_steps(reading);
  read_disclosure(reading);
  read_conduct(reading);
  if (facts.kind != Kind::followup) read_missing(reading);
  return facts;
}

} // namespace cvdesk::report
