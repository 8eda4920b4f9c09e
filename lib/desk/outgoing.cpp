#include "desk/outgoing.hpp"

#include "core/text.hpp"
#include "store/cases.hpp"

#include <fmt/core.h>

#include <numeric>

namespace cvdesk::desk {

namespace {

std::size_t total_size(const std::vector<mime::OutgoingAttachment>& files) {
  return std::accumulate(files.begin(), files.end(), std::size_t{0},
                         [](std::size_t sum, const auto& file) { return sum + file.content.size(); });
}

AnswerTask task_of(const Desk& desk, const Draft& draft) {
  AnswerTask task;
  task.recipient = draft.recipient;
  // Bounces come back to it, and find the case by the Message-ID that they return.
  task.envelope_sender = desk.settings().submission.from.address;
  task.message_id = new_message_id(desk.settings());
  task.in_reply_to = draft.thread.in_reply_to;
  task.references = draft.thread.references;
  task.language = draft.language;
  task.automatic = false;
  task.sent_subject = draft.subject;
  task.sent_text = draft.text;
  task.sent_encrypted = !draft.certificate.empty();
  for (const auto& file : draft.attachments) {
    task.sent_files.push_back({file.filename, file.media_type, file.content.size()});
  }
  return task;
}

mime::Outgoing mail_of(const Desk& desk, const Draft& draft, const AnswerTask& task, std::string own_certificate) {
  const auto& from = desk.settings().submission.from;
  mime::Outgoing mail;
  mail.from = {from.display_name, from.address};
  mail.to = {{"", draft.recipient}};
  mail.subject = draft.subject;
  mail.date = now();
  mail.message_id = task.message_id;
  mail.in_reply_to = task.in_reply_to;
  mail.references = task.references;
  mail.text = draft.text;
  mail.attachments = draft.attachments;
  mail.attachments.push_back(own_certificate_file(desk.settings(), std::move(own_certificate)));
  return mail;
}

} // namespace

Result<Composed> compose(const Desk& desk, openpgp::Engine& engine, Draft draft) {
  if (total_size(draft.attachments) > attachments_limit) {
    return fail(ErrorKind::too_big, fmt::format("the attachments are larger than {} MiB together", attachments_limit >> 20));
  }
  TRY_ASSIGN(std::string own, engine.own_certificate());
  Composed composed;
  composed.task = task_of(desk, draft);
  const mime::Outgoing mail = mail_of(desk, draft, composed.task, std::move(own));
  if (draft.certificate.empty()) {
    const std::string payload = mime::compose_payload(mail, mime::HeaderProtection::clear);
    TRY_ASSIGN(const openpgp::DetachedSignature signature, engine.sign(payload));
    composed.mail = mime::compose_signed(mail, payload, signature.armour, signature.micalg);
  } else {
    const std::string payload = mime::compose_payload(mail, mime::HeaderProtection::cipher);
    TRY_ASSIGN(const std::string ciphertext, engine.sign_and_encrypt(payload, {draft.certificate}));
    composed.mail = mime::compose_encrypted(mail, ciphertext);
  }
  composed.draft = std::move(draft);
  return composed;
}

Result<store::Id> owe(store::Change& change, const Composed& composed, Instant at) {
  const Draft& draft = composed.draft;
  store::NewOutgoing outgoing;
  outgoing.case_id = draft.case_id;
  outgoing.inbox_id = draft.answers;
  outgoing.purpose = draft.purpose;
  outgoing.message_id = composed.task.message_id;
  outgoing.recipient = ascii_lower(draft.recipient);
  outgoing.task = pack(composed.task);
  outgoing.not_before = at;
  TRY_ASSIGN(const store::Id id, store::owe(change, outgoing, at));
  TRY_ASSIGN(const auto entry, store::find_outgoing(change, id));
  if (!entry) return fail(ErrorKind::corrupt, "the outbox does not hold what was just put there");
  TRY(store::save_composed(change, *entry, composed.mail, outgoing.task));
  TRY(store::join_conversation(change, draft.case_id, {}, id));
  return id;
}

mime::OutgoingAttachment own_certificate_file(const Settings& settings, std::string armour) {
  const std::string& key = settings.openpgp.key;
  return {fmt::format("OpenPGP_0x{}.asc", key.substr(key.size() - 16)), "application/pgp-keys", std::move(armour)};
}

} // namespace cvdesk::desk
