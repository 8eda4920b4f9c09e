#include "store_world.hpp"

#include "store/audit.hpp"

#include <catch2/catch.hpp>

using namespace cvdesk;
using namespace cvdesk::store;
using testing::some_time;
using testing::StoreWorld;

namespace {

void log(StoreWorld& world, std::optional<Id> case_id, std::string_view action, std::string_view detail = "",
         std::string_view actor = "jan") {
  world.write([&](Change& change) { return append_event(change, {case_id, actor, action, detail}, some_time); });
}

ChainReport chain(StoreWorld& world) {
  return world.read([](View& view) { return check_chain(view); });
}

// A store with six entries, of two cases and of none.
struct Trail {
  Trail() : first(world.open_case().id), second(world.open_case().id) {
    log(world, {}, "started");
    log(world, first, "case-opened", "report");
    log(world, second, "case-opened", "report");
    log(world, first, "note", "the reporter called");
    log(world, second, "closed", "fixed");
    log(world, {}, "stopped");
  }
  StoreWorld world;
  Id first;
  Id second;
};

bool some_problem_names(const ChainReport& report, std::string_view words) {
  for (const auto& problem : report.problems) {
    if (problem.find(words) != std::string::npos) return true;
  }
  return false;
}

} // namespace

TEST_CASE("an untouched trail is whole, empty or not") {
  StoreWorld empty;
  CHECK(chain(empty).problems == std::vector<std::string>{});
  CHECK(chain(empty).entries == 0);
  Trail trail;
  const auto report = chain(trail.world);
  CHECK(report.problems == std::vector<std::string>{});
  CHECK(report.entries == 6);
  CHECK(report.head.size() == 64);
  trail.world.reopen();
  CHECK(chain(trail.world).head == report.head);
}

TEST_CASE("the head changes with every entry") {
  Trail trail;
  const std::string before = chain(trail.world).head;
  log(trail.world, {}, "again");
  CHECK(chain(trail.world).head != before);
}

TEST_CASE("events come oldest first, of one case or of all") {
  Trail trail;
  const auto all = trail.world.read([](View& view) { return events(view, {}); });
  REQUIRE(all.size() == 6);
  CHECK(all[0].action == "started");
  CHECK(all[3].detail == "the reporter called");
  CHECK(all[3].actor == "jan");
  CHECK(all[3].at == some_time);
  const auto of_first = trail.world.read([&](View& view) { return events(view, trail.first); });
  REQUIRE(of_first.size() == 2);
  CHECK(of_first[1].action == "note");
  CHECK(trail.world.bytes().find("the reporter called") == std::string::npos);
}

TEST_CASE("detail needs a case whose key seals it") {
  StoreWorld world;
  CHECK_FALSE(world->write([](Change& change) { return append_event(change, {{}, "jan", "note", "loose"}, some_time); }));
  CHECK(chain(world).entries == 0);
}

TEST_CASE("an altered entry is found, whatever was altered") {
  for (const std::string change : {"actor = 'piet'", "action = 'reopened'", "at = at + 1", "case_id = NULL", "detail = NULL",
                                   "detail = x'00'", "chain = zeroblob(32)", "case_id = 2"}) {
    Trail trail;
    trail.world.intruder().run("UPDATE events SET " + change + " WHERE id = 4");
    CAPTURE(change);
    CHECK(some_problem_names(chain(trail.world), "4"));
  }
}

TEST_CASE("a missing entry is found") {
  for (const int id : {1, 3, 5}) {
    Trail trail;
    trail.world.intruder().run("DELETE FROM events WHERE id = " + std::to_string(id));
    CAPTURE(id);
    CHECK(some_problem_names(chain(trail.world), std::to_string(id)));
  }
}

TEST_CASE("a trail that was cut off is found, with or without its head") {
  Trail one;
  one.world.intruder().run("DELETE FROM events WHERE id = 6");
  CHECK_FALSE(chain(one.world).problems.empty());
  Trail all;
  all.world.intruder().run("DELETE FROM events");
  CHECK_FALSE(chain(all.world).problems.empty());
  Trail headless;
  headless.world.intruder().run("DELETE FROM meta WHERE name = 'audit_head'");
  CHECK_FALSE(chain(headless.world).problems.empty());
  Trail old_head;
  const std::string before = old_head.world.intruder().blob("SELECT hex(value) FROM meta WHERE name = 'audit_head'");
  log(old_head.world, {}, "again");
  auto intruder = old_head.world.intruder();
  intruder.run("UPDATE meta SET value = x'" + before + "' WHERE name = 'audit_head'");
  CHECK_FALSE(chain(old_head.world).problems.empty());
}

TEST_CASE("an inserted or swapped entry is found") {
  Trail inserted;
  inserted.world.intruder().run("INSERT INTO events (id, at, actor, action, chain) SELECT 7, at, actor, action, chain FROM events WHERE id = 6");
  CHECK_FALSE(chain(inserted.world).problems.empty());
  Trail before_all;
  before_all.world.intruder().run("INSERT INTO events (id, at, actor, action, chain) SELECT 0, at, actor, action, chain FROM events WHERE id = 1");
  CHECK_FALSE(chain(before_all.world).problems.empty());
  Trail swapped;
  swapped.world.intruder().run("UPDATE events SET id = 100 WHERE id = 2; UPDATE events SET id = 2 WHERE id = 3; UPDATE events SET id = 3 WHERE id = 100");
  CHECK_FALSE(chain(swapped.world).problems.empty());
}

TEST_CASE("words cannot be moved from actor to action without being found") {
  StoreWorld world;
  log(world, {}, "closed", "", "jan");
  world.intruder().run("UPDATE events SET actor = 'ja', action = 'nclosed'");
  CHECK_FALSE(chain(world).problems.empty());
}

TEST_CASE("the trail still holds when a case has been erased, without what it said") {
  Trail trail;
  trail.world.intruder().run("UPDATE data_keys SET wrapped = NULL WHERE id = (SELECT key_id FROM cases WHERE id = 1)");
  CHECK(chain(trail.world).problems == std::vector<std::string>{});
  const auto of_first = trail.world.read([&](View& view) { return events(view, trail.first); });
  REQUIRE(of_first.size() == 2);
  CHECK(of_first[1].action == "note");
  CHECK(of_first[1].detail.empty());
}
