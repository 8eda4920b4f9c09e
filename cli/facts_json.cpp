#include "cli/facts_json.hpp"

#include "report/cvss.hpp"

#include <fmt/core.h>

namespace cvdesk::cli {

Json or_null(const std::optional<Instant>& value) { return value ? Json(to_rfc3339(*value)) : Json(nullptr); }
Json or_null(const std::optional<Date>& value) { return value ? Json(to_iso_date(*value)) : Json(nullptr); }

void put_facts(Json& json, const report::Facts& facts) {
  json["reporter"] = {{"name", or_null(facts.reporter.name)},
                      {"emails", facts.reporter.emails},
                      {"phones", facts.reporter.phones},
                      {"handles", facts.reporter.handles},
                      {"pgp_fingerprints", facts.reporter.pgp_fingerprints},
                      {"anonymous", facts.reporter.anonymous},
                      {"credit", or_null(facts.reporter.credit)}};
  json["affected"] = {{"urls", facts.affected.urls},
                      {"hosts", facts.affected.hosts},
                      {"ips", facts.affected.ips},
                      {"scope", report::to_string(facts.affected.scope)},
                      {"partner", or_null(facts.affected.partner)}};
  json["references"] = facts.references;
  json["weakness"] = {{"cwe", facts.weakness.cwe}, {"cve", facts.weakness.cve}, {"cvss", facts.weakness.cvss}};
  json["cvss_scores"] = Json::array(); // computed, not what the mail says
  for (const auto& vector : facts.weakness.cvss) {
    json["cvss_scores"].push_back({{"vector", vector}, {"score", or_null(report::cvss_base_score(vector))}});
  }
  json["steps"] = facts.steps;
  json["disclosure"] = {{"date", or_null(facts.disclosure.date)}, {"days", or_null(facts.disclosure.days)}};
  json["conduct"] = facts.conduct;
  json["missing"] = facts.missing;
}

Json protection_json(const reader::Protection& protection) {
  return {{"encrypted", protection.encrypted},
          {"decryption", openpgp::to_string(protection.decryption)},
          {"signature", openpgp::to_string(protection.signature)},
          {"signer", or_null(protection.signer)},
          {"signer_is_sender", protection.signer_is_sender},
          {"partial", protection.partial},
          {"key_origin", reader::to_string(protection.key_origin)},
          {"subject_protected", protection.subject_protected},
          {"cause", or_null(protection.cause)},
          {"key_ids", protection.key_ids}};
}

void put_attachment(Json& json, const reader::Attachment& attachment) {
  json["filename"] = attachment.filename;
  json["media_type"] = attachment.media_type;
  json["size"] = attachment.size;
  json["sha256"] = attachment.sha256;
  json["signature"] = openpgp::to_string(attachment.signature);
  json["signer"] = or_null(attachment.signer);
}

void print_json(const Json& json) { fmt::print("{}\n", json.dump(-1, ' ', false, Json::error_handler_t::replace)); }

} // namespace cvdesk::cli
