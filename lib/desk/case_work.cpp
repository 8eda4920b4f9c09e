#include "desk/case_work.hpp"

#include "core/text.hpp"
#include "desk/case_change.hpp"
#include "desk/clocks.hpp"
#include "report/cvss.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace cvdesk::desk {

namespace {

using store::CaseEntry;
using store::Change;

constexpr std::size_t note_limit = 64 * 1024;
constexpr std::size_t value_limit = 1000;
constexpr std::array<std::string_view, 5> statuses = {"new", "acknowledged", "assessed", "resolved", "closed"};
constexpr std::array<std::string_view, 5> severities = {"none", "low", "medium", "high", "critical"};
constexpr std::array<std::string_view, 6> resolutions = {"fixed",        "rejected",  "duplicate",
                                                         "out-of-scope", "passed-on", "spam"};

template <std::size_t N>
bool is_one_of(const std::array<std::string_view, N>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

template <std::size_t N>
Error not_one_of(std::string_view what, const std::array<std::string_view, N>& words) {
  return {ErrorKind::usage, false, fmt::format("{} must be one of: {}", what, fmt::join(words, ", ")), {}};
}

std::vector<std::string> words_of(std::string_view value) {
  std::vector<std::string> words;
  for (const auto item : split(value, ',')) {
    if (const auto word = trim(item); !word.empty()) words.push_back(ascii_upper(word));
  }
  return words;
}

bool is_number(std::string_view word, std::size_t least, std::size_t most) {
  return word.size() >= least && word.size() <= most && word.find_first_not_of("0123456789") == std::string_view::npos;
}

bool is_cwe(std::string_view word) { return word.starts_with("CWE-") && is_number(word.substr(4), 1, 5); }

// CVE-YYYY-NNNN, the number of four digits or more.
bool is_cve(std::string_view word) {
  return word.starts_with("CVE-") && word.size() > 9 && word[8] == '-' && is_number(word.substr(4, 4), 4, 4) &&
         is_number(word.substr(9), 4, 19);
}

bool is_cvss(std::string_view word) { return report::check_cvss(word).has_value(); }

Result<void> set_list(std::optional<std::vector<std::string>>& target, const Setting& setting, std::string_view form,
                      bool (*is_good)(std::string_view)) {
  auto words = words_of(setting.value);
  if (!std::all_of(words.begin(), words.end(), [&](const auto& word) { return is_good(word); })) {
    return fail(ErrorKind::usage, fmt::format("{} must be {}, several separated by commas", setting.key, form));
  }
  target = words.empty() ? std::nullopt : std::optional(std::move(words));
  return {};
}

Result<void> apply(const Desk& desk, Change& change, CaseEntry& entry, Sheet& sheet, const Setting& setting) {
  const auto& [key, value] = setting;
  if (value.size() > value_limit || value.find('\n') != std::string::npos || !is_valid_utf8(value)) {
    return fail(ErrorKind::usage, fmt::format("{} must be one line of text, at most {} bytes", key, value_limit));
  }
  if (key == "title") {
    if (trim(value).empty()) return fail(ErrorKind::usage, "title must not be empty");
    sheet.title = squeeze(value);
  } else if (key == "status") {
    if (!is_one_of(statuses, value)) return tl::unexpected(not_one_of("status", statuses));
    if (value == "closed") return fail(ErrorKind::usage, "a case is closed by: cvdesk close REF --as WHY");
    TRY(reach_status(desk, change, entry, value));
  } else if (key == "severity") {
    if (!value.empty() && !is_one_of(severities, value)) return tl::unexpected(not_one_of("severity", severities));
    sheet.severity = value.empty() ? std::nullopt : std::optional(value);
  } else if (key == "cwe") {
    return set_list(sheet.cwe, setting, "CWE-NUMBER", is_cwe);
  } else if (key == "cve") {
    return set_list(sheet.cve, setting, "CVE-YEAR-NUMBER", is_cve);
  } else if (key == "cvss") {
    return set_list(sheet.cvss, setting, "a vector such as CVSS:3.1/AV:N/AC:L/…", is_cvss);
  } else if (key == "consent") {
    if (value != "yes" && value != "no" && !value.empty()) return fail(ErrorKind::usage, "consent must be yes or no");
    sheet.consent = value.empty() ? std::nullopt : std::optional(value == "yes");
  } else if (key == "disclose_on") {
    const auto date = from_iso_date(value);
    if (!value.empty() && !date) return fail(ErrorKind::usage, "disclose_on must be a date such as 2027-01-14");
    sheet.disclose_on = date;
  } else if (key == "language") {
    if (!value.empty() && (value.size() != 2 || value.find_first_not_of("abcdefghijklmnopqrstuvwxyz") != std::string::npos)) {
      return fail(ErrorKind::usage, "language must be a code such as nl or en");
    }
    sheet.language = value.empty() ? std::nullopt : std::optional(value);
  } else {
    return fail(ErrorKind::usage, fmt::format("there is no key {}", shorten(safe_for_terminal(key), 40)),
                "the keys are: title status severity cwe cve cvss disclose_on language consent");
  }
  return {};
}

} // namespace

Result<void> assign(Desk& desk, std::string_view reference, std::string_view who, std::string_view actor) {
  if (trim(who).empty() || who.size() > 100 || !is_valid_utf8(who) || who.find('\n') != std::string_view::npos) {
    return fail(ErrorKind::usage, "a case is assigned to one name of at most 100 bytes");
  }
  return change_case(desk, reference, actor, [&](Change&, CaseEntry&, Sheet& sheet) -> Result<Done> {
    sheet.assignee = squeeze(who);
    return Done{"assigned", *sheet.assignee};
  });
}

Result<void> set(Desk& desk, std::string_view reference, const std::vector<Setting>& settings, std::string_view actor) {
  return change_case(desk, reference, actor, [&](Change& change, CaseEntry& entry, Sheet& sheet) -> Result<Done> {
    std::vector<std::string> changes;
    for (const auto& setting : settings) {
      TRY(apply(desk, change, entry, sheet, setting));
      changes.push_back(fmt::format("{}={}", setting.key, setting.value));
    }
    return Done{"set", join(changes, " ")};
  });
}

Result<void> note(Desk& desk, std::string_view reference, std::string_view text, std::string_view actor) {
  const std::string clean(trim(text));
  if (clean.empty()) return fail(ErrorKind::usage, "an empty note says nothing");
  if (clean.size() > note_limit || !is_valid_utf8(clean)) {
    return fail(ErrorKind::usage, fmt::format("a note is UTF-8 text of at most {} KiB", note_limit / 1024));
  }
  return change_case(desk, reference, actor, [&](Change&, CaseEntry&, Sheet&) -> Result<Done> {
    return Done{"note", clean};
  });
}

Result<void> close(Desk& desk, std::string_view reference, std::string_view why, std::string_view actor) {
  if (!is_one_of(resolutions, why)) return tl::unexpected(not_one_of("--as", resolutions));
  return change_case(desk, reference, actor, [&](Change& change, CaseEntry& entry, Sheet&) -> Result<Done> {
    if (entry.status == "closed") return fail(ErrorKind::refused, fmt::format("{} is closed already", entry.reference));
    TRY(reach_status(desk, change, entry, "closed"));
    entry.resolution = why;
    return Done{"closed", std::string(why)};
  });
}

Result<void> reopen(Desk& desk, std::string_view reference, std::string_view actor) {
  return change_case(desk, reference, actor, [&](Change& change, CaseEntry& entry, Sheet&) -> Result<Done> {
    if (entry.status != "closed" && entry.status != "resolved") {
      return fail(ErrorKind::refused, fmt::format("{} is open", entry.reference));
    }
    TRY(reach_status(desk, change, entry, "assessed"));
    return Done{"reopened", ""};
  });
}

} // namespace cvdesk::desk
