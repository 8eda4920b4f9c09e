#include "report/dates.hpp"
#include "sentence.hpp"

#include <catch2/catch.hpp>

using namespace cvdesk::report::test;
using cvdesk::Date;
using cvdesk::report::find_dates;
using cvdesk::report::find_days;

namespace {

Date day(int y, unsigned m, unsigned d) { return {std::chrono::year(y), std::chrono::month(m), std::chrono::day(d)}; }

std::string announced(const std::string& text) {
  const auto disclosure = facts_of("Hello,\n\nXSS on https://a.zonnedam.example/x.\n" + text + "\n\nNoor Visser").disclosure;
  if (disclosure.date) return cvdesk::to_iso_date(*disclosure.date);
  return disclosure.days ? std::to_string(*disclosure.days) : "";
}

} // namespace

TEST_CASE("dates are read in four languages, without a year as the next one") {
  const auto sent = day(2026, 11, 10);
  const auto first = [&](const char* text) { return find_dates(text, sent).at(0).date; };
  CHECK(first("on 3 march 2027") == day(2027, 3, 3));
  CHECK(first("march 3rd, 2027") == day(2027, 3, 3));
  CHECK(first("op 15 januari") == day(2027, 1, 15));
  CHECK(first("am 1. dezember 2026") == day(2026, 12, 1));
  CHECK(first("le 1er fevrier 2027") == day(2027, 2, 1));
  CHECK(first("le 12 aout 2027") == day(2027, 8, 12));
  CHECK(first("2026-12-24") == day(2026, 12, 24));
  CHECK(first("20.12.2026") == day(2026, 12, 20));
  CHECK(first("next friday") == day(2026, 11, 13));
  CHECK(find_dates("31 february 2027", sent).empty());
}

TEST_CASE("weeks and months become days") {
  CHECK(find_days("within 90 days").at(0).days == 90);
  CHECK(find_days("over zes weken").at(0).days == 42);
  CHECK(find_days("in drei monaten").at(0).days == 90);
  CHECK(find_days("dans huit semaines").at(0).days == 56);
}

TEST_CASE("only what is announced for publication counts") {
  CHECK(announced("I will publish on 15 January 2027.") == "2027-01-15");
  CHECK(announced("We schuiven de publicatie op van 15 november naar 1 december 2026.") == "2026-12-01");
  CHECK(announced("I follow a 90-day disclosure deadline.") == "90");
  CHECK(announced("I found it on 3 November 2026 and have no plans to publish.").empty());
  CHECK(announced("Please reply within 7 days.").empty());
  CHECK(announced("I will delete my notes within 30 days.").empty());
  CHECK(announced("CVE details were published on 5 December 2026.").empty());
}
