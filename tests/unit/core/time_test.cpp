#include "core/time.hpp"

#include <catch2/catch.hpp>

using namespace cvdesk;

namespace {

Instant at(std::string_view text) {
  const auto instant = from_rfc3339(text);
  REQUIRE(instant);
  return *instant;
}

Date day(std::string_view text) {
  const auto date = from_iso_date(text);
  REQUIRE(date);
  return *date;
}

Calendar amsterdam(const std::vector<Date>& holidays = {}) {
  auto calendar = Calendar::create("Europe/Amsterdam", holidays);
  REQUIRE(calendar);
  return *calendar;
}

std::string due(const Calendar& calendar, std::string_view from, const Promise& promise) {
  return to_rfc3339(calendar.due(at(from), promise));
}

} // namespace

TEST_CASE("an instant survives being written and read as RFC 3339") {
  for (const std::int64_t seconds : {std::int64_t{0}, std::int64_t{951'782'400}, std::int64_t{1'795'341'600},
                                     std::int64_t{4'102'444'799}, std::int64_t{-1}, std::int64_t{253'402'300'799}}) {
    const std::string text = to_rfc3339(from_unix(seconds));
    CAPTURE(text);
    REQUIRE(from_rfc3339(text));
    CHECK(to_unix(*from_rfc3339(text)) == seconds);
  }
  CHECK(to_rfc3339(from_unix(1'795'341'600)) == "2026-11-22T10:00:00Z");
}

TEST_CASE("what is no UTC time of RFC 3339 is not read as one") {
  for (const std::string_view bad :
       {"", "2026-11-22", "2026-11-22T10:00:00", "2026-11-22T10:00:00+01:00", "2026-02-29T10:00:00Z", "2026-13-01T10:00:00Z",
        "2026-11-22T24:00:00Z", "2026-11-22T10:60:00Z", "2026-11-22 10:00:00Z", "2026-11-22T10:00:00.5Z", "2026-11-22T-0:00:00Z",
        "2026-11-22T10:+1:00Z", "-026-11-22T10:00:00Z", "-000-11-22T10:00:00Z", " 2026-11-22T10:00:0Z"}) {
    CAPTURE(bad);
    CHECK_FALSE(from_rfc3339(bad));
  }
}

TEST_CASE("dates are read strictly") {
  CHECK(to_iso_date(day("2028-02-29")) == "2028-02-29");
  for (const std::string_view bad : {"2026-02-29", "2026-2-29", "2026/02/28", "26-02-28", "2026-00-10", "2026-01-00", "2026-01-32",
                                     "2026-01-1x", "-000-01-01", "2026-+1-01"}) {
    CAPTURE(bad);
    CHECK_FALSE(from_iso_date(bad));
  }
}

TEST_CASE("an RFC 5322 date names the weekday and UTC") {
  CHECK(to_rfc5322_date(at("2026-11-22T10:00:00Z")) == "Sun, 22 Nov 2026 10:00:00 +0000");
  CHECK(to_rfc5322_date(at("2024-02-29T23:59:59Z")) == "Thu, 29 Feb 2024 23:59:59 +0000");
  CHECK(to_rfc5322_date(from_unix(0)) == "Thu, 01 Jan 1970 00:00:00 +0000");
}

TEST_CASE("promises are read in the words of a policy") {
  CHECK(parse_promise("1 working day") == Promise{1, true});
  CHECK(parse_promise(" 3  working days ") == Promise{3, true});
  CHECK(parse_promise("60 days") == Promise{60, false});
  CHECK(parse_promise("8 weeks") == Promise{56, false});
  CHECK(parse_promise("3650 days") == Promise{3650, false});
  for (const std::string_view bad : {"", "days", "0 days", "-1 days", "1.5 days", "+2 days", "1 working week", "3 business days", "1 month",
                                     "3651 days", "522 weeks", "99999999999 days", "1 day more or less", "one day", "3 working"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_promise(bad));
  }
}

TEST_CASE("a promise is written as it is read") {
  for (const auto& promise : {Promise{1, true}, Promise{3, true}, Promise{1, false}, Promise{60, false}}) {
    CHECK(parse_promise(to_string(promise)) == promise);
  }
  CHECK(to_string(Promise{1, true}) == "1 working day");
}

TEST_CASE("a calendar of an unknown zone is a mistake in the configuration") {
  for (const std::string zone : {"Europe/Zonnedam", "", "Mars", "GMT+99"}) {
    const auto calendar = Calendar::create(zone, {});
    CAPTURE(zone);
    REQUIRE_FALSE(calendar);
    CHECK(calendar.error().kind == ErrorKind::configuration);
  }
}

TEST_CASE("working days skip the weekend") {
  const auto calendar = amsterdam();
  CHECK(due(calendar, "2026-11-20T10:00:00Z", {1, true}) == "2026-11-23T22:59:59Z"); // Friday → Monday
  CHECK(due(calendar, "2026-11-21T10:00:00Z", {1, true}) == "2026-11-23T22:59:59Z"); // Saturday → Monday
  CHECK(due(calendar, "2026-11-22T10:00:00Z", {1, true}) == "2026-11-23T22:59:59Z"); // Sunday → Monday
  CHECK(due(calendar, "2026-11-19T10:00:00Z", {1, true}) == "2026-11-20T22:59:59Z"); // Thursday → Friday
  CHECK(due(calendar, "2026-11-18T10:00:00Z", {3, true}) == "2026-11-23T22:59:59Z");
  CHECK(due(calendar, "2026-11-20T10:00:00Z", {1, false}) == "2026-11-21T22:59:59Z"); // calendar days do not
}

TEST_CASE("the day begins in the zone of the organisation") {
  const auto calendar = amsterdam();
  CHECK(due(calendar, "2026-11-19T23:30:00Z", {1, true}) == "2026-11-23T22:59:59Z"); // Friday there already
  CHECK(due(calendar, "2026-11-19T22:59:59Z", {1, true}) == "2026-11-20T22:59:59Z");
  CHECK(calendar.local_date(at("2026-12-31T23:00:00Z")) == day("2027-01-01"));
  CHECK(calendar.local_date(at("2026-12-31T22:59:59Z")) == day("2026-12-31"));
  CHECK(calendar.local_time(at("2026-07-01T10:00:00Z")) == "2026-07-01 12:00");
  CHECK(calendar.local_time(at("2026-12-01T10:00:00Z")) == "2026-12-01 11:00");
}

TEST_CASE("working days skip holidays, over the turn of the year too") {
  const auto calendar = amsterdam({day("2026-12-25"), day("2026-12-26"), day("2027-01-01")});
  CHECK_FALSE(calendar.is_working_day(day("2026-12-25")));
  CHECK(calendar.is_working_day(day("2026-12-24")));
  CHECK_FALSE(calendar.is_working_day(day("2026-12-27")));
  CHECK(due(calendar, "2026-12-24T10:00:00Z", {1, true}) == "2026-12-28T22:59:59Z");
  CHECK(due(calendar, "2026-12-31T10:00:00Z", {1, true}) == "2027-01-04T22:59:59Z");
  CHECK(due(calendar, "2026-12-30T10:00:00Z", {3, true}) == "2027-01-05T22:59:59Z");
  CHECK(due(calendar, "2026-12-01T10:00:00Z", {60, false}) == "2027-01-30T22:59:59Z");
}

TEST_CASE("a promise ends at midnight there, on either side of a clock change") {
  const auto calendar = amsterdam();
  CHECK(due(calendar, "2026-03-27T10:00:00Z", {1, true}) == "2026-03-30T21:59:59Z");  // into summer time
  CHECK(due(calendar, "2026-03-28T10:00:00Z", {1, false}) == "2026-03-29T21:59:59Z"); // the day itself
  CHECK(due(calendar, "2026-10-23T10:00:00Z", {1, true}) == "2026-10-26T22:59:59Z");  // out of it
  CHECK(due(calendar, "2026-10-24T10:00:00Z", {1, false}) == "2026-10-25T22:59:59Z");
  CHECK(calendar.local_time(at("2026-03-29T00:59:59Z")) == "2026-03-29 01:59");
  CHECK(calendar.local_time(at("2026-03-29T01:00:00Z")) == "2026-03-29 03:00");
  CHECK(calendar.local_time(at("2026-10-25T00:30:00Z")) == "2026-10-25 02:30");
  CHECK(calendar.local_time(at("2026-10-25T01:30:00Z")) == "2026-10-25 02:30");
}

TEST_CASE("zones far from UTC count their own days") {
  const auto kiritimati = Calendar::create("Pacific/Kiritimati", {});
  REQUIRE(kiritimati);
  CHECK(due(*kiritimati, "2026-11-19T11:00:00Z", {1, true}) == "2026-11-23T09:59:59Z"); // Friday 01:00 there
  const auto pago_pago = Calendar::create("Pacific/Pago_Pago", {});
  REQUIRE(pago_pago);
  CHECK(due(*pago_pago, "2026-11-21T10:00:00Z", {1, true}) == "2026-11-24T10:59:59Z"); // Friday 23:00 there
}
