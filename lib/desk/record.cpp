#include "desk/record.hpp"

#include "core/text.hpp"
#include "desk/acknowledgement.hpp"
#include "desk/breaker.hpp"
#include "desk/caps.hpp"
#include "desk/clocks.hpp"
#include "desk/decide.hpp"
#include "desk/likeness.hpp"
#include "desk/look_up.hpp"
#include "desk/notify.hpp"
#include "desk/sheet.hpp"
#include "desk/troubles.hpp"
#include "openpgp/certificate.hpp"
#include "store/audit.hpp"
#include "store/cases.hpp"
#include "store/certificates.hpp"
#include "store/outbox.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>

namespace cvdesk::desk {

namespace {

using store::Change;
using store::Id;

constexpr std::string_view actor = "cvdeskd";
constexpr std::size_t title_limit = 300;

std::string sender_of(const reader::Inspection& inspection) {
  return inspection.from.size() == 1 ? ascii_lower(inspection.from.front().address) : std::string();
}

// What makes two deliveries the same mail: its Message-ID and all that its sender wrote. Two copies that came
// by different ways differ in Received fields and the like. Empty where there is no Message-ID. Of an encrypted
// mail nothing from inside may count: whether it is taken for a double decides whether it is answered.
std::string likeness_of(const reader::Inspection& inspection, std::string_view raw) {
  const reader::Outer& outer = inspection.outer;
  if (outer.message_id.empty()) return {};
  auto body = raw.find("\r\n\r\n");
  if (body == std::string_view::npos) body = raw.find("\n\n");
  return fmt::format("{}\n{}\n{}\n{}", outer.message_id, sender_of(inspection), outer.subject,
                     body == std::string_view::npos ? std::string_view() : trim(raw.substr(body)));
}

class Recorder {
public:
  Recorder(Desk& desk, Change& change, store::InboxEntry entry, const OpenedMail& mail, std::string_view raw)
      : desk_(desk), change_(change), entry_(std::move(entry)), mail_(mail), inspection_(mail.inspection),
        likeness_(likeness_of(mail.inspection, raw)), at_(now()) {}

  // By a person, who says that it is a report.
  Result<Recorded> promote(std::string_view person) {
    promoted_by_ = person;
    return run();
  }

  Result<Recorded> run() {
    TRY_ASSIGN(previous_subject_, subject_read_before());
    TRY(store::save_reading(change_, entry_, {reader::to_json(mail_.openings), reader::to_json(inspection_)}));
    TRY_ASSIGN(known_, what_is_known());
    decision_ = decide(inspection_, known_);
    TRY(carry_out());
    TRY(settle());
    TRY(acknowledge());
    Recorded recorded{entry_.id, std::string(to_string(decision_.outcome)), std::string(report::to_string(decision_.kind)),
                      {}, inspection_.facts.case_tag, owes_answer_};
    if (case_) recorded.reference = case_->reference;
    return recorded;
  }

private:
  Result<Known> what_is_known() {
    Known known;
    if (entry_.result == "case") known.opened_case = entry_.case_id;
    known.was_report = entry_.kind == "report";
    known.promoted = promoted_by_.has_value();
    if (entry_.result == "follow-up") known.joined_case = entry_.case_id;
    if (!entry_.case_id && !likeness_.empty()) {
      TRY_ASSIGN(known.duplicate_of, store::find_alike(change_, likeness_, entry_.id));
    }
    for (auto id = inspection_.thread.rbegin(); id != inspection_.thread.rend() && !known.answered_case; ++id) {
      TRY_ASSIGN(known.answered_case, living_case_of(*id));
    }
    for (const auto& id : inspection_.returned_message_ids) {
      if (known.returned_case) break;
      TRY_ASSIGN(known.returned_case, living_case_of(id));
    }
    if (inspection_.facts.case_tag) TRY(look_up_tag(*inspection_.facts.case_tag, known));
    if (desk_.settings().is_own_address(sender_of(inspection_))) {
      TRY_ASSIGN(const auto ours, store::find_sent_message(change_, inspection_.outer.message_id));
      known.is_ours = ours.has_value();
    }
    return known;
  }

  // The case that this Message-ID of ours belongs to. An erased one takes in nothing any more.
  Result<std::optional<Id>> living_case_of(const std::string& message_id) {
    TRY_ASSIGN(auto id, store::case_of_sent_message(change_, message_id));
    if (!id) return id;
    TRY_ASSIGN(const auto found, store::find_case(change_, *id));
    if (!found || found->sheet.empty()) id.reset();
    return id;
  }

