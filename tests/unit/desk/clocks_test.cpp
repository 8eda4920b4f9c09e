#include "desk_world.hpp"

#include "desk/case_work.hpp"
#include "desk/clocks.hpp"
#include "desk/exploited.hpp"

#include <catch2/catch.hpp>

using namespace cvdesk;
using namespace cvdesk::desk;
using std::chrono::hours;
using testing::DeskWorld;
using testing::report_from;

namespace {

struct OneCase {
  OneCase() : reference(*world.record(report_from()).reference) {}
  std::optional<store::Deadline> clock(std::string_view name) {
    const auto id = world.case_of(reference).id;
    for (const auto& deadline : world.read([&](store::View& view) { return store::deadlines(view, id); })) {
      if (deadline.name == name) return deadline;
    }
    return {};
  }
  void move(std::string_view name, Instant due, std::optional<Instant> met = {}) {
    world.run_sql("UPDATE deadlines SET due_at = " + std::to_string(to_unix(due)) +
                  ", met_at = " + (met ? std::to_string(to_unix(*met)) : "NULL") + " WHERE name = '" + std::string(name) + "'");
  }
  DeskWorld world;
  std::string reference;
};

std::optional<ErrorKind> kind_of(const Result<void>& result) {
  return result ? std::nullopt : std::optional(result.error().kind);
}

} // namespace

TEST_CASE("the clocks that run are listed over all cases, the nearest first") {
  OneCase one;
  const auto other = *one.world.record(report_from("sam@reporter.example")).reference;
  one.move("assess", now() - hours(1));
  const auto clocks = DeskWorld::must(running_clocks(*one.world));
  REQUIRE(clocks.size() == 6);
  CHECK(clocks[0].name == "assess");
  CHECK(std::is_sorted(clocks.begin(), clocks.end(), [](const auto& a, const auto& b) { return a.due < b.due; }));
  REQUIRE(desk::close(*one.world, other, "spam", "jan"));
  CHECK(DeskWorld::must(running_clocks(*one.world)).size() == 3);
}

TEST_CASE("the clock of a resolved case stands still, and goes on where it stood") {
  OneCase one;
  REQUIRE(desk::set(*one.world, one.reference, {{"status", "resolved"}}, "jan"));
  // Resolved twenty days ago with thirty days left.
  const auto& calendar = one.world->calendar();
  one.move("resolve", calendar.due(now(), Promise{10, false}), now() - hours(20 * 24));
  REQUIRE(reopen(*one.world, one.reference, "jan"));
  const auto clock = one.clock("resolve");
  REQUIRE(clock);
  CHECK_FALSE(clock->met);
  CHECK(clock->due == calendar.due(now(), Promise{30, false}));
  CHECK(one.clock("assess")->met);
}

TEST_CASE("a case that is closed and reopened on one day keeps its last day") {
  OneCase one;
  const auto before = one.clock("resolve")->due;
  REQUIRE(desk::close(*one.world, one.reference, "fixed", "jan"));
  REQUIRE(reopen(*one.world, one.reference, "jan"));
  CHECK(one.clock("resolve")->due == before);
}

TEST_CASE("a case that is reopened on its last day has the time of an assessment") {
  OneCase one;
  REQUIRE(desk::close(*one.world, one.reference, "fixed", "jan"));
  one.move("resolve", now() - hours(24), now() - hours(48)); // one day was left
  REQUIRE(reopen(*one.world, one.reference, "jan"));
  CHECK(one.clock("resolve")->due == one.world->calendar().due(now(), one.world.settings().promise.assess));
}

TEST_CASE("a follow-up that reopens a case starts its clock as a person would") {
  OneCase one;
  REQUIRE(desk::close(*one.world, one.reference, "fixed", "jan"));
  auto mail = report_from();
  mail.facts.case_tag = one.reference;
  one.world.record(mail);
  CHECK(one.world.case_of(one.reference).status == "assessed");
  CHECK_FALSE(one.world.case_of(one.reference).resolution);
  CHECK_FALSE(one.clock("resolve")->met);
}

TEST_CASE("the clocks of the Cyber Resilience Act count hours from becoming aware") {
  OneCase one;
  const Instant aware = now() - hours(5);
  REQUIRE(exploited(*one.world, one.reference, aware, "jan"));
  CHECK(one.clock("early-warning")->due == aware + hours(24));
  CHECK(one.clock("notification")->due == aware + hours(72));
  CHECK_FALSE(one.clock("final-report"));
  CHECK(kind_of(exploited(*one.world, one.reference, {}, "jan")) == ErrorKind::refused);
  CHECK(one.world.actions(one.reference).back() == "exploited");

  const Instant fixed = now() - hours(1);
  REQUIRE(fix_available(*one.world, one.reference, fixed, "jan"));
  CHECK(one.clock("final-report")->due == fixed + hours(14 * 24));
  CHECK(kind_of(fix_available(*one.world, one.reference, {}, "jan")) == ErrorKind::refused);
}

TEST_CASE("a fix that was there before the attacks were known leaves fourteen days from then") {
  OneCase one;
  REQUIRE(fix_available(*one.world, one.reference, now() - hours(1000), "jan"));
  CHECK_FALSE(one.clock("final-report"));
  const Instant aware = now() - hours(1);
  REQUIRE(exploited(*one.world, one.reference, aware, "jan"));
  CHECK(one.clock("final-report")->due == aware + hours(14 * 24));
}

TEST_CASE("a report to the authorities is made once, while its clock runs, also for a closed case") {
  OneCase one;
  CHECK(kind_of(reported(*one.world, one.reference, "early-warning", {}, "jan")) == ErrorKind::refused);
  CHECK(kind_of(reported(*one.world, one.reference, "love-letter", {}, "jan")) == ErrorKind::usage);
  CHECK(kind_of(exploited(*one.world, one.reference, now() + hours(1), "jan")) == ErrorKind::usage);
  REQUIRE(exploited(*one.world, one.reference, {}, "jan"));
  REQUIRE(desk::close(*one.world, one.reference, "fixed", "jan"));
  CHECK_FALSE(one.clock("early-warning")->met);
  CHECK(DeskWorld::must(running_clocks(*one.world)).size() == 2);
  REQUIRE(reported(*one.world, one.reference, "early-warning", {}, "jan"));
  CHECK(one.clock("early-warning")->met);
  CHECK(kind_of(reported(*one.world, one.reference, "early-warning", {}, "jan")) == ErrorKind::refused);
}
