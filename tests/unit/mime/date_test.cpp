#include "mime/header_text.hpp"

#include <catch2/catch.hpp>

using namespace cvdesk;
using namespace cvdesk::mime;

namespace {
std::string at(std::string_view body) {
  const auto date = parse_date(body);
  return date ? to_rfc3339(*date) : "none";
}
} // namespace

TEST_CASE("dates as RFC 5322 has them, also its obsolete forms") {
  CHECK(at("Sun, 22 Nov 2026 10:00:00 +0100") == "2026-11-22T09:00:00Z");
  CHECK(at("22 Nov 2026 10:00 -0530") == "2026-11-22T15:30:00Z");
  CHECK(at("Sun, 22 Nov 26 10:00:00 GMT") == "2026-11-22T10:00:00Z");
  CHECK(at("Fri, 21 Nov 97 09(comment):   55  :  06 -0600") ==
        "none"); // blanks within the time are not understood
  CHECK(at("Fri, 21 Nov 97 09:55:06 EST") == "1997-11-21T14:55:06Z");
  CHECK(at("Fri, 21 Nov 097 09:55:06 Z") == "1997-11-21T09:55:06Z");
  CHECK(at("Sun, 22 Nov 2026 10:00:00 +0100 (CET)") == "2026-11-22T09:00:00Z");
  CHECK(at("Thu, 31 Dec 2026 23:59:60 +0000") == "2027-01-01T00:00:00Z");
}

TEST_CASE("dates as they are found in the wild") {
  CHECK(at("2026-11-22T10:00:00+01:00") == "2026-11-22T09:00:00Z");
  CHECK(at("2026-11-22T10:00:00.123Z") == "2026-11-22T10:00:00Z");
  CHECK(at("2026-11-22 10:00:00 +0100") == "2026-11-22T09:00:00Z");
  CHECK(at("Sun Nov 22 10:00:00 2026") == "2026-11-22T10:00:00Z");
  CHECK(at("22-Nov-2026 10:00:00 +0100") == "2026-11-22T09:00:00Z");
  CHECK(at("Sunday, November 22, 2026 10:00:00") == "2026-11-22T10:00:00Z");
  CHECK(at("Sun, 22 Nov 2026 10:00:00 +9999") == "2026-11-22T10:00:00Z");
  CHECK(at("Sun, 22 Nov 2026 10:00:00") == "2026-11-22T10:00:00Z");
}

TEST_CASE("what is no date is none") {
  for (const auto* body :
       {"", "yesterday", "32 Nov 2026 10:00:00", "30 Feb 2026 10:00:00", "22 Nov 2026", "10:00:00",
        "22 Nov 2026 24:00:00", "22 Nov 2026 10:60:00", "22 Nov 99999 10:00:00", "22 Foo 2026 10:00", ":",
        "-", "+", "2026-11-22T", "22 Nov 0001 10:00:00"}) {
    INFO(body);
    CHECK(at(body) == "none");
  }
  CHECK(at(std::string(100'000, '1')) == "none");
}
