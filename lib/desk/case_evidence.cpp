#include "desk/case_evidence.hpp"

#include <algorithm>

namespace cvdesk::desk {

namespace {

bool in(const std::vector<std::string>& values, const std::string& value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

bool is_fact(const report::Facts& facts, const report::Evidence& one) {
  const auto& field = one.field;
  const auto& reporter = facts.reporter;
  const auto& weakness = facts.weakness;
  const auto& disclosure = facts.disclosure;
  if (field == "reporter.name") return reporter.name == one.value;
  if (field == "reporter.emails") return in(reporter.emails, one.value);
  if (field == "reporter.phones") return in(reporter.phones, one.value);
  if (field == "reporter.handles") return in(reporter.handles, one.value);
  if (field == "reporter.pgp_fingerprints") return in(reporter.pgp_fingerprints, one.value);
  if (field == "reporter.credit") return reporter.credit == one.value;
  if (field == "reporter.anonymous") return reporter.anonymous;
  if (field == "weakness.cwe") return in(weakness.cwe, one.value);
  if (field == "weakness.cve") return in(weakness.cve, one.value);
  if (field == "weakness.cvss") return in(weakness.cvss, one.value);
  if (field == "steps") return in(facts.steps, one.value);
  if (field == "disclosure.date") return disclosure.date && to_iso_date(*disclosure.date) == one.value;
  if (field == "disclosure.days") return disclosure.days && std::to_string(*disclosure.days) == one.value;
  return true; // systems, references and conduct of all mails are taken together
}

} // namespace

void keep_relevant(std::vector<report::Evidence>& evidence, const report::Facts& facts) {
  std::erase_if(evidence, [&](const auto& one) { return !is_fact(facts, one); });
}

} // namespace cvdesk::desk