  Result<std::string> subject_read_before() {
    TRY_ASSIGN(const auto reading, store::reading(change_, entry_));
    if (!reading) return std::string();
    const auto before = reader::inspection_from_json(reading->inspection);
    return before ? before->subject : std::string();
  }

  Result<void> look_up_tag(const std::string& tag, Known& known) {
    TRY_ASSIGN(const auto tagged, store::find_case_by_reference(change_, tag));
    if (!tagged || tagged->sheet.empty()) return {};
    known.tagged_case = tagged->id;
    const std::string sender = sender_of(inspection_);
    if (sender.empty()) return {};
    TRY_ASSIGN(known.sender_is_contact, store::is_contact(change_, tagged->id, sender));
    TRY_ASSIGN(known.signed_by_pinned, is_signed_by_pinned(tagged->id));
    return {};
  }

  // Signed as a whole, by a certificate of its sender that is pinned to this case.
  Result<bool> is_signed_by_pinned(Id case_id) {
    if (!inspection_.protection.signed_whole_by_sender()) return false;
    TRY_ASSIGN(const auto certificates, store::certificates_of_case(change_, case_id));
    return std::any_of(certificates.begin(), certificates.end(), [&](const auto& certificate) {
      return certificate.state == "pinned" && certificate.fingerprint == *inspection_.protection.signer;
    });
  }

  Result<void> carry_out() {
    switch (decision_.outcome) {
    case Decision::Outcome::opens_case:
      return decision_.case_id ? read_again() : open_case();
    case Decision::Outcome::joins_case:
      return join_case();
    case Decision::Outcome::filed:
      return file();
    case Decision::Outcome::duplicate:
      return {};
    }
    return {};
  }

  Result<void> open_case() {
    Sheet sheet;
    sheet.title = shorten(inspection_.subject, title_limit);
    sheet.language = inspection_.facts.language;
    store::NewCase fresh;
    fresh.mailbox = entry_.mailbox;
    fresh.kind = report::to_string(decision_.kind);
    fresh.received = entry_.received;
    fresh.year = static_cast<int>(desk_.calendar().local_date(at_).year());
    fresh.sheet = to_json(sheet);
    TRY_ASSIGN(case_, store::open_case(change_, fresh, at_));
    TRY(store::join_conversation(change_, case_->id, entry_.id, {}));
    TRY(remember_contacts());
    TRY(keep_certificates());
    TRY(start_clocks(desk_, change_, *case_));
    TRY(log("case-opened", fresh.kind));
    TRY(tell_team(desk_, change_, {"new-case", case_->id, ""}, at_));
    if (promoted_by_) TRY(store::append_event(change_, {case_->id, *promoted_by_, "promoted", fmt::format("message {}", entry_.id)}, at_));
    return suggest_link();
  }

  // A retry: the case is there, and now more of its mail can be read.
  Result<void> read_again() {
    TRY_ASSIGN(case_, store::find_case(change_, *decision_.case_id));
    if (!case_) return fail(ErrorKind::corrupt, "the case of a message is missing");
    if (case_->sheet.empty()) return {};
    case_->kind = report::to_string(decision_.kind);
    TRY_ASSIGN(Sheet sheet, sheet_from_json(case_->sheet));
    // What a person has set stays.
    if (sheet.title == shorten(previous_subject_, title_limit)) sheet.title = shorten(inspection_.subject, title_limit);
    if (!sheet.language) sheet.language = inspection_.facts.language;
    case_->sheet = to_json(sheet);
    TRY(store::save_case(change_, *case_));
    TRY(remember_contacts());
    TRY(keep_certificates());
    TRY(log("read-again", case_->kind));
    return suggest_link();
  }

  Result<void> suggest_link() {
    if (decision_.suggested_link && *decision_.suggested_link != case_->id) {
      TRY(suggest(*decision_.suggested_link, "it names that case"));
    }
    TRY(store::set_marks(change_, case_->id, marks_of(inspection_)));
    TRY_ASSIGN(const auto shared, store::shared_marks(change_, case_->id));
    for (const auto& alike : alike_among(shared)) {
      TRY(suggest(alike.other, alike.reason));
    }
    return {};
  }

