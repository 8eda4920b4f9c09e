// What the desk itself notes on a case, beside what its mails say: kept sealed in the store as JSON.
#pragma once

#include "core/result.hpp"
#include "core/time.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cvdesk::desk {

struct Sheet {
  std::string title;                    // subject of the first mail, until somebody sets another
  std::optional<std::string> language;  // of the reporter
  std::optional<std::string> severity;  // none, low, medium, high, critical
  std::optional<std::string> assignee;
  std::optional<bool> consent; // the reporter agreed to being named to others
  // Set by hand; they replace what was read out of the mails.
  std::optional<std::vector<std::string>> cwe;
  std::optional<std::vector<std::string>> cve;
  std::optional<std::vector<std::string>> cvss;
  std::optional<Date> disclose_on;
  std::optional<Instant> exploited = {};     // the team has been aware since then that it is (exploited.hpp)
  std::optional<Instant> fix_available = {}; // since then
};

std::string to_json(const Sheet& sheet);
Result<Sheet> sheet_from_json(std::string_view json); // an empty text gives an empty sheet (erased case)

} // namespace cvdesk::desk
