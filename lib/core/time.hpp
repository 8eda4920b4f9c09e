// Time: UTC seconds inside, the organisation's time zone outside.
#pragma once

#include "core/result.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cvdesk {

using Instant = std::chrono::sys_seconds;
using Date = std::chrono::year_month_day;

Instant now();
std::int64_t to_unix(Instant instant);
Instant from_unix(std::int64_t seconds);

std::string to_rfc3339(Instant instant); // "2026-11-22T10:00:00Z"
std::optional<Instant> from_rfc3339(std::string_view text);
std::string to_iso_date(Date date); // "2026-11-22"
std::optional<Date> from_iso_date(std::string_view text);
std::string to_rfc5322_date(Instant instant); // "Sun, 22 Nov 2026 10:00:00 +0000"

// A span that a policy promises: calendar days or working days (Monday to Friday, no holiday).
struct Promise {
  int days = 0;
  bool working = false;
  friend bool operator==(const Promise&, const Promise&) = default;
};
// "1 working day", "3 working days", "60 days", "8 weeks". Unset: not of that form, or over ten years.
std::optional<Promise> parse_promise(std::string_view text);
std::string to_string(const Promise& promise);

// The organisation's calendar. Days are counted whole, from the day after: a promise of one working day
// made on a Friday ends with the Monday (its last second, in the organisation's zone).
class Calendar {
public:
  // Fails (configuration) when ICU does not know the IANA zone.
  static Result<Calendar> create(std::string zone, std::vector<Date> holidays);

  Instant due(Instant from, const Promise& promise) const;
  Date local_date(Instant instant) const;
  std::string local_time(Instant instant) const; // "2026-11-22 11:00"
  bool is_working_day(Date date) const;

private:
  Calendar(std::string zone, std::vector<Date> holidays);
  std::string zone_;
  std::vector<Date> holidays_;
};

} // namespace cvdesk
