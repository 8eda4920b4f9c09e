#include "desk/open_mail.hpp"

#include "core/log.hpp"
#include "core/text.hpp"
#include "mime/message.hpp"
#include "openpgp/certificate.hpp"
#include "reader/fields.hpp"
#include "reader/reader.hpp"
#include "store/certificates.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <set>

namespace cvdesk::desk {

namespace {

constexpr int round_limit = 6; // nesting is followed to a depth of 4

std::string lower_address(const std::vector<mime::Mailbox>& mailboxes) {
  return mailboxes.size() == 1 ? ascii_lower(mailboxes.front().address) : std::string();
}

class Opener {
public:
  Opener(Desk& desk, Hands& hands, const store::InboxEntry& entry, std::string_view raw)
      : desk_(desk), hands_(hands), entry_(entry), raw_(raw) {}

  Result<OpenedMail> run() {
    for (int round = 0; round < round_limit; ++round) {
      TRY_ASSIGN(reader::Reading reading, hands_.reader->inspect(raw_, openings_));
      TRY_ASSIGN(const bool more_candidates, gather_candidates(reading.inspection));
      bool opened = false;
      if (more_candidates) opened = open_again();
      for (auto& pending : reading.pending) {
        opened = open(std::move(pending)) || opened;
      }
      if (!opened) return finished(std::move(reading.inspection));
    }
    TRY_ASSIGN(reader::Reading reading, hands_.reader->inspect(raw_, openings_));
    return finished(std::move(reading.inspection));
  }

  bool has_opened() const { return !requests_.empty(); }

private:
  // Only here it is known which certificates the desk had before.
  OpenedMail finished(reader::Inspection inspection) {
    auto& protection = inspection.protection;
    if (protection.signer && found_.contains(*protection.signer) && protection.key_origin == reader::KeyOrigin::none) {
      protection.key_origin = reader::KeyOrigin::wkd;
    }
    if (protection.signer && pinned_.contains(*protection.signer)) protection.key_origin = reader::KeyOrigin::pinned;
    // Anybody can make a certificate in anybody's name: where one is pinned for the sender, no other is the sender's.
    if (protection.signer_is_sender && !of_sender_.empty() && !of_sender_.contains(*protection.signer)) {
      protection.signer_is_sender = false;
      inspection.defects.emplace_back("signed with another certificate than the one that is pinned for the sender");
    }
    return {std::move(inspection), std::move(openings_)};
  }

  // Certificates that may have made a signature: those known for the sender, then those that came along.
  Result<bool> gather_candidates(const reader::Inspection& inspection) {
    const std::size_t before = candidates_.size();
    const std::string sender = lower_address(inspection.from);
    if (!sender.empty() && !asked_.contains(sender)) {
      asked_.insert(sender);
      TRY_ASSIGN(const auto known, desk_.store().read([&](store::View& view) {
        return store::certificates_for(view, sender);
      }));
      for (const auto& certificate : known) {
        add_candidate(certificate.fingerprint, certificate.blob);
        if (certificate.source == "wkd") found_.insert(certificate.fingerprint);
        if (certificate.state != "pinned") continue;
        pinned_.insert(certificate.fingerprint);
        of_sender_.insert(certificate.fingerprint);
      }
    }
    for (const auto& offered : inspection.certificates) {
      add_candidate(offered.fingerprint, offered.blob);
    }
    TRY(gather_known_signers());
    return candidates_.size() > before;
  }

  // Who signed need not be who sent it. Only what is pinned: another sender's offer proves nothing.
  Result<void> gather_known_signers() {
    for (const auto& opening : openings_) {
      const auto& signature = opening.opened.verdict.signature;
      if (signature.state != openpgp::SignatureState::unknown_key || signature.fingerprint.size() < 40) continue;
      if (!asked_.insert(signature.fingerprint).second) continue;
      TRY_ASSIGN(const auto known, desk_.store().read([&](store::View& view) {
        return store::certificates_by_fingerprint(view, signature.fingerprint);
      }));
      for (const auto& certificate : known) {
        if (certificate.state != "pinned") continue;
        add_candidate(certificate.fingerprint, certificate.blob);
        pinned_.insert(certificate.fingerprint);
      }
    }
    return {};
  }

  // What comes along may know more of a certificate than the desk does: that it is revoked, say.
  void add_candidate(const std::string& fingerprint, const std::string& blob) {
    const auto [known, fresh] = candidates_.emplace(fingerprint, blob);
    if (!fresh && known->second != blob) {
      known->second = openpgp::merge_certificates(known->second, blob, openpgp::signatures_merged);
    }
  }

