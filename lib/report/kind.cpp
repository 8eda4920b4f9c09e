// What a mail is, by its header and by what it says. Nothing in the header alone makes a mail less than a
// report: a report may come through a list, through a form or with an Auto-Submitted field.
#include "core/text.hpp"
#include "report/pattern.hpp"
#include "report/phrases.hpp"
#include "report/reading.hpp"

#include <algorithm>

namespace cvdesk::report {

namespace {

struct Signs {
  std::string subject;
  std::string own;        // folded: the new text
  std::size_t weight = 0; // how much it reads like a report
  std::size_t words = 0;
};

std::size_t count_phrases(std::string_view category, std::string_view text) {
  return all_phrases(category, text, 60).size();
}

Signs look(const Reading& reading) {
  Signs signs;
  signs.subject = folded(reading.mail.subject);
  signs.own = folded(reading.document.own_text());
  signs.words = static_cast<std::size_t>(std::count(signs.own.begin(), signs.own.end(), ' ')) + 1;
  const auto& facts = reading.facts;
  if (!facts.affected.urls.empty()) signs.weight += 2;
  if (!facts.affected.hosts.empty()) signs.weight += 1;
  if (!facts.affected.ips.empty()) signs.weight += 1;
  if (!facts.weakness.cwe.empty()) signs.weight += 2;
  if (!facts.weakness.cve.empty()) signs.weight += 1;
  if (!facts.weakness.cvss.empty()) signs.weight += 2;
  return signs;
}

bool is_about_us(const Reading& reading) {
  const auto scope = reading.facts.affected.scope;
  return scope == Scope::in || scope == Scope::third_party;
}

bool is_bounce(const Reading& reading, const Signs& signs) {
  const auto& mail = reading.mail;
  if (mail.is_delivery_status) return true;
  static const Pattern daemon("(?i)^(?:mailer-daemon|postmaster|mail-daemon|mmdf)(?:@|$)");
  const bool from_daemon = !mail.from.empty() && daemon.in(mail.from.front().address);
  const bool null_sender = mail.return_path && mail.return_path->empty();
  const auto whole = folded(reading.text.substr(0, 20'000));
  const auto in_subject = has_phrase("bounce", signs.subject);
  const auto in_text = count_phrases("bounce", whole);
  if (from_daemon) return in_subject || in_text > 0;
  if (null_sender && in_subject && in_text > 0) return true;
  if (!null_sender) return false; // a report about bounces may quote one
  static const Pattern typical(
      "this is the mail system at host|final-recipient|diagnostic-code|reporting-mta|"
      "\\b[45]\\.\\d{1,3}\\.\\d{1,3}\\b|\\b5\\d\\d[ -]");
  return typical.in(whole) && signs.words < 300;
}

bool is_auto_reply(const Reading& reading, const Signs& signs) {
  const auto& mail = reading.mail;
  const bool header =
      mail.auto_submitted == "auto-replied" || mail.precedence == "auto_reply" || mail.auto_response_headers;
  const bool generated = mail.auto_submitted == "auto-generated" || mail.auto_submitted == "auto-notified";
  // "Automatic reply: …" is one; "Auto-reply loop in your ticket system" is about one.
  const auto marker = find_phrase("auto-reply.subject", signs.subject);
  static const Pattern opening("^\\W*$");
  static const Pattern closed("^[^a-z]*(?::|$|\\[| - |re:|aw:)");
  const bool subject = marker && opening.in(signs.subject.substr(0, marker->begin)) &&
                       closed.in(signs.subject.substr(marker->end));
  const auto found = all_phrases("auto-reply", signs.own, 40);
  // It says so at its start, and does not report anything.
  const bool early = !found.empty() && found.front().begin < 400;
  if (header && signs.weight < 4) return true;
  if (header && (subject || early)) return signs.weight < 5 || signs.words < 120;
  if (subject && early && signs.weight < 4) return true;
  if (generated && early && signs.weight < 3) return true;
  static const Pattern absence(
      "(?:out of (?:the )?office|automatic reply|ben (?:ik )?(?:afwezig|(?:met|op) (?:vakantie|verlof))|ik "
      "ben "
      "(?:op |van )?[^.]{0,40}(?:afwezig|vakantie|verlof)|"
      "nicht im (?:buro|hause?)|bin (?:ich )?[^.]{0,40}(?:abwesend|im urlaub|nicht erreichbar)|je suis "
      "(?:actuellement )?(?:absente?|en conges?)|actuellement absente?|"
      "this is an automat|dit is een automatisch|dies ist eine automatisch|ceci est un "
      "(?:message|accuse)[^.]{0,30}automatique|automatisch (?:gegenereerd|erzeugt|erstellt|generiert)|genere "
      "automatiquement)");
  // A web address of the sender's own is no finding.
  const bool finding = is_about_us(reading) && !reading.facts.weakness.cwe.empty();
  return absence.in(signs.own) && signs.words < 150 && (signs.weight < 3 || !finding) &&
         reading.facts.affected.scope != Scope::in;
}

bool is_followup(const Reading& reading) {
  const auto& mail = reading.mail;
  const auto& document = reading.document;
  const auto ours = [&](const std::vector<std::string>& ids) {
    return std::any_of(ids.begin(), ids.end(), [&](const auto& id) {
      const auto at = id.rfind('@');
      return at != std::string::npos && is_ours("x" + id.substr(at), reading.vantage);
    });
  };
  if (find_case_tag(mail.subject)) return true;
  if (document.forwarded) return false;
  // The answer to another mailbox of ours is new to the desk.
  const auto& answered = document.quoted_from;
  const bool elsewhere =
      !answered.empty() && std::all_of(answered.begin(), answered.end(), [&](const auto& from) {
        const auto& desk = reading.vantage.own_addresses;
        return is_ours(from.address, reading.vantage) &&
               std::find(desk.begin(), desk.end(), from.address) == desk.end();
      });
  if (elsewhere && !reading.facts.case_tag) return false;
  // "I only hit reply because it has your address": what says of itself that it is another matter.
  if (has_phrase("new.case", folded(document.own_text()))) return false;
  if (ours(mail.in_reply_to)) return true;
  if (reading.facts.case_tag && (document.answers_us || reading.reply)) return true;
  if (document.answers_us && reading.reply) return true;
  if (!document.quoted_from.empty() && find_case_tag(document.quoted)) return true;
  if (ours(mail.references) && reading.reply) return true;
  // "my report [CVD-2026-0004]" in a mail of its own.
  return find_case_tag(document.own_text()).has_value();
}

bool is_beg_bounty(const Reading& reading, const Signs& signs, std::vector<std::string>& reasons) {
  std::size_t asks = 0;
  for (const auto& passage : reading.document.passages) {
    if (passage.role == Role::disclaimer) continue;
    for (const auto& sentence : passage.sentences) {
      if (has_phrase("reward.none", sentence.folded.text)) continue;
      asks += count_phrases("reward.ask", sentence.folded.text);
    }
  }
  if (has_phrase("reward.ask", signs.subject) && !has_phrase("reward.none", signs.subject)) asks += 2;
  const auto low = count_phrases("finding.low", signs.own) + count_phrases("finding.low", signs.subject);
  const bool vague = has_phrase("vague.claim", signs.own) || has_phrase("vague.claim", signs.subject);
  const bool withholds = has_phrase("withhold", signs.own);
  const auto& facts = reading.facts;
  const bool specific =
      std::any_of(facts.affected.urls.begin(), facts.affected.urls.end(), [](const auto& url) {
        const auto slash = url.find('/', url.find("://") + 3);
        return slash != std::string::npos && slash + 1 < url.size();
      });
  const bool serious = specific && low == 0 && !facts.weakness.cwe.empty();
  if (asks == 0 && !withholds) return false;
  if (serious && !withholds) return false;
  const bool empty_handed = facts.weakness.cwe.empty() && facts.affected.urls.size() <= 1 && !specific;
  const bool beg = (asks > 0 && low > 0 && !(serious)) ||
                   (asks > 0 && vague && (empty_handed || withholds || low > 0)) ||
                   (withholds && asks > 0 && !specific) || (withholds && vague && empty_handed);
  if (!beg) return false;
  if (asks > 0) reasons.emplace_back("asks for a reward");
  if (low > 0) reasons.emplace_back("reports only what a scanner lists");
  if (withholds) reasons.emplace_back("keeps the details back");
  if (vague && reasons.size() < 3) reasons.emplace_back("a general claim without evidence");
  return true;
}

bool is_bulk(const Reading& reading, const Signs& signs) {
  const auto& mail = reading.mail;
  const bool list =
      mail.list_headers || !mail.list_id.empty() || mail.precedence == "bulk" || mail.precedence == "list";
  const auto whole = folded(reading.text.substr(0, 100'000));
  const auto signs_of_bulk = count_phrases("newsletter", whole) + count_phrases("newsletter", signs.subject);
  const bool own_list =
      std::any_of(reading.vantage.own_list_ids.begin(), reading.vantage.own_list_ids.end(),
                  [&](const auto& id) { return ascii_lower(mail.list_id).find(id) != std::string::npos; });
  bool to_us = false;
  for (const auto* addresses : {&mail.to, &mail.cc}) {
    for (const auto& mailbox : *addresses)
      to_us |= is_ours(mailbox.address, reading.vantage);
  }
  const bool about_ours = is_about_us(reading);
  if (about_ours && signs.weight >= 3) return false;
  // An offer that can be unsubscribed from is an offer still.
  if (count_phrases("marketing", whole) >= 4 && count_phrases("marketing", whole) > signs_of_bulk)
    return false;
  if (list && !own_list) return signs_of_bulk > 0 || !to_us || !about_ours;
  return signs_of_bulk >= 2 && !about_ours && count_phrases("marketing", whole) < signs_of_bulk;
}

// A page of ours, not merely our name, and a story of what was done there.
bool tells_of_a_page(const Reading& reading, const Signs& signs) {
  if (!is_about_us(reading)) return false;
  static const Pattern page("^[a-z]+://[^/]+/[^?#]*[a-z0-9]");
  static const Pattern doing("\\b(?:i|ik|ich|je|j'ai|we|wij|wir|nous)\\b");
  return doing.in(signs.own) &&
         std::any_of(reading.facts.affected.urls.begin(), reading.facts.affected.urls.end(),
                     [](const auto& url) { return page.in(folded(url)); });
}

bool is_spam(const Reading& reading, const Signs& signs) {
  const auto whole = folded(reading.text.substr(0, 50'000));
  const auto marketing = count_phrases("marketing", whole) + 2 * count_phrases("marketing", signs.subject);
  const auto phishing = count_phrases("phishing", whole) + count_phrases("phishing", signs.subject);
  const auto& weakness = reading.facts.weakness;
  const bool about_ours = is_about_us(reading);
  const bool page = tells_of_a_page(reading, signs);
  if (phishing >= 3 && !about_ours) return true;
  if (!weakness.cve.empty() && about_ours && marketing < 3) return false;
  if (marketing >= 3 && !(page && marketing < 6)) return true;
  if (marketing >= 2 && (weakness.cwe.empty() || !about_ours) && !page) return true;
  if (marketing >= 1 && weakness.cwe.empty() && !about_ours && has_phrase("newsletter", whole)) return true;
  const bool nothing = weakness.cwe.empty() && weakness.cve.empty() && !has_phrase("trouble", whole) &&
                       !has_phrase("trouble", signs.subject);
  return nothing && marketing >= 1 && !page;
}

void settle(Reading& reading, Kind kind, const char* reason) {
  reading.facts.kind = kind;
  reading.facts.kind_reasons.emplace_back(reason);
}

} // namespace

void read_kind(Reading& reading) {
  const auto signs = look(reading);
  std::vector<std::string> reasons;
  if (is_bounce(reading, signs))
    return settle(reading, Kind::bounce, "a report about the delivery of a mail");
  if (is_auto_reply(reading, signs)) return settle(reading, Kind::auto_reply, "an automatic answer");
  if (is_followup(reading)) return settle(reading, Kind::followup, "answers a case or a mail of ours");
  if (is_beg_bounty(reading, signs, reasons)) {
    reading.facts.kind = Kind::beg_bounty;
    reading.facts.kind_reasons = std::move(reasons);
    return;
  }
  if (is_bulk(reading, signs)) return settle(reading, Kind::bulk, "sent to many, about nothing of ours");
  if (is_spam(reading, signs)) return settle(reading, Kind::spam, "an offer, not a finding");
  settle(reading, Kind::report, "tells of something that is wrong");
}

} // namespace cvdesk::report
