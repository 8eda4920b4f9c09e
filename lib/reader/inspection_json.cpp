#include "core/text.hpp"
#include "reader/inspection.hpp"

#include <fmt/core.h>
#include <nlohmann/json.hpp>
#include <sodium.h>

#include <array>

namespace cvdesk::reader {

namespace {

using nlohmann::json;

constexpr std::size_t inspection_limit = 32u << 20;
constexpr std::size_t openings_limit = 512u << 20;
constexpr std::size_t text_limit = 4u << 20;
constexpr std::size_t field_limit = 128u << 10;
constexpr std::size_t list_limit = 20000;
constexpr int depth_limit = 8;

// What is wrong with JSON that is read back; never leaves this file.
struct Malformed {
  std::string what;
};

// --- writing ---

json optional_text(const std::optional<std::string>& text) {
  return text ? json(*text) : json();
}

json written(const std::vector<mime::Mailbox>& mailboxes) {
  json list = json::array();
  for (const auto& mailbox : mailboxes)
    list.push_back({{"name", mailbox.display_name}, {"address", mailbox.address}});
  return list;
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
          {"delivery_status", outer.delivery_status}};
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

json written(const report::Facts& facts) {
  json evidence = json::array();
  for (const auto& one : facts.evidence) {
    evidence.push_back(
        {{"field", one.field}, {"value", one.value}, {"offset", one.offset}, {"size", one.size}});
  }
  const auto& reporter = facts.reporter;
  const auto& affected = facts.affected;
  return {{"kind", report::to_string(facts.kind)},
          {"kind_reasons", facts.kind_reasons},
          {"case_tag", optional_text(facts.case_tag)},
          {"language", optional_text(facts.language)},
          {"reporter",
           {{"name", optional_text(reporter.name)},
            {"emails", reporter.emails},
            {"phones", reporter.phones},
            {"handles", reporter.handles},
            {"pgp_fingerprints", reporter.pgp_fingerprints},
            {"anonymous", reporter.anonymous},
            {"credit", optional_text(reporter.credit)}}},
          {"affected",
           {{"urls", affected.urls},
            {"hosts", affected.hosts},
            {"ips", affected.ips},
            {"scope", report::to_string(affected.scope)},
            {"partner", optional_text(affected.partner)}}},
          {"references", facts.references},
          {"cwe", facts.weakness.cwe},
          {"cve", facts.weakness.cve},
          {"cvss", facts.weakness.cvss},
          {"steps", facts.steps},
          {"disclosure_date", facts.disclosure.date ? json(to_iso_date(*facts.disclosure.date)) : json()},
          {"disclosure_days", facts.disclosure.days ? json(*facts.disclosure.days) : json()},
          {"conduct", facts.conduct},
          {"missing", facts.missing},
          {"evidence", std::move(evidence)}};
}

json written(const std::vector<Attachment>& attachments) {
  json list = json::array();
  for (const auto& one : attachments) {
    list.push_back({{"id", one.id},
                    {"filename", one.filename},
                    {"media_type", one.media_type},
                    {"size", one.size},
                    {"sha256", one.sha256}});
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

// A byte of a mail that is no UTF-8 becomes U+FFFD here at the latest.
std::string dumped(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

// --- reading back ---

json parse_bounded(std::string_view text, std::size_t limit) {
  if (text.size() > limit) throw Malformed{"too long"};
  const json::parser_callback_t bounded = [](int depth, json::parse_event_t, json&) {
    if (depth > depth_limit) throw Malformed{"nested too deeply"};
    return true;
  };
  return json::parse(text, bounded);
}

std::string text_in(const json& value, std::size_t limit = field_limit) {
  if (!value.is_string()) throw Malformed{"not a text"};
  const auto& text = value.get_ref<const std::string&>();
  if (text.size() > limit) throw Malformed{"a text too long"};
  return text;
}

// An object of exactly these keys: each is asked for once, and none is left over.
class Fields {
public:
  explicit Fields(const json& object) : object_(object) {
    if (!object.is_object()) throw Malformed{"not an object"};
  }
  Fields(const Fields&) = delete;
  Fields& operator=(const Fields&) = delete;

  const json& at(const char* key) {
    const auto found = object_.find(key);
    if (found == object_.end()) throw Malformed{fmt::format("no '{}'", key)};
    ++asked_;
    return *found;
  }
  std::string text(const char* key, std::size_t limit = field_limit) { return text_in(at(key), limit); }
  std::optional<std::string> optional_text(const char* key) {
    const json& value = at(key);
    return value.is_null() ? std::nullopt : std::optional(text_in(value));
  }
  bool flag(const char* key) {
    const json& value = at(key);
    if (!value.is_boolean()) throw Malformed{fmt::format("'{}' is not true or false", key)};
    return value.get<bool>();
  }
  std::int64_t number(const char* key) {
    const json& value = at(key);
    if (!value.is_number_integer()) throw Malformed{fmt::format("'{}' is not a number", key)};
    return value.get<std::int64_t>();
  }
  std::size_t size(const char* key) {
    const auto value = number(key);
    if (value < 0) throw Malformed{fmt::format("'{}' is negative", key)};
    return static_cast<std::size_t>(value);
  }
  const json& list(const char* key) {
    const json& value = at(key);
    if (!value.is_array() || value.size() > list_limit)
      throw Malformed{fmt::format("'{}' is not a list", key)};
    return value;
  }
  std::vector<std::string> texts(const char* key) {
    std::vector<std::string> found;
    for (const auto& value : list(key))
      found.push_back(text_in(value, text_limit));
    return found;
  }
  void end() const {
    if (asked_ != object_.size()) throw Malformed{"an unknown key"};
  }

private:
  const json& object_;
  std::size_t asked_ = 0;
};

template <class Enum, std::size_t N>
Enum enum_in(const std::string& name, const std::array<Enum, N>& values) {
  for (const auto value : values) {
    if (to_string(value) == name) return value;
  }
  throw Malformed{"an unknown name"};
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

template <class T>
T required(const std::optional<T>& value) {
  if (!value) throw Malformed{"an unknown name"};
  return *value;
}

std::string base64_in(const std::string& text) {
  std::string bytes(text.size() / 4 * 3 + 3, '\0');
  std::size_t size = 0;
  if (sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), text.data(),
                        text.size(), nullptr, &size, nullptr, sodium_base64_VARIANT_ORIGINAL) != 0) {
    throw Malformed{"not base64"};
  }
  bytes.resize(size);
  return bytes;
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
  fields.end();
  return outer;
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

report::Reporter reporter_in(const json& value) {
  Fields fields(value);
  report::Reporter reporter;
  reporter.name = fields.optional_text("name");
  reporter.emails = fields.texts("emails");
  reporter.phones = fields.texts("phones");
  reporter.handles = fields.texts("handles");
  reporter.pgp_fingerprints = fields.texts("pgp_fingerprints");
  reporter.anonymous = fields.flag("anonymous");
  reporter.credit = fields.optional_text("credit");
  fields.end();
  return reporter;
}

report::Affected affected_in(const json& value) {
  Fields fields(value);
  report::Affected affected;
  affected.urls = fields.texts("urls");
  affected.hosts = fields.texts("hosts");
  affected.ips = fields.texts("ips");
  affected.scope = required(report::scope_from(fields.text("scope")));
  affected.partner = fields.optional_text("partner");
  fields.end();
  return affected;
}

report::Facts facts_in(const json& value) {
  Fields fields(value);
  report::Facts facts;
  facts.kind = required(report::kind_from(fields.text("kind")));
  facts.kind_reasons = fields.texts("kind_reasons");
  facts.case_tag = fields.optional_text("case_tag");
  facts.language = fields.optional_text("language");
  facts.reporter = reporter_in(fields.at("reporter"));
  facts.affected = affected_in(fields.at("affected"));
  facts.references = fields.texts("references");
  facts.weakness = {fields.texts("cwe"), fields.texts("cve"), fields.texts("cvss")};
  facts.steps = fields.texts("steps");
  if (const auto date = fields.optional_text("disclosure_date"))
    facts.disclosure.date = required(from_iso_date(*date));
  if (!fields.at("disclosure_days").is_null()) {
    facts.disclosure.days = static_cast<int>(Fields(value).number("disclosure_days"));
  }
  facts.conduct = fields.texts("conduct");
  facts.missing = fields.texts("missing");
  for (const auto& one : fields.list("evidence")) {
    Fields inner(one);
    facts.evidence.push_back(
        {inner.text("field"), inner.text("value", text_limit), inner.size("offset"), inner.size("size")});
    inner.end();
  }
  fields.end();
  return facts;
}

std::vector<Attachment> attachments_in(const json& list) {
  std::vector<Attachment> found;
  for (const auto& value : list) {
    Fields fields(value);
    found.push_back({static_cast<int>(fields.size("id")), fields.text("filename"), fields.text("media_type"),
                     fields.size("size"), fields.text("sha256")});
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
  inspection.attachments = attachments_in(fields.list("attachments"));
  inspection.certificates = certificates_in(fields.list("certificates"));
  inspection.returned_message_ids = fields.texts("returned_message_ids");
  inspection.defects = fields.texts("defects");
  fields.end();
  return inspection;
}

Opening opening_in(const json& value) {
  Fields fields(value);
  Opening opening;
  opening.path = fields.text("path");
  auto& verdict = opening.opened.verdict;
  verdict.decryption = decryption_in(fields.text("decryption"));
  verdict.signature.state = state_in(fields.text("signature"));
  verdict.signature.fingerprint = fields.text("fingerprint");
  verdict.signature.addresses = fields.texts("addresses");
  verdict.cause = fields.text("cause");
  verdict.key_ids = fields.texts("key_ids");
  opening.opened.cleartext = base64_in(fields.text("cleartext", openings_limit));
  fields.end();
  return opening;
}

template <class T, class Read>
Result<T> read_back(std::string_view text, std::size_t limit, const char* what, Read read) {
  try {
    return read(parse_bounded(text, limit));
  } catch (const Malformed& malformed) {
    return fail(ErrorKind::corrupt, fmt::format("stored {}: {}", what, malformed.what));
  } catch (const std::exception&) {
    return fail(ErrorKind::corrupt, fmt::format("stored {}: not JSON of that shape", what));
  }
}

} // namespace

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

std::string to_json(const std::vector<Opening>& openings) {
  json list = json::array();
  for (const auto& opening : openings) {
    const auto& verdict = opening.opened.verdict;
    list.push_back({{"path", opening.path},
                    {"decryption", openpgp::to_string(verdict.decryption)},
                    {"signature", openpgp::to_string(verdict.signature.state)},
                    {"fingerprint", verdict.signature.fingerprint},
                    {"addresses", verdict.signature.addresses},
                    {"cause", verdict.cause},
                    {"key_ids", verdict.key_ids},
                    {"cleartext", base64_encode(opening.opened.cleartext)}});
  }
  return dumped(list);
}

Result<std::vector<Opening>> openings_from_json(std::string_view text) {
  return read_back<std::vector<Opening>>(text, openings_limit, "openings", [](const json& list) {
    if (!list.is_array() || list.size() > 64) throw Malformed{"not a list of openings"};
    std::vector<Opening> openings;
    for (const auto& value : list)
      openings.push_back(opening_in(value));
    return openings;
  });
}

} // namespace cvdesk::reader
