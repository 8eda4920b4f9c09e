#include "reader/inspect.hpp"

#include "core/text.hpp"
#include "reader/cover.hpp"
#include "reader/fields.hpp"
#include "reader/render.hpp"
#include "reader/walk.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace cvdesk::reader {

namespace {

using openpgp::Decryption;
using openpgp::SignatureState;

constexpr std::size_t subject_limit = 2000;

std::string subject_of(const mime::Header& header) {
  const auto body = header.first("Subject");
  return body ? shorten(mime::decode_unstructured(*body), subject_limit) : std::string();
}

std::optional<Instant> date_of(const mime::Header& header) {
  const auto body = header.first("Date");
  return body ? mime::parse_date(*body) : std::nullopt;
}

std::string message_id_of(const mime::Header& header) {
  const auto ids = message_ids_of(header, "Message-ID");
  return ids.empty() ? std::string() : ids.front();
}

// The header inside counts where nobody can have written it but who wrote the text: decrypted, or under a
// good signature.
const mime::Header* trusted_header(const Walked& walked) {
  if (!walked.protected_header) return nullptr;
  const int layer = walked.protected_header->layer;
  if (walked.covers.decrypted(layer)) return &walked.protected_header->header;
  const int signing = walked.covers.signing_layer(layer);
  const bool good = signing >= 0 && walked.covers.at(signing).signature.state == SignatureState::good;
  return good ? &walked.protected_header->header : nullptr;
}

struct Thread {
  std::vector<std::string> in_reply_to;
  std::vector<std::string> references;
};

void fill_header(Inspection& inspection, Thread& thread, const Walked& walked) {
  const mime::Header& outer = walked.outer;
  const mime::Header* inner = trusted_header(walked);
  inspection.from = inspection.outer.from;
  inspection.to = mailboxes_of(outer, "To");
  inspection.subject = subject_of(outer);
  inspection.date = date_of(outer);
  inspection.message_id = message_id_of(outer);
  thread.in_reply_to = message_ids_of(outer, "In-Reply-To");
  thread.references = message_ids_of(outer, "References");
  if (inner != nullptr) {
    if (inner->first("Subject")) {
      inspection.subject = subject_of(*inner);
      inspection.protection.subject_protected = true;
    }
    if (!inspection.date) inspection.date = date_of(*inner);
    if (inspection.message_id.empty()) inspection.message_id = message_id_of(*inner);
    if (inner->first("In-Reply-To")) thread.in_reply_to = message_ids_of(*inner, "In-Reply-To");
    if (inner->first("References")) thread.references = message_ids_of(*inner, "References");
    const std::string claimed = single_sender(*inner);
    if (inner->first("From") && claimed != single_sender(outer)) {
      inspection.defects.emplace_back("the protected From differs from the one outside");
    }
  }
  inspection.thread = thread_of(thread.references, thread.in_reply_to);
}

void fill_protection(Inspection& inspection, const Walked& walked, const std::vector<const Segment*>& shown) {
  std::vector<int> layers;
  for (const auto* segment : shown)
    layers.push_back(segment->layer);
  if (layers.empty()) layers = walked.attachment_layers;
  if (layers.empty() && walked.covers.size() > 1)
    layers.push_back(static_cast<int>(walked.covers.size()) - 1);
  Protection& protection = inspection.protection;
  protection = protection_of(walked.covers, layers, walked.closed);
  if (shown.empty() && layers == walked.attachment_layers && !walked.closed.empty()) {
    protection.partial = protection.decryption == Decryption::ok; // nothing is shown: nothing stands outside
  }
  if (!protection.cause && !walked.notes.empty()) protection.cause = walked.notes.front();
}

// Who signed, and is it the sender? Of the whole, that is: who signed a part of it says nothing about the
// rest.
void bind_signer(Inspection& inspection, const Walked& walked) {
  Protection& protection = inspection.protection;
  if (!protection.signer) return;
  const std::string sender = single_sender(walked.outer);
  for (std::size_t layer = 0; layer < walked.covers.size(); ++layer) {
    const auto& signature = walked.covers.at(static_cast<int>(layer)).signature;
    if (protection.signature == SignatureState::none || signature.state != protection.signature ||
        signature.fingerprint != *protection.signer)
      continue;
    const auto& addresses = signature.addresses;
    protection.signer_is_sender =
        !sender.empty() && std::find(addresses.begin(), addresses.end(), sender) != addresses.end();
    break;
  }
  for (const auto& offered : inspection.certificates) {
    if (offered.fingerprint == *protection.signer && protection.key_origin == KeyOrigin::none) {
      protection.key_origin = offered.origin;
    }
  }
}

report::Mail mail_for_reading(const Inspection& inspection, const Thread& thread, const Walked& walked) {
  report::Mail mail;
  mail.from = inspection.from;
  mail.reply_to = inspection.outer.reply_to;
  mail.to = inspection.to;
  mail.cc = mailboxes_of(walked.outer, "Cc");
  mail.subject = inspection.subject;
  mail.date = inspection.date;
  mail.message_id = inspection.message_id;
  mail.in_reply_to = thread.in_reply_to;
  mail.references = thread.references;
  mail.return_path = inspection.outer.return_path;
  mail.auto_submitted = inspection.outer.auto_submitted;
  mail.precedence = inspection.outer.precedence;
  mail.list_id = inspection.outer.list_id;
  mail.list_headers =
      std::any_of(walked.outer.fields.begin(), walked.outer.fields.end(),
                  [](const auto& field) { return starts_with_ignoring_case(field.name, "List-"); });
  mail.auto_response_headers = inspection.outer.automatic;
  mail.content_type = walked.root_type;
  mail.is_delivery_status = walked.delivery_status;
  mail.returned_message_ids = walked.returned_message_ids;
  mail.text = inspection.text;
  mail.links = walked.links;
  mail.returned_text = walked.returned_header;
  for (const auto& attachment : inspection.attachments) {
    mail.attachments.push_back({attachment.filename, attachment.media_type});
  }
  return mail;
}

// The substance of the mail stayed closed: nothing was opened, and the body is among what was not.
bool is_undecryptable(const Inspection& inspection, const Walked& walked,
                      const std::vector<const Segment*>& shown) {
  if (walked.delivery_status) return false;
  const bool nothing = trim(inspection.text).empty();
  const bool some_opened = std::any_of(shown.begin(), shown.end(), [&](const Segment* segment) {
    return walked.covers.decrypted(segment->layer);
  });
  return !some_opened && std::any_of(walked.closed.begin(), walked.closed.end(),
                                     [&](const Closed& closed) { return closed.is_body || nothing; });
}

} // namespace