  // Nothing where the two are related already, or the other one has been erased.
  Result<void> suggest(Id other, std::string_view reason) {
    TRY_ASSIGN(const auto known, store::links(change_, case_->id));
    if (std::any_of(known.begin(), known.end(), [&](const auto& link) { return link.other == other; })) return {};
    TRY_ASSIGN(const auto found, store::find_case(change_, other));
    if (!found || found->sheet.empty()) return {};
    TRY(store::add_link(change_, case_->id, {other, "suggested"}));
    return log("link-suggested", fmt::format("{}: {}", found->reference, reason));
  }

  Result<void> join_case() {
    TRY_ASSIGN(case_, store::find_case(change_, *decision_.case_id));
    if (!case_) return fail(ErrorKind::corrupt, "the case that a message belongs to is missing");
    if (case_->sheet.empty()) return {};
    if (known_.joined_case) return log("read-again", fmt::format("message {}", entry_.id));
    TRY(store::join_conversation(change_, case_->id, entry_.id, {}));
    TRY(log("follow-up", fmt::format("message {}", entry_.id)));
    TRY(tell_team(desk_, change_, {"follow-up", case_->id, ""}, at_));
    TRY_ASSIGN(const bool vouched, is_signed_by_pinned(case_->id));
    if (vouched) TRY(remember_contacts());
    TRY(keep_certificates(vouched));
    if (case_->status == "closed" || case_->status == "resolved") {
      TRY(reach_status(desk_, change_, *case_, "assessed"));
      TRY(store::save_case(change_, *case_));
      TRY(log("reopened", "a follow-up arrived"));
    }
    return {};
  }

  // A report of failure, not of a delay or a success (RFC 3464, 2.3.3); some bounces are no reports at all.
  bool says_failed() const {
    const std::string& action = inspection_.outer.delivery_action;
    return decision_.kind == report::Kind::bounce && (action.empty() || action == "failed");
  }

  // The mail of ours that did not arrive. Only whoever got it, or the servers on its way, know its Message-ID.
  Result<void> note_bounce() {
    if (!says_failed()) return {};
    for (const auto& id : inspection_.returned_message_ids) {
      TRY_ASSIGN(const auto row, store::find_sent_message(change_, id));
      if (!row) continue;
      TRY_ASSIGN(const bool marked, store::mark_bounced(change_, *row, at_));
      TRY_ASSIGN(const auto mail, store::find_outgoing(change_, *row));
      if (!marked || !mail) continue;
      if (mail->purpose == "notification") return note_trouble(desk_, change_, "notification-failed", std::chrono::seconds(0), at_);
      if (mail->case_id) return tell_team(desk_, change_, {"not-delivered", mail->case_id, ""}, at_);
    }
    return {};
  }

  Result<void> file() {
    TRY(note_bounce());
    if (!decision_.case_id) return {};
    TRY_ASSIGN(case_, store::find_case(change_, *decision_.case_id));
    if (!case_) return {};
    const auto action = says_failed() ? "bounce-received" : decision_.kind == report::Kind::bounce ? "delivery-report" : "auto-reply-received";
    return log(action, fmt::format("message {}", entry_.id));
  }

  // Of the mail that opened the case, and of those that its pinned certificate signed: what other mails claim
  // stays a suggestion.
  Result<void> remember_contacts() {
    const std::string sender = sender_of(inspection_);
    if (!sender.empty() && !desk_.settings().is_own_address(sender)) TRY(store::add_contact(change_, case_->id, sender));
    return {};
  }

