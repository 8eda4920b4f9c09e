#include "core/text.hpp"
#include "report/hosts.hpp"
#include "report/pattern.hpp"
#include "report/phrases.hpp"
#include "report/reading.hpp"
#include "report/urls.hpp"

#include <algorithm>

namespace cvdesk::report {

namespace {

constexpr std::size_t most_emails = 10;
constexpr std::size_t most_fingerprints = 10;

const Pattern& address_pattern() {
  static const Pattern address("([\\p{L}\\p{N}._%+'=-]*[\\p{L}\\p{N}_+=-]@(?:[\\p{L}\\p{N}](?:[\\p{L}\\p{N}-]"
                               "*[\\p{L}\\p{N}])?\\.)+[\\p{L}][\\p{L}\\p{N}-]+)");
  return address;
}

bool same_words(std::string_view shorter, std::string_view longer) {
  const auto a = " " + folded(shorter) + " ";
  const auto b = folded(longer);
  const auto last = b.substr(b.rfind(' ') == std::string::npos ? 0 : b.rfind(' ') + 1);
  const auto first = b.substr(0, b.find(' '));
  return a.find(" " + last + " ") != std::string::npos || a.find(" " + first + " ") != std::string::npos;
}

std::size_t letters(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return c != '.' && c != ' '; }));
}

void read_name(Reading& reading, bool no_reply) {
  auto& name = reading.facts.reporter.name;
  if (const auto finder = labelled_finder(reading.document);
      finder.name && (is_person_name(*finder.name) || !finder.email.empty())) {
    name = finder.name;
    reading.note_found("reporter.name", *name, *name);
    return;
  }
  const auto from = no_reply ? std::string() : clean_name(reading.sender().display_name);
  const auto signature = signed_name(reading.document);
  const auto introduced = introduced_name(reading.document);
  // "Zeilmakerij Stoel <info@…>": a firm, where a person signs.
  static const Pattern shared_box(
      "^(?:info|contact|office|mail|post|sales|admin|kontakt|buero|administratie|secretariaat|"
      "secretariat|bureau)@");
  const bool firm = shared_box.in(reading.sender().address) && signature && is_person_name(*signature);
  if (is_person_name(from) && !firm) {
    name = from;
    for (const auto& other : {signature, introduced}) {
      if (!other || !is_person_name(*other)) continue;
      // The fullest form, and the spelling with the accents.
      if (same_words(from, *other) && (letters(*other) > letters(*name) || folded(*other) == folded(*name))) {
        if (other->size() >= name->size()) name = *other;
      }
    }
  } else if (introduced && is_person_name(*introduced)) {
    name = *introduced;
  } else if (signature && is_person_name(*signature)) {
    name = *signature;
  } else if (!from.empty()) {
    name = from;
  } else if (introduced) {
    name = *introduced;
  } else if (signature && (!no_reply || !reading.sender().address.empty())) {
    name = *signature;
  }
  if (!name) return;
  const bool in_header = !reading.document.forwarded && folded(from) == folded(*name);
  if (in_header) reading.note_source("reporter.name", *name, "From");
  reading.note_found("reporter.name", *name, *name, in_header ? "" : "From");
}

bool is_foreign(const Reading& reading, std::string_view address) {
  return is_ours(address, reading.vantage) || is_no_reply(address);
}

struct Mentioned {
  std::string address;
  bool preferred = false;
  const Passage* passage = nullptr;
  std::string sentence;
};

// Addresses in the new text that are the reporter's own.
std::vector<Mentioned> mentioned_addresses(const Reading& reading) {
  std::vector<Mentioned> found;
  static const Pattern label("^\\W*(?:e-?mail\\w*|mail|e-mailadres|adresse "
                             "(?:e-?mail|electronique)|courriel|contact|mailadres|finder|reporter|melder|"
                             "entdecker|decouvreur|reported by|naam|name|nom|gemeld door)\\b[^:]{0,25}:");
  static const Pattern not_used("\\b(?:postmaster|abuse|webmaster)@");
  for (const auto& passage : reading.document.passages) {
    if (passage.role == Role::disclaimer || passage.role == Role::code) continue;
    for (const auto& sentence : passage.sentences) {
      if (found.size() >= 50) return found;
      const auto plain = spell_out(sentence.text);
      if (plain.find('@') == std::string::npos) continue;
      const auto plain_folded = folded(plain);
      std::size_t at = 0;
      Pattern::Match match;
      while (found.size() < 50 && address_pattern().next(plain, at, match)) {
        const auto begin = offset_in(plain, match[1]);
        const auto end = begin + match[1].size();
        // "https://user@host" and "@name@host" are no mail addresses.
        if (begin > 0 && (plain[begin - 1] == '@' || plain[begin - 1] == '/' || plain[begin - 1] == ':')) {
          if (!(plain[begin - 1] == ':' && begin >= 7 &&
                ascii_lower(plain.substr(begin - 7, 7)) == "mailto:") &&
              !(plain[begin - 1] == ':' && label.in(plain_folded)))
            continue;
        }
        if (end < plain.size() && plain[end] == '/') continue;
        if (begin > 3 && plain.substr(0, begin).rfind("://") != std::string::npos &&
            plain.substr(plain.substr(0, begin).rfind("://"), begin).find(' ') == std::string::npos)
          continue;
        const auto address = ascii_lower(match[1]);
        const auto before = folded(
            std::string_view(plain).substr(begin > 60 ? begin - 60 : 0, std::min<std::size_t>(begin, 60)));
        static const Pattern messenger("(?:matrix|xmpp|jabber|mastodon|fediverse|session|element|jid|sip)\\W{"
                                       "0,3}(?:id|is|account)?\\W{0,3}$");
        if (is_foreign(reading, address) || not_used.in(address) || messenger.in(before)) continue;
        const auto cue = has_phrase("reply.to", plain_folded) || label.in(plain_folded);
        const auto strong = has_phrase("reply.strong", plain_folded);
        if (has_phrase("other.person", plain_folded)) continue;
        if (passage.role == Role::signature || label.in(plain_folded)) {
          static const Pattern chosen("^[>\\s]*\\([^)]{0,30}(?i:prefer|voorkeur|bevorzugt|de preference)");
          const bool best = chosen.in(std::string_view(plain).substr(end));
          found.push_back(
              {address, best || (strong && passage.role != Role::signature), &passage, sentence.text});
        } else if (cue || strong) {
          found.push_back({address, true, &passage, sentence.text});
        }
      }
    }
  }
  return found;
}

