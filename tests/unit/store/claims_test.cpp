#include "store/claims.hpp"

#include "store/integrity.hpp"
#include "store_world.hpp"

#include <catch2/catch.hpp>

using namespace cvdesk;
using namespace cvdesk::store;
using testing::some_time;
using testing::StoreWorld;

namespace {
void decide(StoreWorld& world, Id case_id, const ClaimDecision& decision) {
  world.write([&](Change& change) { return decide_claim(change, case_id, decision, some_time); });
}
std::vector<ClaimDecision> decisions(StoreWorld& world, Id case_id) {
  return world.read([&](View& view) { return claim_decisions(view, case_id); });
}
} // namespace

TEST_CASE("a decision on a claim stands until it is decided otherwise, for its case alone") {
  StoreWorld world;
  const auto first = world.open_case();
  const auto second = world.open_case();
  decide(world, first.id, {"email", "rosa@private.example", true});
  decide(world, first.id, {"phone", "+31612345678", false});
  CHECK(decisions(world, second.id).empty());
  decide(world, first.id, {"email", "rosa@private.example", false});
  const auto now = decisions(world, first.id);
  REQUIRE(now.size() == 2);
  CHECK(now[0].value == "rosa@private.example");
  CHECK_FALSE(now[0].accepted);
  CHECK(now[1].kind == "phone");
}

TEST_CASE("decisions are sealed, checked, and moved nowhere else") {
  StoreWorld world;
  const auto opened = world.open_case();
  const auto other = world.open_case();
  decide(world, opened.id, {"email", "rosa@private.example", true});
  CHECK(world.bytes().find("rosa@private") == std::string::npos);
  CHECK(testing::StoreWorld::must(check_integrity(*world)).problems.empty());
  world.intruder().run("UPDATE claim_decisions SET case_id = " + std::to_string(other.id));
  CHECK(decisions(world, other.id).empty());
  CHECK_FALSE(testing::StoreWorld::must(check_integrity(*world)).problems.empty());
}

TEST_CASE("links are found from both sides and go with all their relations") {
  StoreWorld world;
  const auto a = world.open_case();
  const auto b = world.open_case();
  world.write([&](Change& change) { return add_link(change, a.id, {b.id, "suggested"}); });
  world.write([&](Change& change) { return add_link(change, a.id, {b.id, "related"}); });
  const auto to_b = world.read([&](View& view) { return links_to(view, b.id); });
  REQUIRE(to_b.size() == 2);
  CHECK(to_b[0].other == a.id);
  CHECK(world.write([&](Change& change) { return remove_links(change, b.id, a.id); }) == 0);
  CHECK(world.write([&](Change& change) { return remove_links(change, a.id, b.id); }) == 2);
  CHECK(world.read([&](View& view) { return links_to(view, b.id); }).empty());
}