  // `trusted`: the mail opened the case, or its pinned certificate signed it. From others a certificate is kept
  // as an offer, which waits for a person.
  Result<void> keep_certificates(bool trusted = true) {
    const std::string sender = sender_of(inspection_);
    if (sender.empty()) return {};
    TRY_ASSIGN(const auto known, store::certificates_for(change_, sender));
    const auto pinned = std::find_if(known.begin(), known.end(), [](const auto& c) { return c.state == "pinned"; });
    const bool whole = trusted && inspection_.protection.signed_whole_by_sender();
    for (const auto& offered : inspection_.certificates) {
      const bool belongs = std::find(offered.addresses.begin(), offered.addresses.end(), sender) != offered.addresses.end();
      const bool ours = offered.fingerprint == desk_.settings().openpgp.key;
      if (!belongs || ours) continue;
      store::NewCertificate certificate{case_->id, sender, offered.fingerprint, offered.blob, "offered"};
      if (whole && offered.fingerprint == *inspection_.protection.signer) certificate.state = "pinned";
      // A stranger's copy must not spoil what was found in the directory of the address's own domain.
      const auto found = std::find_if(known.begin(), known.end(), [&](const auto& other) {
        return other.source == "wkd" && other.case_id == case_->id && other.fingerprint == offered.fingerprint;
      });
      if (found != known.end()) {
        certificate.blob = openpgp::merge_certificates(found->blob, offered.blob, openpgp::signatures_stored);
      }
      if (pinned != known.end() && pinned->fingerprint != offered.fingerprint) {
        certificate.state = "conflict";
        TRY(log("certificate-conflict", offered.fingerprint));
      }
      if (pinned != known.end() && pinned->fingerprint == offered.fingerprint) {
        // Only its owner changes what is pinned: by a mail that it signed, or by having revoked it.
        const bool revoked = inspection_.protection.signature == openpgp::SignatureState::revoked_key;
        const bool by_owner = (whole || revoked) && inspection_.protection.signer == offered.fingerprint;
        if (!by_owner) continue;
        certificate.blob = openpgp::merge_certificates(pinned->blob, offered.blob, openpgp::signatures_stored);
        certificate.state = "pinned";
      }
      TRY(store::keep_certificate(change_, certificate, at_));
    }
    // Known from another case: it vouches for this one as well.
    if (whole && pinned != known.end() && pinned->fingerprint == *inspection_.protection.signer) {
      TRY(store::keep_certificate(change_, {case_->id, sender, pinned->fingerprint, pinned->blob, "pinned"}, at_));
    }
    return {};
  }

  Result<void> settle() {
    store::Outcome outcome;
    outcome.kind = report::to_string(decision_.kind);
    outcome.result = to_string(decision_.outcome);
    if (case_) outcome.case_id = case_->id;
    outcome.duplicate_of = known_.duplicate_of;
    outcome.message_id = inspection_.outer.message_id;
    outcome.likeness = likeness_;
    return store::settle_mail(change_, entry_.id, outcome);
  }

  // For a mail with an encrypted part, whether it is answered is decided by its outer header alone; for
  // another, it must have opened a case.
  bool deserves_acknowledgement(bool answers_us_outwardly) const {
    if (inspection_.any_encrypted) return !answers_us_outwardly && decision_.outcome != Decision::Outcome::duplicate;
    return decision_.outcome == Decision::Outcome::opens_case;
  }

  Result<void> acknowledge() {
    const auto& settings = desk_.settings();
    if (!settings.acknowledge.enabled || !entry_.acknowledge) return {};
    bool answers_us_outwardly = false;
    for (const auto& id : inspection_.outer.in_reply_to) {
      TRY_ASSIGN(const auto answered, store::case_of_sent_message(change_, id));
      answers_us_outwardly = answers_us_outwardly || answered.has_value();
    }
    if (!deserves_acknowledgement(answers_us_outwardly)) return {};
    const bool opened = decision_.outcome == Decision::Outcome::opens_case;
    TRY_ASSIGN(const bool done, store::has_outgoing(change_, "acknowledgement", opened ? std::optional(case_->id) : std::nullopt, entry_.id));
    if (done) return {};
    const Addressee addressee = addressee_of(inspection_.outer, settings);
    if (!addressee.address) return case_ ? log("not-acknowledged", addressee.why_not) : Result<void>();
    TRY(note_wanted(desk_, change_, at_));
    TRY_ASSIGN(const std::string_view cap, reached_cap(change_, settings, *addressee.address, at_));
    if (!cap.empty()) return case_ ? log("not-acknowledged", cap) : Result<void>();
    return owe_acknowledgement(*addressee.address, opened);
  }

