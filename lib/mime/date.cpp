#include "core/text.hpp"
#include "mime/header_text.hpp"
#include "mime/syntax.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace cvdesk::mime {

namespace {

constexpr std::size_t most_bytes = 300;

struct Parts {
  std::optional<int> year;
  std::optional<int> month;
  std::optional<int> day;
  std::optional<std::chrono::seconds> time;
  std::chrono::seconds offset{0};
};

std::optional<int> number(std::string_view digits) {
  int value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (digits.empty() || digits.size() > 4 || error != std::errc{} || end != digits.data() + digits.size())
    return {};
  if (value < 0) return {};
  return value;
}

std::optional<int> month_named(std::string_view word) {
  constexpr std::array names = {"jan", "feb", "mar", "apr", "may", "jun",
                                "jul", "aug", "sep", "oct", "nov", "dec"};
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (word.size() >= 3 && starts_with_ignoring_case(word, names[i])) return static_cast<int>(i) + 1;
  }
  return {};
}

// Years of two and three digits: RFC 5322, 4.3.
int full_year(int year, std::size_t digits) {
  if (digits == 2) return year + (year < 50 ? 2000 : 1900);
  if (digits == 3) return year + 1900;
  return year;
}

std::optional<std::chrono::seconds> clock(std::string_view word) {
  word = word.substr(0, word.find_last_of(':') != std::string_view::npos ? word.find('.', word.rfind(':'))
                                                                         : word.size());
  const auto pieces = split(word, ':');
  if (pieces.size() < 2 || pieces.size() > 3) return {};
  const auto hour = number(pieces[0]);
  const auto minute = number(pieces[1]);
  const auto second = pieces.size() == 3 ? number(pieces[2]) : std::optional<int>(0);
  if (!hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 60) return {};
  return std::chrono::hours(*hour) + std::chrono::minutes(*minute) + std::chrono::seconds(*second);
}

// +hhmm, -hhmm, +hh:mm. Unset: not of that form; what is out of range counts as -0000.
std::optional<std::chrono::seconds> numeric_zone(std::string_view word) {
  if (word.size() < 5 || (word[0] != '+' && word[0] != '-')) return {};
  std::string digits(word.substr(1));
  std::erase(digits, ':');
  const auto value = number(digits);
  if (digits.size() != 4 || !value) return {};
  if (*value / 100 > 23 || *value % 100 > 59) return std::chrono::seconds(0);
  const auto offset = std::chrono::hours(*value / 100) + std::chrono::minutes(*value % 100);
  return word[0] == '-' ? -offset : offset;
}

std::chrono::seconds named_zone(std::string_view word) {
  constexpr std::array<std::pair<std::string_view, int>, 8> zones = {{{"EST", -5},
                                                                      {"EDT", -4},
                                                                      {"CST", -6},
                                                                      {"CDT", -5},
                                                                      {"MST", -7},
                                                                      {"MDT", -6},
                                                                      {"PST", -8},
                                                                      {"PDT", -7}}};
  for (const auto& [name, hours] : zones) {
    if (equal_ignoring_case(word, name)) return std::chrono::hours(hours);
  }
  return {}; // RFC 5322, 4.3: whatever else there is, is -0000
}

void take_digits(std::string_view word, Parts& parts) {
  const auto value = number(word);
  if (!value) return;
  if (!parts.day && word.size() <= 2) {
    parts.day = value;
  } else if (!parts.year) {
    parts.year = full_year(*value, word.size());
  }
}

bool take_iso_date(std::string_view word, Parts& parts) {
  const auto date = from_iso_date(word.substr(0, 10));
  if (!date) return false;
  parts.year = static_cast<int>(date->year());
  parts.month = static_cast<int>(static_cast<unsigned>(date->month()));
  parts.day = static_cast<int>(static_cast<unsigned>(date->day()));
  return true;
}

void take_time(std::string_view word, Parts& parts) {
  // 10:00:00+01:00, 10:00:00Z
  const auto zone = word.find_first_of("+-Zz", 1);
  parts.time = clock(word.substr(0, zone));
  if (zone == std::string_view::npos) return;
  if (const auto offset = numeric_zone(word.substr(zone))) parts.offset = *offset;
}

void take_word(std::string_view word, Parts& parts) {
  if (take_iso_date(word, parts)) {
    if (word.size() > 11) take_time(word.substr(11), parts);
  } else if (const auto offset = numeric_zone(word); offset && parts.time) {
    parts.offset = *offset;
  } else if (word.find(':') != std::string_view::npos && !parts.time) {
    take_time(word, parts);
  } else if (word.find('-') != std::string_view::npos && word[0] >= '0' && word[0] <= '9') { // 22-Nov-2026
    for (const auto piece : split(word, '-')) {
      if (const auto month = month_named(piece)) parts.month = month;
      take_digits(piece, parts);
    }
  } else if (const auto month = month_named(word); month && !parts.month) {
    parts.month = month;
  } else if (word[0] >= '0' && word[0] <= '9') {
    take_digits(word, parts);
  } else if (parts.time && parts.offset.count() == 0) {
    parts.offset = named_zone(word);
  }
}

} // namespace

std::optional<Instant> parse_date(std::string_view body) {
  std::string text = without_comments(body.substr(0, most_bytes));
  std::replace(text.begin(), text.end(), ',', ' ');
  const std::string squeezed = squeeze(text);
  Parts parts;
  for (const auto word : split(squeezed, ' ')) {
    if (!word.empty()) take_word(word, parts);
  }
  if (!parts.year || !parts.month || !parts.day || !parts.time || *parts.year < 1900 || *parts.year > 9999)
    return {};
  const Date date(std::chrono::year(*parts.year), std::chrono::month(static_cast<unsigned>(*parts.month)),
                  std::chrono::day(static_cast<unsigned>(*parts.day)));
  if (!date.ok()) return {};
  return Instant(std::chrono::sys_days(date)) + *parts.time - parts.offset;
}

} // namespace cvdesk::mime