  openpgp::Opened ask_engine(openpgp::Request& request) {
    openpgp::Opened opened;
    request.certificates.clear();
    for (const auto& [fingerprint, blob] : candidates_) {
      request.certificates.push_back(blob);
    }
    // A dead agent never keeps a case from being recorded: what could not be opened says so, and can be
    // tried again with `cvdesk inbox retry`.
    std::string why = "the desk's OpenPGP key is not available";
    if (hands_.engine != nullptr) {
      auto result = hands_.engine->open(request);
      if (!result && result.error().temporary) result = hands_.engine->open(request);
      if (result) return std::move(*result);
      log_error("message {}: the OpenPGP engine failed: {}", entry_.id, result.error().what);
      why = "the OpenPGP engine failed";
    }
    const bool decrypts = request.kind == openpgp::Request::Kind::decrypt;
    opened.verdict.decryption = decrypts ? openpgp::Decryption::failed : openpgp::Decryption::none;
    opened.verdict.cause = why;
    return opened;
  }

  bool open(reader::Pending pending) {
    if (requests_.contains(pending.path)) return false;
    auto& request = requests_.emplace(pending.path, std::move(pending.request)).first->second;
    openings_.push_back({pending.path, ask_engine(request)});
    return true;
  }

  // What was signed by an unknown key may be known now.
  bool open_again() {
    bool any = false;
    for (auto& opening : openings_) {
      if (opening.opened.verdict.signature.state != openpgp::SignatureState::unknown_key) continue;
      const auto request = requests_.find(opening.path);
      if (request == requests_.end()) continue;
      opening.opened = ask_engine(request->second);
      any = true;
    }
    return any;
  }

  Desk& desk_;
  Hands& hands_;
  const store::InboxEntry& entry_;
  std::string_view raw_;
  std::vector<reader::Opening> openings_;
  std::map<std::string, openpgp::Request> requests_;
  std::map<std::string, std::string> candidates_; // fingerprint → blob
  std::set<std::string> pinned_;    // fingerprints
  std::set<std::string> found_;     // in the directory of the sender's domain
  std::set<std::string> of_sender_; // of those, the ones that are pinned for the sender
  std::set<std::string> asked_;
};

} // namespace

OpenedMail unreadable_mail(const Desk& desk, std::string_view raw, const std::string& why) {
  OpenedMail mail;
  reader::Inspection& inspection = mail.inspection;
  inspection.facts.kind = report::Kind::unreadable;
  inspection.facts.kind_reasons = {why};
  inspection.protection.cause = why;
  const auto header = mime::parse_header(raw);
  if (!header) return mail;
  inspection.outer = reader::outer_of(*header, &desk.vantage());
  inspection.from = inspection.outer.from;
  for (const auto* mailboxes : {&inspection.outer.reply_to, &inspection.outer.from}) {
    for (const auto& mailbox : *mailboxes) {
      auto& emails = inspection.facts.reporter.emails;
      if (std::find(emails.begin(), emails.end(), mailbox.address) == emails.end()) emails.push_back(mailbox.address);
    }
  }
  if (inspection.from.size() == 1 && !inspection.from.front().display_name.empty()) {
    inspection.facts.reporter.name = inspection.from.front().display_name;
  }
  inspection.to = reader::mailboxes_of(*header, "To");
  inspection.subject = mime::decode_unstructured(header->first("Subject").value_or(""));
  const std::string_view type = trim(header->first("Content-Type").value_or(""));
  inspection.any_encrypted = starts_with_ignoring_case(type, "multipart/encrypted") ||
                             starts_with_ignoring_case(type, "application/pkcs7-mime");
  if (const auto date = header->first("Date")) inspection.date = mime::parse_date(*date);
  const auto ids = reader::message_ids_of(*header, "Message-ID");
  if (!ids.empty()) inspection.message_id = ids.front();
  inspection.thread = reader::thread_of(reader::message_ids_of(*header, "References"),
                                        reader::message_ids_of(*header, "In-Reply-To"));
  return mail;
}

Result<OpenedMail> open_mail(Desk& desk, Hands& hands, const store::InboxEntry& entry, std::string_view raw) {
  if (!entry.whole) {
    return unreadable_mail(desk, raw, fmt::format("the mail is larger than the limit of {} MiB; it is still on the server",
                                                  desk.settings().limits.message >> 20));
  }
  Opener opener(desk, hands, entry, raw);
  auto opened = opener.run();
  if (opened || (opened.error().kind != ErrorKind::too_big && opened.error().kind != ErrorKind::corrupt)) return opened;
  log_error("message {}: {}", entry.id, opened.error().what);
  OpenedMail mail = unreadable_mail(desk, raw, opened.error().what);
  // What was inside must not show in the answer, not even by having been too much for us.
  mail.inspection.any_encrypted = mail.inspection.any_encrypted || opener.has_opened();
  return mail;
}

} // namespace cvdesk::desk
