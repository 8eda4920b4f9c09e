#include "store/look_ups.hpp"

#include "store/certificate_decisions.hpp"
#include "store/integrity.hpp"
#include "store_world.hpp"

#include <catch2/catch.hpp>

using namespace cvdesk;
using namespace cvdesk::store;
using std::chrono::hours;
using testing::some_time;
using testing::StoreWorld;

namespace {

void owe(StoreWorld& world, const std::string& address, Instant at = some_time) {
  world.write([&](Change& change) { return owe_look_up(change, address, at); });
}

std::optional<LookUp> look_up(StoreWorld& world, const std::string& address, Instant at = some_time) {
  return world.read([&](View& view) { return look_up_of(view, address, at); });
}

std::optional<LookUp> begin(StoreWorld& world) {
  return world.write([](Change& change) { return begin_look_up(change); });
}

} // namespace

TEST_CASE("a look-up is begun once, the oldest first, and keeps the address as it was written") {
  StoreWorld world;
  owe(world, "Rosa@Reporter.example");
  owe(world, "sam@whitfield.example");
  CHECK(world.read([](View& view) { return any_look_up_waits(view); }));
  const auto first = begin(world);
  REQUIRE(first);
  CHECK(first->address == "Rosa@Reporter.example");
  CHECK(first->state == "asked");
  CHECK(begin(world)->address == "sam@whitfield.example");
  CHECK_FALSE(begin(world));
  CHECK_FALSE(world.read([](View& view) { return any_look_up_waits(view); }));
  CHECK(look_up(world, "rosa@reporter.EXAMPLE")->state == "asked");
}

TEST_CASE("what came of it is found for a day, sealed, and then destroyed") {
  StoreWorld world;
  owe(world, "rosa@reporter.example");
  auto asked = *begin(world);
  asked.fingerprint = "AAAA";
  asked.blob = std::string("\x99\n\x00 of the blob", 15);
  world.write([&](Change& change) { return answer_look_up(change, asked); });
  const auto answered = look_up(world, "rosa@reporter.example", some_time + hours(23));
  REQUIRE(answered);
  CHECK(answered->state == "answered");
  CHECK(answered->blob == asked.blob);
  CHECK(answered->fingerprint == "AAAA");
  CHECK(world.bytes().find("of the blob") == std::string::npos);
  CHECK(world.bytes().find("rosa@reporter.example") == std::string::npos);
  CHECK_FALSE(look_up(world, "rosa@reporter.example", some_time + hours(24)));
  CHECK_FALSE(world.read([](View& view) { return any_look_up_ended(view, some_time + hours(23)); }));
  CHECK(world.read([](View& view) { return any_look_up_ended(view, some_time + hours(24)); }));
  owe(world, "sam@whitfield.example", some_time + hours(25));
  CHECK(world.intruder().number("SELECT count(*) FROM certificate_look_ups") == 1);
  CHECK(world.intruder().number("SELECT count(*) FROM data_keys WHERE wrapped IS NULL") == 1);
  world.write([](Change& change) { return end_look_ups(change, some_time + hours(50)); });
  CHECK(world.intruder().number("SELECT count(*) FROM certificate_look_ups") == 0);
  CHECK(StoreWorld::must(check_integrity(*world)).problems.empty());
}

TEST_CASE("an address has one look-up a day") {
  StoreWorld world;
  owe(world, "rosa@reporter.example");
  CHECK_FALSE(world->write([](Change& change) { return owe_look_up(change, "ROSA@reporter.example", some_time + hours(1)); }));
  owe(world, "rosa@reporter.example", some_time + hours(25));
  CHECK(world.read([](View& view) { return count_look_ups(view, some_time); }) == 1);
}

TEST_CASE("forgetting the certificates of an address forgets what was looked up, and an answer that comes later") {
  StoreWorld world;
  owe(world, "rosa@reporter.example");
  auto asked = *begin(world);
  world.write([](Change& change) { return forget_certificates(change, "rosa@reporter.example", "jan", some_time); });
  CHECK_FALSE(look_up(world, "rosa@reporter.example"));
  asked.blob = "late";
  world.write([&](Change& change) { return answer_look_up(change, asked); });
  CHECK_FALSE(look_up(world, "rosa@reporter.example"));
  CHECK(StoreWorld::must(check_integrity(*world)).problems.empty());
}
