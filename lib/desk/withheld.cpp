#include "desk/withheld.hpp"

#include "core/text.hpp"
#include "desk/acknowledgement.hpp"
#include "desk/case_work.hpp"
#include "desk/conversation.hpp"
#include "desk/look_up.hpp"
#include "store/audit.hpp"
#include "store/certificates.hpp"

#include <fmt/core.h>

namespace cvdesk::desk {

namespace {

using store::View;

class Looker {
public:
  Looker(Desk& desk, View& view, CaseAcknowledgement& out) : desk_(desk), view_(view), out_(out) {}

  Result<void> run() {
    if (out_.entry.sheet.empty()) return fail(ErrorKind::refused, fmt::format("{} has been erased", out_.entry.reference));
    TRY_ASSIGN(const Conversation conversation, read_conversation(view_, out_.entry.id));
    for (const auto& letter : conversation.letters) {
      if (!letter.outgoing || letter.outgoing->purpose != "acknowledgement") continue;
      out_.owed = letter.outgoing->id;
      out_.task = letter.task;
      out_.text = {letter.task.sent_subject, letter.task.sent_text};
      if (!out_.text.text.empty()) return {};
      return render();
    }
    const Letter* opening = conversation.opening();
    if (opening == nullptr) return fail(ErrorKind::refused, "the mail that opened the case cannot be read", "cvdesk inbox retry");
    return compose_for(*opening);
  }

private:
  Result<void> compose_for(const Letter& opening) {
    const Addressee addressee = addressee_of(opening.inspection.outer, desk_.settings());
    if (!addressee.address) {
      return fail(ErrorKind::refused, fmt::format("such mail is never acknowledged: {}", addressee.why_not),
                  fmt::format("write by hand: cvdesk reply {}", out_.entry.reference));
    }
    out_.mail = opening.mail->id;
    TRY_ASSIGN(const auto known, store::certificates_for(view_, ascii_lower(*addressee.address)));
    TRY_ASSIGN(const auto deadlines, store::deadlines(view_, out_.entry.id));
    AnswerKey key = choose_key(opening.inspection, *addressee.address, known);
    const store::CertificateEntry* found = found_for(known, out_.entry.id);
    if (key.blob.empty() && found != nullptr) key.blob = found->blob;
    out_.task = acknowledgement_for(desk_, opening.inspection, *addressee.address, key, out_.entry, deadlines);
    return render();
  }

  Result<void> render() {
    TRY_ASSIGN(out_.text, desk_.templates().render(out_.task.language, out_.task.template_name, out_.task.fields));
    return {};
  }

  Desk& desk_;
  View& view_;
  CaseAcknowledgement& out_;
};

} // namespace

Result<CaseAcknowledgement> acknowledgement_of(Desk& desk, std::string_view reference) {
  CaseAcknowledgement out;
  TRY_ASSIGN(out.entry, find_case(desk, reference));
  TRY(desk.store().read([&](View& view) { return Looker(desk, view, out).run(); }));
  return out;
}

Result<store::Id> send_withheld(Desk& desk, const CaseAcknowledgement& acknowledgement, std::string_view actor) {
  return desk.store().write([&](store::Change& change) -> Result<store::Id> {
    const auto& entry = acknowledgement.entry;
    TRY_ASSIGN(const bool done, store::has_outgoing(change, "acknowledgement", entry.id, acknowledgement.mail));
    if (done) {
      return fail(ErrorKind::refused, fmt::format("{} has its acknowledgement: one a case", entry.reference), "cvdesk outbox");
    }
    const Instant at = now();
    store::NewOutgoing outgoing;
    outgoing.case_id = entry.id;
    outgoing.inbox_id = acknowledgement.mail;
    outgoing.purpose = "acknowledgement";
    outgoing.message_id = acknowledgement.task.message_id;
    outgoing.recipient = ascii_lower(acknowledgement.task.recipient);
    outgoing.task = pack(acknowledgement.task);
    outgoing.not_before = at;
    TRY_ASSIGN(const store::Id id, store::owe(change, outgoing, at));
    TRY(store::join_conversation(change, entry.id, {}, id));
    TRY(store::append_event(change, {entry.id, actor, "acknowledged-by-hand", ""}, at));
    return id;
  });
}

} // namespace cvdesk::desk
