#include "core/time.hpp"

#include "core/text.hpp"

#include <fmt/core.h>
#include <unicode/gregocal.h>
#include <unicode/timezone.h>

#include <algorithm>
#include <charconv>
#include <memory>

namespace cvdesk {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::seconds;
using std::chrono::sys_days;

namespace {

std::optional<int> number(std::string_view digits) {
  if (digits.find_first_not_of("0123456789") != std::string_view::npos) return {};
  int value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc{} || end != digits.data() + digits.size() || digits.empty() || value < 0) return {};
  return value;
}

std::unique_ptr<icu::TimeZone> zone_named(const std::string& name) {
  return std::unique_ptr<icu::TimeZone>(icu::TimeZone::createTimeZone(icu::UnicodeString::fromUTF8(name)));
}

seconds offset_at(const std::string& zone, Instant instant, bool local) {
  int32_t raw = 0;
  int32_t saving = 0;
  UErrorCode status = U_ZERO_ERROR;
  zone_named(zone)->getOffset(static_cast<double>(to_unix(instant)) * 1000.0, local, raw, saving, status);
  return seconds((raw + saving) / 1000);
}

} // namespace

Instant now() { return floor<seconds>(std::chrono::system_clock::now()); }
std::int64_t to_unix(Instant instant) { return instant.time_since_epoch().count(); }
Instant from_unix(std::int64_t s) { return Instant(seconds(s)); }

std::string to_iso_date(Date date) {
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()));
}

std::string to_rfc3339(Instant instant) {
  const auto day = floor<days>(instant);
  const std::chrono::hh_mm_ss time(instant - day);
  return fmt::format("{}T{:02}:{:02}:{:02}Z", to_iso_date(Date(day)), time.hours().count(),
                     time.minutes().count(), time.seconds().count());
}

std::optional<Date> from_iso_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return {};
  const auto year = number(text.substr(0, 4));
  const auto month = number(text.substr(5, 2));
  const auto day = number(text.substr(8, 2));
  if (!year || !month || !day) return {};
  const Date date(std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                  std::chrono::day(static_cast<unsigned>(*day)));
  if (!date.ok()) return {};
  return date;
}

std::optional<Instant> from_rfc3339(std::string_view text) {
  if (text.size() != 20 || text[10] != 'T' || text[13] != ':' || text[16] != ':' || text[19] != 'Z') return {};
  const auto date = from_iso_date(text.substr(0, 10));
  const auto hour = number(text.substr(11, 2));
  const auto minute = number(text.substr(14, 2));
  const auto second = number(text.substr(17, 2));
  if (!date || !hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 60) return {};
  return Instant(sys_days(*date)) + std::chrono::hours(*hour) + std::chrono::minutes(*minute) + seconds(*second);
}

std::string to_rfc5322_date(Instant instant) {
  constexpr const char* weekdays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = floor<days>(instant);
  const Date date(day);
  const std::chrono::hh_mm_ss time(instant - day);
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} +0000",
                     weekdays[std::chrono::weekday(day).c_encoding()], static_cast<unsigned>(date.day()),
                     months[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
                     time.hours().count(), time.minutes().count(), time.seconds().count());
}

std::optional<Promise> parse_promise(std::string_view text) {
  const std::string squeezed = squeeze(text);
  std::vector<std::string_view> words = split(squeezed, ' ');
  if (words.size() < 2 || words.size() > 3) return {};
  const auto count = number(words[0]);
  if (!count || *count == 0 || *count > 3650) return {};
  const std::string_view unit = words.back();
  const bool day = unit == "day" || unit == "days";
  const bool week = unit == "week" || unit == "weeks";
  if (words.size() == 3) {
    if (words[1] != "working" || !day) return {};
    return Promise{*count, true};
  }
  if (week && *count <= 520) return Promise{*count * 7, false};
  if (day) return Promise{*count, false};
  return {};
}

std::string to_string(const Promise& promise) {
  return fmt::format("{} {}day{}", promise.days, promise.working ? "working " : "", promise.days == 1 ? "" : "s");
}

Calendar::Calendar(std::string zone, std::vector<Date> holidays)
    : zone_(std::move(zone)), holidays_(std::move(holidays)) {}

Result<Calendar> Calendar::create(std::string zone, std::vector<Date> holidays) {
  if (*zone_named(zone) == icu::TimeZone::getUnknown()) {
    return fail(ErrorKind::configuration, fmt::format("unknown time zone '{}'", shorten(zone, 60)),
                "an IANA name such as Europe/Amsterdam");
  }
  return Calendar(std::move(zone), std::move(holidays));
}

Date Calendar::local_date(Instant instant) const {
  return Date(floor<days>(instant + offset_at(zone_, instant, false)));
}

std::string Calendar::local_time(Instant instant) const {
  const std::string local = to_rfc3339(instant + offset_at(zone_, instant, false));
  return local.substr(0, 10) + " " + local.substr(11, 5);
}

bool Calendar::is_working_day(Date date) const {
  const std::chrono::weekday weekday{sys_days(date)};
  return weekday != std::chrono::Saturday && weekday != std::chrono::Sunday &&
         std::find(holidays_.begin(), holidays_.end(), date) == holidays_.end();
}

Instant Calendar::due(Instant from, const Promise& promise) const {
  auto day = sys_days(local_date(from));
  for (int left = promise.days; left > 0;) {
    day += days(1);
    if (!promise.working || is_working_day(Date(day))) --left;
  }
  const Instant local_end = Instant(day) + days(1) - seconds(1);
  return local_end - offset_at(zone_, local_end, true);
}

} // namespace cvdesk
