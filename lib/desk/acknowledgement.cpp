#include "desk/acknowledgement.hpp"

#include "core/text.hpp"
#include "desk/threading.hpp"
#include "desk/wording.hpp"
#include "report/hosts.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

namespace cvdesk::desk {

namespace {

// Local parts behind which no person reads (RFC 2142 aside: abuse@ and security@ are people), without their
// hyphens, dots and underscores.
bool is_nobody(std::string_view address) {
  constexpr std::array<std::string_view, 9> robots = {"noreply",          "donotreply",     "noresponse",     "nietbeantwoorden", "geenantwoord",
                                                      "nichtantworten",   "keineantwort",   "nepasrepondre",  "nepasrepondez"};
  constexpr std::array<std::string_view, 11> names = {"mailer-daemon", "postmaster", "mailerdaemon", "nobody",    "bounce", "bounces",
                                                      "daemon",        "owner",      "listserv",     "majordomo", "autoreply"};
  std::string bare = ascii_lower(address.substr(0, address.rfind('@')));
  bare.erase(std::find(bare.begin(), bare.end(), '+'), bare.end());
  std::erase_if(bare, [](char c) { return c == '-' || c == '_' || c == '.'; });
  if (std::any_of(robots.begin(), robots.end(), [&](std::string_view robot) { return bare.starts_with(robot); })) return true;
  const std::string local = ascii_lower(address.substr(0, address.rfind('@')));
  const auto is_named = [&](std::string_view name) { return local == name || local.starts_with(fmt::format("{}+", name)); };
  return std::any_of(names.begin(), names.end(), is_named) || local.starts_with("owner-") || local.ends_with("-request") ||
         local.ends_with("-bounces") || local.ends_with("-owner");
}

// What can stand in an envelope: one "@" that counts, no white space. Outside ASCII it is for the server to say
// whether it takes it (SMTPUTF8); what looks like another address on a screen is none.
bool can_be_addressed(std::string_view address) {
  const auto at = address.rfind('@');
  const bool plain = std::all_of(address.begin(), address.end(), [](char c) {
    return static_cast<unsigned char>(c) > ' ' && c != 0x7F && c != '<' && c != '>';
  });
  return plain && at != std::string_view::npos && at > 0 && at + 1 < address.size() && address.size() <= 254 &&
         is_valid_utf8(address) && safe_for_terminal(address) == address;
}

// The address with its domain in A-labels: there are many ways to write one domain outside ASCII, ours too. Unset:
// it cannot be written to.
std::optional<std::string> sendable(const std::string& address) {
  if (!can_be_addressed(address)) return {};
  const auto at = address.rfind('@') + 1;
  const bool ascii = std::all_of(address.begin() + static_cast<std::ptrdiff_t>(at), address.end(),
                                 [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  if (ascii) return address;
  const auto domain = report::to_a_labels(std::string_view(address).substr(at));
  if (!domain) return {};
  return address.substr(0, at) + *domain;
}

// A server of ours that removes what claims to be its own stands in the topmost hop that bears its name (RFC 8601,
// 5 and 7.1): what stands further down came with the mail. All that it says there must say so, of this sender.
bool dmarc_passed(const reader::Outer& outer, std::string_view authserv_id) {
  if (outer.from.size() != 1) return false;
  const std::string& address = outer.from.front().address;
  const std::string domain = ascii_lower(address.substr(address.rfind('@') + 1));
  std::optional<int> hop;
  bool passed = false;
  for (const auto& said : outer.authentication) {
    if (said.authserv_id != authserv_id) continue;
    if (!hop) hop = said.hop;
    if (said.hop != *hop) break;
    if (said.dmarc.empty()) continue;
    if (said.dmarc != "pass" || (!said.header_from.empty() && said.header_from != domain)) return false;
    passed = true;
  }
  return passed;
}

} // namespace

Addressee addressee_of(const reader::Outer& outer, const Settings& settings) {
  if (outer.return_path && outer.return_path->empty()) return {{}, "null-sender"};
  if (!outer.auto_submitted.empty() && outer.auto_submitted != "no") return {{}, "automatic-mail"};
  if (outer.automatic || outer.delivery_status || outer.precedence == "auto_reply") return {{}, "automatic-mail"};
  // Our own list's software says "Precedence: list" of what strangers write to it.
  const bool own_list = !outer.list && !outer.list_id.empty();
  if (outer.precedence == "bulk" || outer.precedence == "junk") return {{}, "bulk"};
  if (outer.list || (outer.precedence == "list" && !own_list)) return {{}, "list"};
  const bool from_us = std::any_of(outer.from.begin(), outer.from.end(), [&](const auto& mailbox) {
    return settings.is_own_address(sendable(mailbox.address).value_or(mailbox.address));
  });
  if (from_us) return {{}, "own-address"};
  if (!settings.acknowledge.dmarc_authserv_id.empty() && !dmarc_passed(outer, settings.acknowledge.dmarc_authserv_id)) {
    return {{}, "dmarc-not-passed"};
  }
  const auto& chosen = outer.reply_to.size() == 1 ? outer.reply_to : outer.from;
  if (chosen.size() != 1) return {{}, "no-single-address"};
  const auto address = sendable(chosen.front().address);
  if (!address) return {{}, "unusable-address"};
  if (settings.is_own_address(*address)) return {{}, "own-address"};
  if (is_nobody(*address)) return {{}, "no-reply"};
  return {*address, {}};
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

bool is_answered_encrypted(const reader::Inspection& inspection) {
  return inspection.any_encrypted || inspection.protection.signature != openpgp::SignatureState::none;
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
  const Thread thread = thread_answering(inspection.outer);
  task.in_reply_to = thread.in_reply_to;
  task.references = thread.references;
  task.language = language_for(settings, personal ? inspection.facts.language : std::nullopt);
  task.template_name = personal ? "acknowledgement" : "acknowledgement-encrypted";
  task.fallback_template = "acknowledgement-encrypted";
  if (is_answered_encrypted(inspection)) task.certificate = key.blob;
  task.fields = personal ? case_fields(desk, task.language, *opened, deadlines, inspection.facts.missing) : desk_fields(settings);
  return task;
}

} // namespace cvdesk::desk
