// Who sent a mail, from outside, and how it is protected.
#include "reader/json_shape.hpp"

namespace cvdesk::reader {

std::string_view to_string(KeyOrigin origin) {
  switch (origin) {
  case KeyOrigin::none:
    return "none";
  case KeyOrigin::attached:
    return "attached";
  case KeyOrigin::autocrypt:
    return "autocrypt";
  case KeyOrigin::wkd:
    return "wkd";
  case KeyOrigin::pinned:
    return "pinned";
  }
  return "none";
}

openpgp::Decryption decryption_in(const std::string& name) {
  using enum openpgp::Decryption;
  return enum_in(name, std::array{none, ok, no_key, failed, refused});
}
openpgp::SignatureState state_in(const std::string& name) {
  using enum openpgp::SignatureState;
  return enum_in(name, std::array{none, good, weak, bad, unknown_key, expired, expired_key, revoked_key});
}
KeyOrigin origin_in(const std::string& name) {
  using enum KeyOrigin;
  return enum_in(name, std::array{none, attached, autocrypt, wkd, pinned});
}

json written(const std::vector<mime::Mailbox>& mailboxes) {
  json list = json::array();
  for (const auto& mailbox : mailboxes)
    list.push_back({{"name", mailbox.display_name}, {"address", mailbox.address}});
  return list;
}

std::vector<mime::Mailbox> mailboxes_in(const json& list) {
  std::vector<mime::Mailbox> found;
  for (const auto& value : list) {
    Fields fields(value);
    found.push_back({fields.text("name"), fields.text("address")});
    fields.end();
  }
  return found;
}

static json written(const std::vector<Authentication>& fields) {
  json list = json::array();
  for (const auto& one : fields) {
    list.push_back({{"authserv_id", one.authserv_id}, {"hop", one.hop}, {"dmarc", one.dmarc}, {"header_from", one.header_from}});
  }
  return list;
}

static std::vector<Authentication> authentication_in(const json& list) {
  if (!list.is_array() || list.size() > list_limit) throw Malformed{"'authentication' is not a list"};
  std::vector<Authentication> found;
  for (const auto& value : list) {
    Fields fields(value);
    found.push_back({fields.text("authserv_id"), static_cast<int>(fields.size("hop")), fields.text("dmarc"), fields.text("header_from")});
    fields.end();
  }
  return found;
}

json written(const Outer& outer) {
  return {{"from", written(outer.from)},
          {"reply_to", written(outer.reply_to)},
          {"message_id", outer.message_id},
          {"subject", outer.subject},
          {"in_reply_to", outer.in_reply_to},
          {"return_path", optional_text(outer.return_path)},
          {"auto_submitted", outer.auto_submitted},
          {"precedence", outer.precedence},
          {"list", outer.list},
          {"list_id", outer.list_id},
          {"automatic", outer.automatic},
          {"delivery_status", outer.delivery_status},
          {"delivery_action", outer.delivery_action},
          {"authentication", written(outer.authentication)}};
}

Outer outer_in(const json& value) {
  Fields fields(value);
  Outer outer;
  outer.from = mailboxes_in(fields.list("from"));
  outer.reply_to = mailboxes_in(fields.list("reply_to"));
  outer.message_id = fields.text("message_id");
  outer.subject = fields.text("subject");
  outer.in_reply_to = fields.texts("in_reply_to");
  outer.return_path = fields.optional_text("return_path");
  outer.auto_submitted = fields.text("auto_submitted");
  outer.precedence = fields.text("precedence");
  outer.list = fields.flag("list");
  outer.list_id = fields.text("list_id");
  outer.automatic = fields.flag("automatic");
  outer.delivery_status = fields.flag("delivery_status");
  if (const auto* action = fields.find("delivery_action")) outer.delivery_action = text_in(*action);
  if (const auto* list = fields.find("authentication")) outer.authentication = authentication_in(*list);
  fields.end();
  return outer;
}

json written(const Protection& protection) {
  return {{"encrypted", protection.encrypted},
          {"decryption", openpgp::to_string(protection.decryption)},
          {"signature", openpgp::to_string(protection.signature)},
          {"signer", optional_text(protection.signer)},
          {"signer_is_sender", protection.signer_is_sender},
          {"partial", protection.partial},
          {"key_origin", to_string(protection.key_origin)},
          {"subject_protected", protection.subject_protected},
          {"cause", optional_text(protection.cause)},
          {"key_ids", protection.key_ids}};
}

Protection protection_in(const json& value) {
  Fields fields(value);
  Protection protection;
  protection.encrypted = fields.flag("encrypted");
  protection.decryption = decryption_in(fields.text("decryption"));
  protection.signature = state_in(fields.text("signature"));
  protection.signer = fields.optional_text("signer");
  protection.signer_is_sender = fields.flag("signer_is_sender");
  protection.partial = fields.flag("partial");
  protection.key_origin = origin_in(fields.text("key_origin"));
  protection.subject_protected = fields.flag("subject_protected");
  protection.cause = fields.optional_text("cause");
  protection.key_ids = fields.texts("key_ids");
  fields.end();
  return protection;
}

} // namespace cvdesk::reader
