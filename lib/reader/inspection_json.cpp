#include "core/text.hpp"
#include "reader/json_shape.hpp"

namespace cvdesk::reader {

namespace {

constexpr std::size_t inspection_limit = 32u << 20;

json written(const std::vector<Attachment>& attachments) {
  json list = json::array();
  for (const auto& one : attachments) {
    list.push_back({{"id", one.id},
                    {"filename", one.filename},
                    {"media_type", one.media_type},
                    {"size", one.size},
                    {"sha256", one.sha256},
                    {"signature", openpgp::to_string(one.signature)},
                    {"signer", optional_text(one.signer)}});
  }
  return list;
}

json written(const std::vector<OfferedCertificate>& certificates) {
  json list = json::array();
  for (const auto& one : certificates) {
    list.push_back({{"origin", to_string(one.origin)},
                    {"fingerprint", one.fingerprint},
                    {"addresses", one.addresses},
                    {"blob", base64_encode(one.blob)}});
  }
  return list;
}

std::vector<Attachment> attachments_in(const json& list) {
  std::vector<Attachment> found;
  for (const auto& value : list) {
    Fields fields(value);
    Attachment one;
    one.id = static_cast<int>(fields.size("id"));
    one.filename = fields.text("filename");
    one.media_type = fields.text("media_type");
    one.size = fields.size("size");
    one.sha256 = fields.text("sha256");
    if (const json* signature = fields.find("signature")) {
      one.signature = state_in(text_in(*signature));
      one.signer = fields.optional_text("signer");
    }
    found.push_back(std::move(one));
    fields.end();
  }
  return found;
}

std::vector<OfferedCertificate> certificates_in(const json& list) {
  std::vector<OfferedCertificate> found;
  for (const auto& value : list) {
    Fields fields(value);
    found.push_back({origin_in(fields.text("origin")), fields.text("fingerprint"), fields.texts("addresses"),
                     base64_in(fields.text("blob"))});
    fields.end();
  }
  return found;
}

Inspection inspection_in(const json& value) {
  Fields fields(value);
  Inspection inspection;
  inspection.outer = outer_in(fields.at("outer"));
  inspection.from = mailboxes_in(fields.list("from"));
  inspection.to = mailboxes_in(fields.list("to"));
  inspection.subject = fields.text("subject");
  if (const auto date = fields.optional_text("date")) inspection.date = required(from_rfc3339(*date));
  inspection.message_id = fields.text("message_id");
  inspection.thread = fields.texts("thread");
  inspection.any_encrypted = fields.flag("any_encrypted");
  inspection.smime = fields.flag("smime");
  inspection.protection = protection_in(fields.at("protection"));
  inspection.text = fields.text("text", text_limit);
  inspection.facts = facts_in(fields.at("facts"));
  for (const auto& one : inspection.facts.evidence) {
    const auto size = inspection.text.size();
    if (one.offset > size || one.size > size - one.offset) throw Malformed{"evidence beyond the text"};
  }
  inspection.attachments = attachments_in(fields.list("attachments"));
  inspection.certificates = certificates_in(fields.list("certificates"));
  inspection.returned_message_ids = fields.texts("returned_message_ids");
  inspection.defects = fields.texts("defects");
  fields.end();
  return inspection;
}

} // namespace

std::string to_json(const Inspection& inspection) {
  return dumped({{"outer", written(inspection.outer)},
                 {"from", written(inspection.from)},
                 {"to", written(inspection.to)},
                 {"subject", inspection.subject},
                 {"date", inspection.date ? json(to_rfc3339(*inspection.date)) : json()},
                 {"message_id", inspection.message_id},
                 {"thread", inspection.thread},
                 {"any_encrypted", inspection.any_encrypted},
                 {"smime", inspection.smime},
                 {"protection", written(inspection.protection)},
                 {"text", inspection.text},
                 {"facts", written(inspection.facts)},
                 {"attachments", written(inspection.attachments)},
                 {"certificates", written(inspection.certificates)},
                 {"returned_message_ids", inspection.returned_message_ids},
                 {"defects", inspection.defects}});
}

Result<Inspection> inspection_from_json(std::string_view text) {
  return read_back<Inspection>(text, inspection_limit, "inspection", inspection_in);
}

} // namespace cvdesk::reader
