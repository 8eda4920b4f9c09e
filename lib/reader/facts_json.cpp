#include "reader/json_shape.hpp"

namespace cvdesk::reader {

json written(const report::Facts& facts) {
  json evidence = json::array();
  for (const auto& one : facts.evidence) {
    evidence.push_back({{"field", one.field},
                        {"value", one.value},
                        {"source", one.source},
                        {"offset", one.offset},
                        {"size", one.size}});
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
          {"evidence", std::move(evidence)},
          {"cut", facts.cut}};
}

namespace {

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

report::Evidence evidence_in(const json& value) {
  Fields fields(value);
  report::Evidence one{
      fields.text("field"), fields.text("value", text_limit), {}, fields.size("offset"), fields.size("size")};
  if (const auto* source = fields.find("source")) one.source = text_in(*source);
  fields.end();
  return one;
}

} // namespace

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
  for (const auto& one : fields.list("evidence"))
    facts.evidence.push_back(evidence_in(one));
  if (const auto* cut = fields.find("cut")) facts.cut = cut->is_boolean() && cut->get<bool>();
  fields.end();
  return facts;
}

} // namespace cvdesk::reader
