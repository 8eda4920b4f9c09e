// What a careful officer reads out of a report. Plain values; names as in `cvdesk show --json`.
#pragma once

#include "core/time.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cvdesk::report {

enum class Kind { report, followup, beg_bounty, spam, bounce, auto_reply, bulk, undecryptable, unreadable };
std::string_view to_string(Kind kind); // "report", "beg-bounty", ...
std::optional<Kind> kind_from(std::string_view text);

enum class Scope { in, out, third_party, unknown };
std::string_view to_string(Scope scope); // "in", "out", "third-party", "unknown"
std::optional<Scope> scope_from(std::string_view text);

struct Reporter {
  std::optional<std::string> name;
  std::vector<std::string> emails;  // the preferred one first
  std::vector<std::string> phones;  // E.164
  std::vector<std::string> handles; // "platform:identifier"
  std::vector<std::string> pgp_fingerprints;
  bool anonymous = false;
  std::optional<std::string> credit;
};

struct Affected {
  std::vector<std::string> urls;
  std::vector<std::string> hosts; // A-labels, lower case
  std::vector<std::string> ips;
  Scope scope = Scope::unknown;
  std::optional<std::string> partner;
};

struct Weakness {
  std::vector<std::string> cwe;
  std::vector<std::string> cve;
  std::vector<std::string> cvss;
};

struct Disclosure {
  std::optional<Date> date;
  std::optional<int> days;
};

// Where a fact was found. For `show --why`.
struct Evidence {
  std::string field;      // "reporter.phones"
  std::string value;      // as among the facts; of what is true or false "true"
  std::string source;     // empty: the text that is shown; else a header field, or "link": of the HTML
  std::size_t offset = 0; // bytes of the text
  std::size_t size = 0;
};

struct Facts {
  Kind kind = Kind::report;
  std::vector<std::string> kind_reasons; // in words, why it is that kind
  std::optional<std::string> case_tag;   // "CVD-2026-0004"
  std::optional<std::string> language;   // ISO 639-1 of the sender's own text
  Reporter reporter;
  Affected affected;
  std::vector<std::string> references;
  Weakness weakness;
  std::vector<std::string> steps;
  Disclosure disclosure;
  std::vector<std::string> conduct;
  std::vector<std::string> missing; // "contact", "affected-system", "description"
  std::vector<Evidence> evidence;   // at most 300, three of one fact
  bool cut = false;                 // the text goes on beyond what is read of it
};

} // namespace cvdesk::report