  Result<void> owe_acknowledgement(const std::string& address, bool opened) {
    TRY_ASSIGN(const auto known, store::certificates_for(change_, ascii_lower(address)));
    AnswerKey key = choose_key(inspection_, address, known);
    bool awaited = false;
    if (key.blob.empty()) {
      TRY_ASSIGN(const InDirectory found, in_directory(desk_.settings(), change_, address, at_));
      if (found.certificate && case_) TRY(keep_found(change_, case_->id, *found.certificate, at_));
      if (found.certificate) key.blob = found.certificate->blob;
      awaited = found.awaited && is_answered_encrypted(inspection_);
    }
    std::vector<store::Deadline> deadlines;
    if (opened) {
      TRY_ASSIGN(deadlines, store::deadlines(change_, case_->id));
    }
    AnswerTask task = acknowledgement_for(desk_, inspection_, address, key, opened ? case_ : std::nullopt, deadlines);
    task.awaits_certificate = awaited;
    store::NewOutgoing outgoing;
    if (case_) outgoing.case_id = case_->id;
    outgoing.inbox_id = entry_.id;
    outgoing.purpose = "acknowledgement";
    outgoing.message_id = task.message_id;
    outgoing.recipient = ascii_lower(address);
    outgoing.domain = counted_domain(address);
    outgoing.task = pack(task);
    outgoing.not_before = awaited ? at_ + look_up_patience : at_;
    TRY_ASSIGN(const Id id, store::owe(change_, outgoing, at_));
    if (case_) TRY(store::join_conversation(change_, case_->id, {}, id));
    owes_answer_ = true;
    return {};
  }

  Result<void> log(std::string_view action, std::string_view detail) {
    return store::append_event(change_, {case_->id, actor, action, detail}, at_);
  }

  Desk& desk_;
  Change& change_;
  store::InboxEntry entry_;
  const OpenedMail& mail_;
  const reader::Inspection& inspection_;
  std::string likeness_;
  std::string previous_subject_;
  Instant at_;
  Known known_;
  Decision decision_;
  std::optional<store::CaseEntry> case_;
  std::optional<std::string_view> promoted_by_;
  bool owes_answer_ = false;
};

} // namespace

Result<Recorded> outcome_of(store::View& view, Id message) {
  TRY_ASSIGN(const auto entry, store::find_mail(view, message));
  if (!entry) return fail(ErrorKind::not_found, fmt::format("there is no message {}", message));
  Recorded recorded{message, entry->result.value_or("failed"), entry->kind.value_or("unreadable"), {}, {}, false};
  if (entry->case_id) {
    TRY_ASSIGN(const auto found, store::find_case(view, *entry->case_id));
    if (found) recorded.reference = found->reference;
  }
  TRY_ASSIGN(const auto reading, store::reading(view, *entry));
  if (reading) {
    TRY_ASSIGN(const auto inspection, reader::inspection_from_json(reading->inspection));
    recorded.case_tag = inspection.facts.case_tag;
  }
  return recorded;
}

Result<Recorded> record(Desk& desk, Id message, const OpenedMail& mail, std::string_view raw) {
  return desk.store().write([&](Change& change) -> Result<Recorded> {
    TRY_ASSIGN(const auto entry, store::find_mail(change, message));
    if (!entry) return fail(ErrorKind::not_found, fmt::format("there is no message {}", message));
    // Another program was faster: a daemon beside an import, say.
    if (entry->done) return outcome_of(change, message);
    return Recorder(desk, change, *entry, mail, raw).run();
  });
}

Result<Recorded> promote(Desk& desk, Id message, std::string_view by) {
  return desk.store().write([&](Change& change) -> Result<Recorded> {
    TRY_ASSIGN(const auto entry, store::find_mail(change, message));
    if (!entry) return fail(ErrorKind::not_found, fmt::format("there is no message {}", message), "cvdesk inbox");
    if (!entry->done) return fail(ErrorKind::refused, fmt::format("message {} has not been read yet", message), "cvdesk inbox retry");
    if (entry->result != "filed") {
      return fail(ErrorKind::refused, fmt::format("message {} was not filed: only what has no case becomes one", message),
                  fmt::format("cvdesk inbox show {}", message));
    }
    TRY_ASSIGN(const auto reading, store::reading(change, *entry));
    if (!reading) return fail(ErrorKind::corrupt, fmt::format("the reading of message {} is missing", message), "cvdesk inbox retry");
    OpenedMail mail;
    TRY_ASSIGN(mail.inspection, reader::inspection_from_json(reading->inspection));
    TRY_ASSIGN(mail.openings, reader::openings_from_json(reading->openings));
    TRY_ASSIGN(const std::string raw, store::raw_bytes(change, *entry));
    TRY(store::mark_reviewed(change, message));
    return Recorder(desk, change, *entry, mail, raw).promote(by);
  });
}

} // namespace cvdesk::desk
