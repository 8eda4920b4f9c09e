#include "desk/sheet.hpp"

#include <catch2/catch.hpp>

using namespace cvdesk;
using namespace cvdesk::desk;

TEST_CASE("a sheet survives being written") {
  Sheet sheet;
  sheet.title = "Gat in de wiki: \"één\" \\ \n 😀";
  sheet.language = "nl";
  sheet.severity = "high";
  sheet.assignee = "jan";
  sheet.cwe = {"CWE-79", "CWE-352"};
  sheet.cve = std::vector<std::string>{};
  sheet.cvss = {"CVSS:3.1/AV:N"};
  sheet.disclose_on = from_iso_date("2027-01-14");
  const auto back = sheet_from_json(to_json(sheet));
  REQUIRE(back);
  CHECK(back->title == sheet.title);
  CHECK(back->language == sheet.language);
  CHECK(back->severity == sheet.severity);
  CHECK(back->assignee == sheet.assignee);
  CHECK(back->cwe == sheet.cwe);
  CHECK(back->cve == sheet.cve); // set to none by hand is not the same as never set
  CHECK(back->cvss == sheet.cvss);
  CHECK(back->disclose_on == sheet.disclose_on);
}

TEST_CASE("what was never set stays unset") {
  const auto back = sheet_from_json(to_json(Sheet{"title", {}, {}, {}, {}, {}, {}, {}, {}}));
  REQUIRE(back);
  CHECK_FALSE(back->language);
  CHECK_FALSE(back->severity);
  CHECK_FALSE(back->assignee);
  CHECK_FALSE(back->cwe);
  CHECK_FALSE(back->disclose_on);
}

TEST_CASE("a title that is no UTF-8 is mended, not thrown about") {
  const auto back = sheet_from_json(to_json(Sheet{"caf\xE9", {}, {}, {}, {}, {}, {}, {}, {}}));
  REQUIRE(back);
  CHECK(back->title == "caf\uFFFD");
}

TEST_CASE("the sheet of an erased case is empty") {
  const auto sheet = sheet_from_json("");
  REQUIRE(sheet);
  CHECK(sheet->title.empty());
}

TEST_CASE("what is no sheet is damage, not an exception") {
  for (const std::string_view bad : {"{", "null", "[]", "{}", "5", "{\"title\":5}", "{\"title\":\"x\",\"cwe\":\"CWE-79\"}",
                                     "{\"title\":\"x\",\"cwe\":[5]}", "{\"title\":\"x\",\"disclose_on\":5}", "{\"title\":\"\xFF\"}",
                                     "{\"title\":\"x\"} more"}) {
    const auto sheet = sheet_from_json(bad);
    CAPTURE(bad);
    REQUIRE_FALSE(sheet);
    CHECK(sheet.error().kind == ErrorKind::corrupt);
  }
  CHECK_FALSE(sheet_from_json(std::string(100'000, '[')));
}
