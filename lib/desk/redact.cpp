#include "desk/redact.hpp"

#include "core/text.hpp"
#include "report/document.hpp"
#include "report/pattern.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <functional>
#include <memory>

namespace cvdesk::desk {

namespace {

constexpr std::size_t text_limit = 1u << 20; // what is longer is cut, visibly
constexpr std::size_t most_of_each = 40;
constexpr std::size_t most_words = 6; // of a name
constexpr std::string_view name_mark = "[name left out]";
constexpr std::string_view address_mark = "[e-mail address left out]";
constexpr std::string_view site_mark = "[reporter's site left out]";
constexpr std::string_view phone_mark = "[telephone number left out]";
constexpr std::string_view handle_mark = "[account left out]";
constexpr std::string_view key_mark = "[OpenPGP key left out]";
constexpr std::string_view uncleared_mark = "[report left out: it could not be cleared of its reporter]";
constexpr std::string_view signature_mark = "[signature left out]";

void add_once(std::vector<std::string>& all, std::string value) {
  if (value.empty() || all.size() >= most_of_each) return;
  if (std::find(all.begin(), all.end(), value) == all.end()) all.push_back(std::move(value));
}

bool is_word_byte(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x80 || (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

std::string digits_of(std::string_view text) {
  std::string digits;
  std::copy_if(text.begin(), text.end(), std::back_inserter(digits), [](char c) { return c >= '0' && c <= '9'; });
  return digits;
}

std::string literal(std::string_view text) { return RE2::QuoteMeta(report::piece(text)); }

// Longest first: alternatives are tried in their order.
std::string alternatives(std::vector<std::string> patterns) {
  std::sort(patterns.begin(), patterns.end(), [](const auto& a, const auto& b) { return a.size() > b.size(); });
  return join(patterns, "|");
}

class Redactor {
public:
  Redactor(const Identity& identity, const report::Vantage& vantage) : identity_(identity), vantage_(vantage) {}

  Redacted run(std::string text) {
    out_.text = std::move(text);
    replace("(?s)-----BEGIN PGP [A-Z ]+-----.*?-----END PGP [A-Z ]+-----", key_mark, false);
    fingerprints();
    addresses();
    sites();
    handles();
    phones();
    names();
    return std::move(out_);
  }

private:
  using Wanted = std::function<bool(std::string_view)>;

  // Every match that is `wanted` becomes the mark. `word`: only where no letter or digit stands beside it.
  void replace(const std::string& pattern, std::string_view mark, bool word, const Wanted& wanted = {}) {
    const RE2 expression(pattern, report::pattern_options());
    // Never handed on unseen to what should have cleared it.
    if (!expression.ok()) {
      out_.text = uncleared_mark;
      return;
    }
    const std::string& text = out_.text;
    std::string result;
    std::size_t done = 0;
    std::size_t at = 0;
    re2::StringPiece match;
    while (at < text.size() && expression.Match(report::piece(text), at, text.size(), RE2::UNANCHORED, &match, 1)) {
      const auto begin = static_cast<std::size_t>(match.data() - text.data());
      const auto end = begin + match.size();
      const bool alone = !word || ((begin == 0 || !is_word_byte(text[begin - 1])) && (end == text.size() || !is_word_byte(text[end])));
      if (match.empty() || !alone || (wanted && !wanted(report::view(match)))) {
        at = std::max(end, begin + 1);
        continue;
      }
      result += text.substr(done, begin - done);
      result += mark;
      ++out_.marks;
      done = at = end;
    }
    if (done == 0) return;
    result += text.substr(done);
    out_.text = std::move(result);
  }

  void fingerprints() {
    std::vector<std::string> patterns;
    for (const auto& fingerprint : identity_.fingerprints) {
      std::string whole = "(?:0x)?";
      for (const char digit : fingerprint) {
        whole += fmt::format("{}[ \\n\\t\\x{{a0}}:-]{{0,3}}", digit);
      }
      patterns.push_back(std::move(whole));
      if (fingerprint.size() < 16) continue;
      patterns.push_back("(?:0x)?" + fingerprint.substr(fingerprint.size() - 16));
      patterns.push_back("(?:0x)?" + fingerprint.substr(fingerprint.size() - 8));
    }
    if (!patterns.empty()) replace("(?i)(?:" + alternatives(std::move(patterns)) + ")", key_mark, false);
  }

  bool belongs_to_us_or_a_partner(std::string_view address) const {
    const auto at = address.rfind('@');
    const std::string host = ascii_lower(address.substr(at == std::string_view::npos ? 0 : at + 1));
    return report::is_ours(address, vantage_) || report::match_scope(host, "", vantage_).scope == report::Scope::third_party ||
           report::match_scope(host, "", vantage_).scope == report::Scope::in;
  }

  void addresses() {
    std::vector<std::string> spelled;
    for (const auto& address : identity_.addresses) {
      const auto at = address.rfind('@');
      if (at == std::string::npos) continue;
      std::vector<std::string> labels;
      for (const auto label : split(std::string_view(address).substr(at + 1), '.')) labels.push_back(literal(label));
      spelled.push_back(literal(address.substr(0, at)) + "\\s*(?:@|[\\[({<]\\s*at\\s*[\\])}>]|\\s+at\\s+)\\s*" +
                        join(labels, "\\s*(?:\\.|[\\[({<]\\s*(?:dot|\\.)\\s*[\\])}>]|\\s+dot\\s+)\\s*"));
    }
    if (!spelled.empty()) replace("(?i)(?:" + alternatives(std::move(spelled)) + ")", address_mark, true);
    replace("[\\p{L}\\p{N}._%+'=-]+@(?:[\\p{L}\\p{N}-]+\\.)+\\p{L}{2,24}", address_mark, false,
            [&](std::string_view address) { return !belongs_to_us_or_a_partner(address); });
    replace("(?i)[\\p{L}\\p{N}._%+-]+\\s?[\\[({<]\\s?(?:at|@)\\s?[\\])}>]\\s?[\\p{L}\\p{N}-]+"
            "(?:\\s?(?:\\.|[\\[({<]\\s?(?:dot|punt|punkt|point|\\.)\\s?[\\])}>])\\s?[\\p{L}\\p{N}-]+)+",
            address_mark, false);
  }

  // The domain of an address of one's own tells as much as the address.
  void sites() {
    constexpr std::array<std::string_view, 16> of_all = {"gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com",   "live.nl",
                                                         "msn.com",   "yahoo.com",      "icloud.com",  "me.com",      "proton.me",  "protonmail.com",
                                                         "pm.me",     "gmx.de",         "gmx.net",     "web.de"};
    std::vector<std::string> patterns;
    for (const auto& address : identity_.addresses) {
      const std::string domain = ascii_lower(address.substr(address.rfind('@') + 1));
      const bool shared = std::find(of_all.begin(), of_all.end(), domain) != of_all.end();
      if (!shared && !belongs_to_us_or_a_partner(address)) patterns.push_back("(?:[a-z0-9-]+\\.)*" + literal(domain));
    }
    if (!patterns.empty()) replace("(?i)(?:" + alternatives(std::move(patterns)) + ")", site_mark, true);
  }

  void handles() {
    std::vector<std::string> patterns;
    for (const auto& handle : identity_.handles) {
      const std::string name = handle.substr(handle.find(':') + 1);
      if (name.size() >= 3) patterns.push_back((name.starts_with('@') ? "" : "@?") + literal(name));
    }
    if (!patterns.empty()) replace("(?i)(?:" + alternatives(std::move(patterns)) + ")", handle_mark, true);
  }

  // However they are written, and whatever other digits stand beside them: what has the same last eight digits.
  void phones() {
    std::vector<std::string> ends;
    for (const auto& phone : identity_.phones) {
      const std::string digits = digits_of(phone);
      if (digits.size() >= 7) ends.push_back(digits.substr(digits.size() - std::min<std::size_t>(8, digits.size())));
    }
    if (ends.empty()) return;
    replace("\\(?\\+?\\d[\\d ().\\-/\\x{a0}]*\\d", phone_mark, false, [&](std::string_view match) {
      const std::string digits = digits_of(match);
      return std::any_of(ends.begin(), ends.end(), [&](const std::string& end) { return digits.find(end) != std::string::npos; });
    });
  }

  // A whole name in any case, however its words are joined ("katrijn-oosterveld"); of its words only as they are
  // written or in capitals: "page" is no "Page". What the address says too is a name in any case.
  void names() {
    std::vector<std::string> whole;
    std::vector<std::string> words;
    for (const auto& name : identity_.names) {
      whole.push_back(literal(name));
      const auto parts = words_of(name);
      if (parts.size() >= 2) {
        whole.push_back(joined(parts));
        whole.push_back(joined({parts.rbegin(), parts.rend()}));
      }
      for (const auto& word : parts) {
        const bool starts_large = !(word[0] >= 'a' && word[0] <= 'z');
        if (word.size() < 3 || !starts_large) continue;
        words.push_back(literal(word));
        if (word.size() >= 4) words.push_back(literal(ascii_upper(word)));
        if (is_in_an_address(word)) whole.push_back(literal(word));
      }
    }
    if (!whole.empty()) replace("(?i)(?:" + alternatives(std::move(whole)) + ")", name_mark, true);
    if (!words.empty()) replace("(?:" + alternatives(std::move(words)) + ")", name_mark, true);
  }

  static std::vector<std::string> words_of(const std::string& name) {
    std::vector<std::string> words;
    for (const auto word : split(name, ' ')) {
      const auto end = word.find_last_not_of(".,;");
      if (end != std::string_view::npos && words.size() < most_words) words.emplace_back(word.substr(0, end + 1));
    }
    return words;
  }

  static std::string joined(const std::vector<std::string>& words) {
    std::vector<std::string> literals;
    for (const auto& word : words) literals.push_back(literal(word));
    return join(literals, "[\\s\\x{a0},._+-]{0,3}");
  }

  // "Katrijn" of katrijn@…, but not the "Security" of security@….
  bool is_in_an_address(const std::string& word) const {
    constexpr std::array<std::string_view, 14> roles = {"security", "info",   "admin",  "abuse",  "support", "contact", "team",
                                                        "report",   "reports", "research", "researcher", "test", "hacker", "bounty"};
    const std::string lower = ascii_lower(word);
    if (lower.size() < 4 || std::find(roles.begin(), roles.end(), lower) != roles.end()) return false;
    return std::any_of(identity_.addresses.begin(), identity_.addresses.end(), [&](const std::string& address) {
      return ascii_lower(address).find(lower) != std::string::npos;
    });
  }

  const Identity& identity_;
  const report::Vantage& vantage_;
  Redacted out_;
};

// The reader's passages as text again.
std::string without_signature(const report::Document& document) {
  std::string text;
  bool had_signature = false;
  int number = 0;
  const report::Passage* before = nullptr;
  for (const auto& passage : document.passages) {
    if (passage.role == report::Role::signature || passage.role == report::Role::disclaimer) {
      had_signature = had_signature || passage.role == report::Role::signature;
      continue;
    }
    const bool same_list = before != nullptr && passage.role == report::Role::item && before->role == report::Role::item && passage.list == before->list;
    if (before != nullptr && !same_list && passage.role != before->role) text += "\n";
    if (before != nullptr && passage.role == before->role && passage.role == report::Role::prose) text += "\n";
    number = same_list ? number + 1 : 1;
    const bool has_mark = !passage.text.empty() && std::string_view("0123456789-*(").find(passage.text.front()) != std::string_view::npos;
    if (passage.role == report::Role::item && !has_mark) {
      text += passage.ordered ? fmt::format("{}. ", number) : "- ";
    }
    text += passage.text + "\n";
    before = &passage;
  }
  if (had_signature) text += fmt::format("\n{}\n", signature_mark);
  return text;
}

} // namespace

void add_identity(Identity& identity, const reader::Inspection& inspection) {
  const auto add_mailboxes = [&](const std::vector<mime::Mailbox>& mailboxes) {
    for (const auto& mailbox : mailboxes) {
      add_once(identity.names, squeeze(mailbox.display_name));
      add_once(identity.addresses, ascii_lower(mailbox.address));
    }
  };
  add_mailboxes(inspection.from);
  add_mailboxes(inspection.outer.from);
  add_mailboxes(inspection.outer.reply_to);
  const auto& reporter = inspection.facts.reporter;
  if (reporter.name) add_once(identity.names, squeeze(*reporter.name));
  if (reporter.credit) add_once(identity.names, squeeze(*reporter.credit));
  for (const auto& address : reporter.emails) add_once(identity.addresses, ascii_lower(address));
  for (const auto& phone : reporter.phones) add_once(identity.phones, phone);
  for (const auto& handle : reporter.handles) add_once(identity.handles, handle);
  for (const auto& fingerprint : reporter.pgp_fingerprints) add_once(identity.fingerprints, fingerprint);
  if (inspection.protection.signer) add_once(identity.fingerprints, *inspection.protection.signer);
  for (const auto& certificate : inspection.certificates) {
    add_once(identity.fingerprints, certificate.fingerprint);
    for (const auto& address : certificate.addresses) add_once(identity.addresses, address);
  }
}

Redacted redact(const reader::Inspection& inspection, const Identity& identity, const report::Vantage& vantage) {
  report::Mail mail;
  mail.from = inspection.from;
  mail.to = inspection.to;
  mail.subject = inspection.subject;
  mail.text = shorten(inspection.text, text_limit);
  return Redactor(identity, vantage).run(without_signature(report::read_document(mail, mail.text, vantage)));
}

std::string redact_line(std::string_view line, const Identity& identity, const report::Vantage& vantage) {
  return Redactor(identity, vantage).run(squeeze(line)).text;
}

std::vector<std::string> telling_metadata(std::string_view content, const Identity& identity) {
  struct Sign {
    std::string_view bytes;
    std::string_view says;
  };
  constexpr std::array<Sign, 11> signs = {{{"-----BEGIN PGP PUBLIC KEY BLOCK-----", "an OpenPGP certificate: its user ids name its owner"},
                                          {"-----BEGIN CERTIFICATE-----", "a certificate: it may name its owner"},
                                          {std::string_view("Exif\0\0", 6), "data of the camera (Exif), perhaps with the place"},
                                          {"<x:xmpmeta", "XMP data"},
                                          {"/Author", "the author of a PDF"},
                                          {"/Creator", "the program and machine that made a PDF"},
                                          {"docProps/core.xml", "author and editors of an Office file"},
                                          {"tEXt", "text fields of a PNG"},
                                          {"iTXt", "text fields of a PNG"},
                                          {"Authorization: ", "credentials of a recorded session"},
                                          {"Cookie: ", "cookies of a recorded session"}}};
  std::vector<std::string> found;
  for (const auto& sign : signs) {
    if (content.find(sign.bytes) != std::string_view::npos) add_once(found, std::string(sign.says));
  }
  const std::string lower = ascii_lower(content);
  const auto holds = [&](const std::string& word) { return word.size() >= 4 && lower.find(ascii_lower(word)) != std::string::npos; };
  if (std::any_of(identity.names.begin(), identity.names.end(), holds) || std::any_of(identity.addresses.begin(), identity.addresses.end(), holds)) {
    found.emplace_back("THE REPORTER'S NAME OR ADDRESS");
  }
  return found;
}

} // namespace cvdesk::desk
