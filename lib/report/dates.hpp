// Dates and spans of days in running text, in four languages.
#pragma once

#include "core/time.hpp"

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace cvdesk::report {

struct FoundDate {
  Date date;
  std::size_t begin = 0;
  std::size_t end = 0;
};

// `folded` text; a date without a year, and a day of the week, is the next one after `sent`.
// Day before month in "3/12/2026", unless only the other way round is a date.
std::vector<FoundDate> find_dates(std::string_view folded, std::optional<Date> sent);

struct FoundDays {
  int days = 0;
  std::size_t begin = 0;
  std::size_t end = 0;
};

// "90 days", "negentig dagen", "6 Wochen" (42), "trois mois" (90), "a fortnight" (14), "une semaine" (7).
std::vector<FoundDays> find_days(std::string_view folded);

} // namespace cvdesk::report
