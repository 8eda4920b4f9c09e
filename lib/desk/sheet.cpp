#include "desk/sheet.hpp"

#include <nlohmann/json.hpp>

namespace cvdesk::desk {

namespace {

using Json = nlohmann::json;

template <class T>
void put(Json& json, const char* key, const std::optional<T>& value) {
  if (value) json[key] = *value;
}

template <class T>
void get(const Json& json, const char* key, std::optional<T>& value) {
  if (const auto found = json.find(key); found != json.end()) value = found->get<T>();
}

Result<std::optional<Instant>> time_in(const Json& json, const char* key) {
  std::optional<std::string> text;
  get(json, key, text);
  if (!text) return std::optional<Instant>();
  const auto at = from_rfc3339(*text);
  // A clock of the law hangs on it: a time that cannot be read is no absent one.
  if (!at) return fail(ErrorKind::corrupt, "the sheet of a case cannot be read");
  return at;
}

} // namespace

std::string to_json(const Sheet& sheet) {
  Json json = {{"title", sheet.title}};
  put(json, "language", sheet.language);
  put(json, "severity", sheet.severity);
  put(json, "assignee", sheet.assignee);
  put(json, "consent", sheet.consent);
  put(json, "cwe", sheet.cwe);
  put(json, "cve", sheet.cve);
  put(json, "cvss", sheet.cvss);
  if (sheet.disclose_on) json["disclose_on"] = to_iso_date(*sheet.disclose_on);
  if (sheet.exploited) json["exploited"] = to_rfc3339(*sheet.exploited);
  if (sheet.fix_available) json["fix_available"] = to_rfc3339(*sheet.fix_available);
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<Sheet> sheet_from_json(std::string_view text) {
  Sheet sheet;
  if (text.empty()) return sheet;
  try {
    const Json json = Json::parse(text);
    sheet.title = json.at("title").get<std::string>();
    get(json, "language", sheet.language);
    get(json, "severity", sheet.severity);
    get(json, "assignee", sheet.assignee);
    get(json, "consent", sheet.consent);
    get(json, "cwe", sheet.cwe);
    get(json, "cve", sheet.cve);
    get(json, "cvss", sheet.cvss);
    std::optional<std::string> date;
    get(json, "disclose_on", date);
    if (date) sheet.disclose_on = from_iso_date(*date);
    TRY_ASSIGN(sheet.exploited, time_in(json, "exploited"));
    TRY_ASSIGN(sheet.fix_available, time_in(json, "fix_available"));
    return sheet;
  } catch (const Json::exception&) {
    return fail(ErrorKind::corrupt, "the sheet of a case cannot be read");
  }
}

} // namespace cvdesk::desk