void read_emails(Reading& reading) {
  auto& emails = reading.facts.reporter.emails;
  // The finder may be contacted: then it is the finder that we answer, not who passes it on.
  if (const auto finder = labelled_finder(reading.document);
      !finder.email.empty() && !is_foreign(reading, finder.email)) {
    emails.push_back(finder.email);
    reading.note_found("reporter.emails", finder.email, finder.email);
    return;
  }
  const auto mentioned = mentioned_addresses(reading);
  for (const auto& m : mentioned) {
    if (m.preferred) add_once(emails, m.address, most_emails);
  }
  if (!reading.document.forwarded) {
    for (const auto& mailbox : reading.mail.reply_to) {
      if (!mailbox.address.empty() && !is_foreign(reading, mailbox.address))
        add_once(emails, ascii_lower(mailbox.address), most_emails);
    }
  }
  const auto& sender = reading.sender().address;
  // From a form or a forwarder of ours, the address that the text labels as the finder's comes first.
  if (!sender.empty() && !is_foreign(reading, sender)) add_once(emails, ascii_lower(sender), most_emails);
  for (const auto& m : mentioned)
    add_once(emails, m.address, most_emails);
  for (const auto& email : emails) {
    for (const auto& m : mentioned) {
      if (m.address == email) reading.note("reporter.emails", email, *m.passage, {email, m.sentence});
    }
    if (equal_ignoring_case(email, sender)) {
      if (reading.document.forwarded)
        reading.note_found("reporter.emails", email, sender);
      else
        reading.note_source("reporter.emails", email, "From");
    }
    for (const auto& mailbox : reading.mail.reply_to) {
      if (equal_ignoring_case(mailbox.address, email))
        reading.note_source("reporter.emails", email, "Reply-To");
    }
  }
}

bool is_hex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

void read_fingerprints(Reading& reading) {
  static const Pattern fingerprint("(?i)(?:0x)?([0-9a-f]{4}(?:[ \\n\\t\\x{a0}:-]{0,8}[0-9a-f]{4}){9}(?:(?:[ "
                                   "\\n\\t\\x{a0}:-]{0,8}[0-9a-f]{4}){6})?)");
  auto& all = reading.facts.reporter.pgp_fingerprints;
  const auto text = reading.document.all_new_text();
  std::size_t at = 0;
  Pattern::Match match;
  while (all.size() < most_fingerprints && fingerprint.next(text, at, match)) {
    const auto begin = offset_in(text, match[0]);
    const auto end = begin + match[0].size();
    if ((begin > 0 && (is_hex(text[begin - 1]) || text[begin - 1] == '/' || text[begin - 1] == '=')) ||
        (end < text.size() && is_hex(text[end]))) {
      continue;
    }
    std::string digits;
    for (const char c : match[1]) {
      if (is_hex(c)) digits += c;
    }
    const bool spaced = match[1].find(' ') != std::string_view::npos;
    auto context = folded(
        std::string_view(text).substr(begin > 160 ? begin - 160 : 0, std::min<std::size_t>(begin, 160)));
    if (has_phrase("your.key", context)) continue;
    static const Pattern digest(
        "\\b(?:sha-?(?:1|256)|md5|hash|checksum|commit|hachage|prufsumme|somme de controle)\\b[^.]{0,40}$");
    if (digest.in(context)) continue;
    if (!spaced && !has_phrase("own.key", context)) continue;
    const auto upper = ascii_upper(digits);
    add_once(all, upper, most_fingerprints);
    // It may go on in the next passage.
    reading.note_found("reporter.pgp_fingerprints", upper, match[1].substr(0, match[1].find('\n')));
  }
}

} // namespace

bool is_no_reply(std::string_view address) {
  static const Pattern no_reply("(?i)^(?:no-?_?\\.?reply|do-?_?not-?_?reply|donotreply|niet-?(?:be)?"
                                "antwoorden|geen-?antwoord|keine-?antwort|nicht-?antworten|ne-?pas-?repondre|"
                                "nepasrepondre|noreply|mailer-daemon|bounces?)[^@]*@|[.+-]no-?reply@");
  return no_reply.in(address);
}

void read_contacts(Reading& reading) {
  const auto& sender = reading.sender().address;
  read_name(reading, sender.empty() || is_no_reply(sender) || is_ours(sender, reading.vantage));
  read_emails(reading);
  read_fingerprints(reading);
}

} // namespace cvdesk::report
