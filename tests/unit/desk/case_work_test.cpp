#include "desk_world.hpp"

#include "core/text.hpp"
#include "desk/case_work.hpp"
#include "store/audit.hpp"

#include <catch2/catch.hpp>

using namespace cvdesk;
using namespace cvdesk::desk;
using testing::DeskWorld;
using testing::report_from;

namespace {

struct OneCase {
  OneCase() : reference(*world.record(report_from()).reference) {}
  Sheet sheet() { return DeskWorld::must(sheet_from_json(world.case_of(reference).sheet)); }
  Result<void> set(std::string key, std::string value) { return desk::set(*world, reference, {{std::move(key), std::move(value)}}, "jan"); }
  std::optional<Instant> met(std::string_view name) {
    const auto id = world.case_of(reference).id;
    for (const auto& deadline : world.read([&](store::View& view) { return store::deadlines(view, id); })) {
      if (deadline.name == name) return deadline.met;
    }
    throw std::runtime_error("no such deadline");
  }
  DeskWorld world;
  std::string reference;
};

std::optional<ErrorKind> kind_of(const Result<void>& result) {
  return result ? std::nullopt : std::optional(result.error().kind);
}

} // namespace

TEST_CASE("a case is found however its reference is written") {
  OneCase one;
  const std::string number = one.reference.substr(9);
  for (const std::string& written : {one.reference, ascii_lower(one.reference), "[" + one.reference + "]", " " + one.reference + " ", number, std::string("1")}) {
    CAPTURE(written);
    const auto found = find_case(*one.world, written);
    REQUIRE(found);
    CHECK(found->reference == one.reference);
  }
  for (const std::string& wrong : {std::string("2"), std::string(), std::string("999999"), std::string("99999999999999999999"), std::string("CVD-2026-1"),
                                   std::string("CVD-0000-0001"), std::string("-1"), std::string("%"), std::string(100'000, '1'), std::string("\x1B[2J")}) {
    const auto found = find_case(*one.world, wrong);
    REQUIRE_FALSE(found);
    CHECK(found.error().kind == ErrorKind::not_found);
    CHECK(found.error().what.size() < 200);
    CHECK(found.error().what.find('\x1B') == std::string::npos);
  }
}

TEST_CASE("whoever takes a case is noted, and in the audit trail") {
  OneCase one;
  REQUIRE(assign(*one.world, one.reference, " Jan  de Vries ", "piet"));
  CHECK(one.sheet().assignee == "Jan de Vries");
  CHECK(one.world.actions(one.reference).back() == "assigned");
  CHECK(kind_of(assign(*one.world, one.reference, " ", "piet")) == ErrorKind::usage);
  CHECK(kind_of(assign(*one.world, one.reference, "a\nb", "piet")) == ErrorKind::usage);
  CHECK(kind_of(assign(*one.world, one.reference, std::string(101, 'x'), "piet")) == ErrorKind::usage);
  CHECK(kind_of(assign(*one.world, "CVD-1999-0001", "jan", "piet")) == ErrorKind::not_found);
}

TEST_CASE("each key takes values of its form and loses them again") {
  OneCase one;
  REQUIRE(one.set("title", "  A  better title "));
  CHECK(one.sheet().title == "A better title");
  REQUIRE(one.set("severity", "critical"));
  CHECK(one.sheet().severity == "critical");
  REQUIRE(one.set("severity", ""));
  CHECK_FALSE(one.sheet().severity);
  REQUIRE(one.set("cwe", "cwe-79, CWE-352"));
  CHECK(one.sheet().cwe == std::vector<std::string>{"CWE-79", "CWE-352"});
  REQUIRE(one.set("cwe", ""));
  CHECK_FALSE(one.sheet().cwe);
  REQUIRE(one.set("cve", "cve-2026-12345"));
  CHECK(one.sheet().cve == std::vector<std::string>{"CVE-2026-12345"});
  REQUIRE(one.set("cvss", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"));
  CHECK(one.sheet().cvss->size() == 1);
  REQUIRE(one.set("disclose_on", "2027-01-14"));
  CHECK(one.sheet().disclose_on == from_iso_date("2027-01-14"));
  REQUIRE(one.set("disclose_on", ""));
  CHECK_FALSE(one.sheet().disclose_on);
  REQUIRE(one.set("language", "de"));
  CHECK(one.sheet().language == "de");
}

TEST_CASE("a value that is not of its form changes nothing") {
  OneCase one;
  const auto before = one.world.case_of(one.reference).sheet;
  for (const auto& [key, value] : std::vector<Setting>{{"title", " "}, {"title", "a\nb"}, {"title", "caf\xE9"}, {"title", std::string(1001, 'x')},
                                                       {"status", "open"}, {"status", "closed"}, {"status", ""}, {"severity", "urgent"},
                                                       {"cwe", "79"}, {"cwe", "CWE-"}, {"cwe", "CWE-7x"}, {"cve", "CVE-2026"}, {"cve", "CVE-2026-"},
                                                       {"cve", "CVE--1"}, {"cvss", "9.8"}, {"cvss", "AV:"}, {"disclose_on", "2026-02-30"},
                                                       {"disclose_on", "soon"}, {"language", "dutch"}, {"language", "N!"}, {"language", "1!"},
                                                       {"colour", "red"}, {"", ""}}) {
    CAPTURE(key, value);
    CHECK(kind_of(one.set(key, value)) == ErrorKind::usage);
  }
  CHECK(one.world.case_of(one.reference).sheet == before);
  CHECK(kind_of(desk::set(*one.world, one.reference, {{"title", "new"}, {"severity", "urgent"}}, "jan")) == ErrorKind::usage);
  CHECK(one.world.case_of(one.reference).sheet == before); // all or nothing
}

TEST_CASE("the clocks follow the status") {
  OneCase one;
  REQUIRE(one.set("status", "acknowledged"));
  CHECK(one.met("acknowledge"));
  CHECK_FALSE(one.met("assess"));
  REQUIRE(one.set("status", "resolved"));
  CHECK(one.met("assess"));
  CHECK(one.met("resolve"));
  REQUIRE(one.set("status", "assessed"));
  CHECK(one.met("assess"));
  CHECK_FALSE(one.met("resolve"));
  REQUIRE(one.set("status", "new"));
  CHECK(one.met("acknowledge")); // what was sent cannot be unsent
  CHECK_FALSE(one.met("assess"));
}

TEST_CASE("a case is closed for a reason and reopened as assessed") {
  OneCase one;
  CHECK(kind_of(desk::close(*one.world, one.reference, "done", "jan")) == ErrorKind::usage);
  CHECK(kind_of(reopen(*one.world, one.reference, "jan")) == ErrorKind::refused);
  REQUIRE(desk::close(*one.world, one.reference, "fixed", "jan"));
  CHECK(one.world.case_of(one.reference).status == "closed");
  CHECK(one.world.case_of(one.reference).resolution == "fixed");
  CHECK(kind_of(desk::close(*one.world, one.reference, "spam", "jan")) == ErrorKind::refused);
  REQUIRE(reopen(*one.world, one.reference, "jan"));
  CHECK(one.world.case_of(one.reference).status == "assessed");
  CHECK_FALSE(one.world.case_of(one.reference).resolution);
  CHECK_FALSE(one.met("resolve"));
  CHECK(one.world.actions(one.reference).back() == "reopened");
}

TEST_CASE("a note is kept sealed, within its bounds") {
  OneCase one;
  REQUIRE(note(*one.world, one.reference, "  called the reporter\n", "jan"));
  const auto id = one.world.case_of(one.reference).id;
  const auto events = one.world.read([&](store::View& view) { return store::events(view, id); });
  CHECK(events.back().detail == "called the reporter");
  CHECK(events.back().actor == "jan");
  CHECK(kind_of(note(*one.world, one.reference, " \n", "jan")) == ErrorKind::usage);
  CHECK(kind_of(note(*one.world, one.reference, std::string(64 * 1024 + 1, 'x'), "jan")) == ErrorKind::usage);
  CHECK(kind_of(note(*one.world, one.reference, "caf\xE9", "jan")) == ErrorKind::usage);
  CHECK(note(*one.world, one.reference, std::string(64 * 1024, 'x'), "jan"));
}

TEST_CASE("nothing can be done to an erased case, and it says so") {
  OneCase one;
  one.world.run_sql("UPDATE data_keys SET wrapped = NULL");
  REQUIRE(find_case(*one.world, one.reference));
  CHECK(kind_of(note(*one.world, one.reference, "x", "jan")) == ErrorKind::refused);
  CHECK(kind_of(one.set("title", "x")) == ErrorKind::refused);
  CHECK(kind_of(desk::close(*one.world, one.reference, "fixed", "jan")) == ErrorKind::refused);
}