Result<Reading> inspect(const Task& task) {
  TRY_ASSIGN(Walked walked, walk(task));
  Reading reading;
  Inspection& inspection = reading.inspection;
  reading.pending = std::move(walked.pending);
  inspection.defects = std::move(walked.defects);
  inspection.outer = outer_of(walked.outer, task.vantage);
  inspection.outer.delivery_status = walked.delivery_status;
  inspection.outer.delivery_action = walked.delivery_action;
  inspection.any_encrypted = walked.any_encrypted;
  inspection.smime = walked.smime;
  inspection.attachments = std::move(walked.attachments);
  inspection.certificates = std::move(walked.certificates);
  inspection.returned_message_ids = walked.returned_message_ids;
  if (auto offered = autocrypt_of(walked.outer)) inspection.certificates.push_back(std::move(*offered));

  const auto shown = shown_segments(walked);
  inspection.text = render(walked.covers, shown);
  fill_protection(inspection, walked, shown);
  bind_signer(inspection, walked);
  Thread thread;
  fill_header(inspection, thread, walked);

  static const report::Vantage nowhere;
  inspection.facts = report::read(mail_for_reading(inspection, thread, walked),
                                  task.vantage != nullptr ? *task.vantage : nowhere);
  if (inspection.facts.cut) {
    inspection.defects.emplace_back("facts were read from the beginning of a very long text only");
  }
  if (is_undecryptable(inspection, walked, shown)) {
    inspection.facts.kind = report::Kind::undecryptable;
    inspection.facts.kind_reasons = {inspection.protection.cause.value_or("encrypted, and not opened")};
    inspection.facts.missing.clear(); // nobody knows what stands in it
  }
  return reading;
}

Result<std::string> extract_attachment(const Task& task, int id) {
  TRY_ASSIGN(Walked walked, walk(task, id));
  if (!walked.wanted) return fail(ErrorKind::not_found, fmt::format("no attachment {} in this mail", id));
  return std::move(*walked.wanted);
}

} // namespace cvdesk::reader
