#include "desk/acknowledgement.hpp"

#include "core/random.hpp"
#include "core/text.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

namespace cvdesk::desk {

namespace {

constexpr std::size_t reference_limit = 20;

bool is_nobody(std::string_view address) {
  constexpr std::array<std::string_view, 16> names = {
      "noreply",       "no-reply",     "no_reply",   "donotreply", "do-not-reply", "do_not_reply", "mailer-daemon", "postmaster",
      "mailerdaemon",  "nobody",       "bounce",     "bounces",    "daemon",       "owner",        "listserv",
      "majordomo"};
  const std::string local = ascii_lower(address.substr(0, address.rfind('@')));
  const auto is_named = [&](std::string_view name) { return local == name || local.starts_with(fmt::format("{}+", name)); };
  return std::any_of(names.begin(), names.end(), is_named) || local.starts_with("owner-") || local.ends_with("-request") ||
         local.ends_with("-bounces") || local.ends_with("-owner");
}

// What libcurl and every server on the way can take: ASCII, one "@" that counts, no white space.
bool can_be_addressed(std::string_view address) {
  const auto at = address.rfind('@');
  return at != std::string_view::npos && at > 0 && at + 1 < address.size() && address.size() <= 254 &&
         std::all_of(address.begin(), address.end(), [](char c) { return c > ' ' && c < 0x7F && c != '<' && c != '>'; });
}

// A Message-ID from a stranger, fit to stand in a header of ours.
bool is_plain_message_id(std::string_view id) {
  return !id.empty() && id.size() <= 250 && std::all_of(id.begin(), id.end(), [](char c) {
    return c > ' ' && c < 0x7F && c != '<' && c != '>';
  });
}

std::vector<std::string> references_for(const std::vector<std::string>& thread, const std::string& message_id) {
  std::vector<std::string> references;
  for (const auto& id : thread) {
    if (is_plain_message_id(id) && id != message_id) references.push_back(id);
  }
  if (references.size() > reference_limit) {
    references.erase(references.begin(), references.end() - static_cast<std::ptrdiff_t>(reference_limit));
  }
  if (is_plain_message_id(message_id)) references.push_back(message_id);
  return references;
}

std::string language_for(const Desk& desk, const std::optional<std::string>& wished) {
  const auto& offered = desk.settings().organisation.languages;
  const bool known = wished && std::find(offered.begin(), offered.end(), *wished) != offered.end();
  return known ? *wished : offered.front();
}

// "1 March 2027" and the like are a matter of taste; a date that every reader of the four languages takes
// for the same day is not.
std::string day_of(const Desk& desk, const std::vector<store::Deadline>& deadlines, std::string_view name) {
  const auto found = std::find_if(deadlines.begin(), deadlines.end(), [&](const auto& d) { return d.name == name; });
  return found == deadlines.end() ? std::string() : to_iso_date(desk.calendar().local_date(found->due));
}

std::string missing_in_words(const std::vector<std::string>& missing, std::string_view language) {
  struct Question {
    std::string_view fact, nl, en, de, fr;
  };
  constexpr std::array<Question, 3> questions = {{
      {"contact", "hoe wij u kunnen bereiken (een e-mailadres of telefoonnummer);",
       "how we can reach you (an e-mail address or a telephone number);",
       "wie wir Sie erreichen können (E-Mail-Adresse oder Telefonnummer);",
       "comment vous joindre (adresse électronique ou numéro de téléphone) ;"},
      {"affected-system", "om welk systeem het gaat (het webadres of IP-adres);",
       "which system is affected (its URL or IP address);", "welches System betroffen ist (URL oder IP-Adresse);",
       "quel système est concerné (URL ou adresse IP) ;"},
      {"description", "wat u hebt gevonden, en hoe wij dat kunnen nagaan;",
       "what you found, and how we can reproduce it;", "was Sie gefunden haben und wie wir es nachvollziehen können;",
       "ce que vous avez constaté, et comment le reproduire ;"},
  }};
  std::string text;
  for (const auto& question : questions) {
    if (std::find(missing.begin(), missing.end(), question.fact) == missing.end()) continue;
    const auto words = language == "nl" ? question.nl : language == "de" ? question.de : language == "fr" ? question.fr : question.en;
    if (text.empty()) {
      text = language == "nl"   ? "Kunt u ons nog laten weten:\n"
             : language == "de" ? "Bitte teilen Sie uns noch mit:\n"
             : language == "fr" ? "Pourriez-vous encore nous indiquer :\n"
                                : "Could you still tell us:\n";
    }
    text += fmt::format("- {}\n", words);
  }
  if (!text.empty()) text.pop_back();
  return text;
}

std::string spaced(std::string_view fingerprint) {
  std::string out;
  for (std::size_t i = 0; i < fingerprint.size(); i += 4) {
    if (i > 0) out += ' ';
    out += fingerprint.substr(i, 4);
  }
  return out;
}

} // namespace

Addressee addressee_of(const reader::Outer& outer, const Settings& settings) {
  if (outer.return_path && outer.return_path->empty()) return {{}, "null-sender"};
  if (!outer.auto_submitted.empty() && outer.auto_submitted != "no") return {{}, "automatic-mail"};
  if (outer.automatic || outer.delivery_status) return {{}, "automatic-mail"};
  // Our own list's software says "Precedence: list" of what strangers write to it.
  const bool own_list = !outer.list && !outer.list_id.empty();
  if (outer.precedence == "bulk" || outer.precedence == "junk") return {{}, "bulk"};
  if (outer.list || (outer.precedence == "list" && !own_list)) return {{}, "list"};
  const bool from_us = std::any_of(outer.from.begin(), outer.from.end(),
                                   [&](const auto& mailbox) { return settings.is_own_address(mailbox.address); });
  if (from_us) return {{}, "own-address"};
  const auto& chosen = outer.reply_to.size() == 1 ? outer.reply_to : outer.from;
  if (chosen.size() != 1) return {{}, "no-single-address"};
  const std::string& address = chosen.front().address;
  if (!can_be_addressed(address)) return {{}, "unusable-address"};
  if (settings.is_own_address(address)) return {{}, "own-address"};
  if (is_nobody(address)) return {{}, "no-reply"};
  return {address, {}};
}

AnswerKey choose_key(const reader::Inspection& inspection, const std::string& address,
                     const std::vector<store::CertificateEntry>& known) {
  const std::string wanted = ascii_lower(address);
  const auto& protection = inspection.protection;
  const bool signed_whole = protection.signed_whole_by_sender();
  const auto made_it = [&](const std::string& fingerprint) { return signed_whole && fingerprint == *protection.signer; };
  // The pinned one or none: a pinned certificate never falls back by itself to one that merely came along.
  for (const auto& certificate : known) {
    if (certificate.state == "pinned") return {certificate.blob, made_it(certificate.fingerprint)};
  }
  const auto belongs = [&](const reader::OfferedCertificate& certificate) {
    return std::find(certificate.addresses.begin(), certificate.addresses.end(), wanted) != certificate.addresses.end();
  };
  for (const auto& certificate : inspection.certificates) {
    if (belongs(certificate) && made_it(certificate.fingerprint)) return {certificate.blob, true};
  }
  for (const auto origin : {reader::KeyOrigin::attached, reader::KeyOrigin::autocrypt}) {
    for (const auto& certificate : inspection.certificates) {
      if (belongs(certificate) && certificate.origin == origin) return {certificate.blob, false};
    }
  }
  return {};
}

AnswerTask acknowledgement_for(const Desk& desk, const reader::Inspection& inspection, const std::string& address,
                               const AnswerKey& key, const std::optional<store::CaseEntry>& opened,
                               const std::vector<store::Deadline>& deadlines) {
  const auto& settings = desk.settings();
  // "Personal": it names the case, speaks the reporter's language and asks for what is missing.
  const bool personal = opened && (!inspection.any_encrypted || key.signed_the_mail);
  AnswerTask task;
  task.recipient = address;
  task.message_id = new_message_id(settings);
  // These stand in the outer header of the answer: they come from the outer header of the mail.
  if (is_plain_message_id(inspection.outer.message_id)) task.in_reply_to = inspection.outer.message_id;
  task.references = references_for(inspection.outer.in_reply_to, inspection.outer.message_id);
  task.language = language_for(desk, personal ? inspection.facts.language : std::nullopt);
  task.template_name = personal ? "acknowledgement" : "acknowledgement-encrypted";
  task.fallback_template = "acknowledgement-encrypted";
  if (inspection.any_encrypted || inspection.protection.signature != openpgp::SignatureState::none) {
    task.certificate = key.blob;
  }
  task.fields = {{"organisation", settings.organisation.name},
                 {"fingerprint", spaced(settings.openpgp.key)},
                 {"address", settings.submission.from.address}};
  if (personal) {
    task.fields["reference"] = opened->reference;
    task.fields["received"] = to_iso_date(desk.calendar().local_date(opened->received));
    task.fields["assess_by"] = day_of(desk, deadlines, "assess");
    task.fields["resolve_by"] = day_of(desk, deadlines, "resolve");
    task.fields["missing"] = missing_in_words(inspection.facts.missing, task.language);
  }
  return task;
}

std::string new_message_id(const Settings& settings) {
  const std::string& from = settings.submission.from.address;
  return fmt::format("{}@{}", random_hex(16), from.substr(from.rfind('@') + 1));
}

} // namespace cvdesk::desk
