// What a member of the team does to a case. Each is one transaction with its audit event.
#pragma once

#include "desk/desk.hpp"
#include "desk/sheet.hpp"
#include "store/cases.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cvdesk::desk {

// "CVD-2026-0001", also lower case, in brackets, or just the number of this year ("1").
// not_found: no such case. An erased one is found, its sheet is empty.
Result<store::CaseEntry> find_case(Desk& desk, std::string_view reference);

Result<void> assign(Desk& desk, std::string_view reference, std::string_view who, std::string_view actor);

// KEY=VALUE for title, status, severity, cwe, cve, cvss, disclose_on, language; an empty value takes back
// what was set by hand. usage: no such key, or the value is not of its form.
struct Setting {
  std::string key;
  std::string value;
};
Result<void> set(Desk& desk, std::string_view reference, const std::vector<Setting>& settings, std::string_view actor);

// At most 64 KiB of text.
Result<void> note(Desk& desk, std::string_view reference, std::string_view text, std::string_view actor);

// fixed, rejected, duplicate, out-of-scope, passed-on, spam
Result<void> close(Desk& desk, std::string_view reference, std::string_view why, std::string_view actor);
Result<void> reopen(Desk& desk, std::string_view reference, std::string_view actor);

} // namespace cvdesk::desk
