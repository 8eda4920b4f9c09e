#include "cli/outgoing_preview.hpp"

#include "cli/terminal.hpp"
#include "mime/message.hpp"

#include <fmt/core.h>

namespace cvdesk::cli {

namespace {

std::string protection_of(const desk::Composed& composed) {
  return composed.draft.certificate.empty() ? "signed, NOT encrypted" : "signed and encrypted";
}

// As it stands in the bytes, not as it is thought to stand there.
std::string outer_subject(const desk::Composed& composed) {
  const auto header = mime::parse_header(composed.mail);
  return header ? mime::decode_unstructured(header->first("Subject").value_or("")) : std::string();
}

} // namespace

void print_outgoing(const desk::Composed& composed, const std::vector<std::string>& remarks) {
  const auto& draft = composed.draft;
  const bool encrypted = !draft.certificate.empty();
  print_field("to", draft.recipient);
  print_field("protection", protection_of(composed), encrypted ? Colour::green : Colour::yellow);
  print_field("certificate", draft.fingerprint);
  print_field("subject", draft.subject);
  if (encrypted) print_field("outside", outer_subject(composed));
  print_field("answers", draft.thread.in_reply_to);
  for (const auto& file : composed.task.sent_files) {
    print_field("file", fmt::format("{}  {}  {} bytes", file.filename, file.media_type, file.size));
  }
  for (const auto& remark : remarks) {
    print_field("note", remark, Colour::yellow);
  }
  fmt::print("\n");
  print_text(draft.text, "    ");
}

Json outgoing_json(const desk::Composed& composed, std::optional<store::Id> id, const std::vector<std::string>& remarks) {
  const auto& draft = composed.draft;
  Json files = Json::array();
  for (const auto& file : composed.task.sent_files) {
    files.push_back({{"filename", file.filename}, {"media_type", file.media_type}, {"size", file.size}});
  }
  return {{"id", or_null(id)},
          {"purpose", draft.purpose},
          {"to", draft.recipient},
          {"signed", true},
          {"encrypted", !draft.certificate.empty()},
          {"certificate", draft.fingerprint.empty() ? Json(nullptr) : Json(draft.fingerprint)},
          {"subject", draft.subject},
          {"outer_subject", outer_subject(composed)},
          {"message_id", composed.task.message_id},
          {"in_reply_to", draft.thread.in_reply_to.empty() ? Json(nullptr) : Json(draft.thread.in_reply_to)},
          {"references", draft.thread.references},
          {"language", draft.language},
          {"text", draft.text},
          {"files", std::move(files)},
          {"remarks", remarks}};
}

std::string outgoing_in_a_line(const desk::Composed& composed, store::Id id) {
  return fit(fmt::format("to {}, {} (outbox {})", composed.draft.recipient, protection_of(composed), id), terminal_width());
}

} // namespace cvdesk::cli
