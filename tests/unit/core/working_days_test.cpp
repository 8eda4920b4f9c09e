// Working days in Europe/Amsterdam, as a calendar on the wall gives them: a promise ends with the last second of its
// last day there, 22:59:59 UTC in winter and 21:59:59 in summer (29 March to 25 October 2026, 28 March 2027).
#include "core/time.hpp"

#include <catch2/catch.hpp>

using namespace cvdesk;

namespace {

struct Row {
  std::string_view from;
  Promise promise;
  std::string_view due;
  std::string_view what;
};

constexpr std::string_view holidays[] = {
    "2026-01-01", "2026-04-06", "2026-04-27", "2026-05-05", "2026-05-14", "2026-05-25",
    "2026-12-25", "2026-12-26", "2027-01-01", "2027-03-29",
};

const Row rows[] = {
    {"2026-11-16T09:00:00Z", {1, true}, "2026-11-17T22:59:59Z", "Monday to Tuesday"},
    {"2026-11-16T09:00:00Z", {3, true}, "2026-11-19T22:59:59Z", "Monday to Thursday"},
    {"2026-11-16T09:00:00Z", {5, true}, "2026-11-23T22:59:59Z", "Monday to Monday"},
    {"2026-11-17T09:00:00Z", {4, true}, "2026-11-23T22:59:59Z", "Tuesday over a weekend"},
    {"2026-11-18T09:00:00Z", {3, true}, "2026-11-23T22:59:59Z", "Wednesday over a weekend"},
    {"2026-11-19T09:00:00Z", {1, true}, "2026-11-20T22:59:59Z", "Thursday to Friday"},
    {"2026-11-19T09:00:00Z", {2, true}, "2026-11-23T22:59:59Z", "Thursday to Monday"},
    {"2026-11-20T09:00:00Z", {1, true}, "2026-11-23T22:59:59Z", "Friday to Monday"},
    {"2026-11-20T09:00:00Z", {3, true}, "2026-11-25T22:59:59Z", "Friday to Wednesday"},
    {"2026-11-20T09:00:00Z", {5, true}, "2026-11-27T22:59:59Z", "Friday to Friday"},
    {"2026-11-20T09:00:00Z", {10, true}, "2026-12-04T22:59:59Z", "Friday, two weekends"},
    {"2026-11-21T09:00:00Z", {1, true}, "2026-11-23T22:59:59Z", "Saturday to Monday"},
    {"2026-11-21T09:00:00Z", {3, true}, "2026-11-25T22:59:59Z", "Saturday to Wednesday"},
    {"2026-11-22T09:00:00Z", {1, true}, "2026-11-23T22:59:59Z", "Sunday to Monday"},
    {"2026-11-22T09:00:00Z", {5, true}, "2026-11-27T22:59:59Z", "Sunday to Friday"},
    {"2026-11-20T23:30:00Z", {1, true}, "2026-11-23T22:59:59Z", "Saturday there already"},
    {"2026-11-22T22:59:59Z", {1, true}, "2026-11-23T22:59:59Z", "the last second of Sunday there"},
    {"2026-11-22T23:00:00Z", {1, true}, "2026-11-24T22:59:59Z", "the first second of Monday there"},
    {"2026-07-03T10:00:00Z", {1, true}, "2026-07-06T21:59:59Z", "Friday in summer"},
    {"2026-07-03T21:59:59Z", {1, true}, "2026-07-06T21:59:59Z", "the last second of Friday in summer"},
    {"2026-07-03T22:00:00Z", {1, true}, "2026-07-06T21:59:59Z", "Saturday there already, in summer"},
    {"2026-07-02T21:59:59Z", {1, true}, "2026-07-03T21:59:59Z", "the last second of Thursday in summer"},
    {"2026-07-02T22:00:00Z", {1, true}, "2026-07-06T21:59:59Z", "Friday there already, in summer"},
    {"2026-04-02T10:00:00Z", {1, true}, "2026-04-03T21:59:59Z", "Maundy Thursday: Good Friday is a working day here"},
    {"2026-04-03T10:00:00Z", {1, true}, "2026-04-07T21:59:59Z", "Good Friday over Easter Monday"},
    {"2026-04-04T10:00:00Z", {1, true}, "2026-04-07T21:59:59Z", "Saturday over Easter Monday"},
    {"2026-04-06T10:00:00Z", {1, true}, "2026-04-07T21:59:59Z", "on Easter Monday itself"},
    {"2026-04-24T10:00:00Z", {1, true}, "2026-04-28T21:59:59Z", "over King's Day"},
    {"2026-04-24T10:00:00Z", {5, true}, "2026-05-04T21:59:59Z", "King's Day and two weekends"},
    {"2026-04-30T10:00:00Z", {3, true}, "2026-05-06T21:59:59Z", "over Liberation Day"},
    {"2026-05-13T10:00:00Z", {1, true}, "2026-05-15T21:59:59Z", "over Ascension Day"},
    {"2026-05-13T10:00:00Z", {2, true}, "2026-05-18T21:59:59Z", "Ascension Day and a weekend"},
    {"2026-05-22T10:00:00Z", {1, true}, "2026-05-26T21:59:59Z", "over Whit Monday"},
    {"2026-12-24T10:00:00Z", {1, true}, "2026-12-28T22:59:59Z", "over Christmas, the second day of which is a Saturday"},
    {"2026-12-23T10:00:00Z", {3, true}, "2026-12-29T22:59:59Z", "over Christmas"},
    {"2026-12-18T10:00:00Z", {10, true}, "2027-01-05T22:59:59Z", "over Christmas and New Year"},
    {"2026-12-29T10:00:00Z", {5, true}, "2027-01-06T22:59:59Z", "over New Year"},
    {"2026-12-31T10:00:00Z", {1, true}, "2027-01-04T22:59:59Z", "the last day of the year"},
    {"2026-12-31T23:30:00Z", {1, true}, "2027-01-04T22:59:59Z", "New Year's Day there already"},
    {"2027-03-25T10:00:00Z", {2, true}, "2027-03-30T21:59:59Z", "a clock change on Easter Sunday"},
    {"2027-03-26T10:00:00Z", {1, true}, "2027-03-30T21:59:59Z", "Good Friday, a clock change, Easter Monday"},
    {"2026-03-27T10:00:00Z", {1, true}, "2026-03-30T21:59:59Z", "Friday into summer time"},
    {"2026-03-27T10:00:00Z", {1, false}, "2026-03-28T22:59:59Z", "the day before summer time"},
    {"2026-03-28T10:00:00Z", {1, false}, "2026-03-29T21:59:59Z", "the day of 23 hours"},
    {"2026-03-29T00:59:59Z", {1, true}, "2026-03-30T21:59:59Z", "a second before the hour that is not there"},
    {"2026-03-29T01:00:00Z", {1, true}, "2026-03-30T21:59:59Z", "a second after it"},
    {"2026-03-29T21:59:59Z", {1, true}, "2026-03-30T21:59:59Z", "the last second of that Sunday"},
    {"2026-03-29T22:00:00Z", {1, true}, "2026-03-31T21:59:59Z", "the first second of the Monday"},
    {"2026-10-23T10:00:00Z", {1, true}, "2026-10-26T22:59:59Z", "Friday out of summer time"},
    {"2026-10-23T10:00:00Z", {1, false}, "2026-10-24T21:59:59Z", "the last day of summer time"},
    {"2026-10-24T10:00:00Z", {1, false}, "2026-10-25T22:59:59Z", "the day of 25 hours"},
    {"2026-10-24T22:30:00Z", {1, false}, "2026-10-26T22:59:59Z", "half an hour into the day of 25 hours"},
    {"2026-10-25T00:30:00Z", {1, true}, "2026-10-26T22:59:59Z", "half past two for the first time"},
    {"2026-10-25T01:30:00Z", {1, true}, "2026-10-26T22:59:59Z", "half past two for the second time"},
    {"2026-10-25T22:59:59Z", {1, true}, "2026-10-26T22:59:59Z", "the last second of that Sunday"},
    {"2026-10-25T23:00:00Z", {1, true}, "2026-10-27T22:59:59Z", "the first second of the Monday"},
    {"2026-08-31T10:00:00Z", {60, false}, "2026-10-30T22:59:59Z", "sixty days out of summer time"},
    {"2026-02-01T10:00:00Z", {60, false}, "2026-04-02T21:59:59Z", "sixty days into summer time"},
    {"2026-09-07T10:00:00Z", {56, false}, "2026-11-02T22:59:59Z", "eight weeks"},
    {"2028-02-28T10:00:00Z", {1, true}, "2028-02-29T22:59:59Z", "to the day that is there every four years"},
};

} // namespace

TEST_CASE("promises end when the calendar on the wall says so") {
  std::vector<Date> days;
  for (const auto day : holidays) days.push_back(from_iso_date(day).value());
  const auto calendar = Calendar::create("Europe/Amsterdam", days);
  REQUIRE(calendar);
  for (const auto& row : rows) {
    CAPTURE(row.what, row.from);
    CHECK(to_rfc3339(calendar->due(from_rfc3339(row.from).value(), row.promise)) == row.due);
  }
}
