#include "desk/look_up.hpp"

#include "desk/answer_task.hpp"
#include "desk_world.hpp"
#include "store/breaker.hpp"
#include "store/look_ups.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace cvdesk;
using namespace cvdesk::desk;
using testing::DeskWorld;
using testing::report_from;

namespace {

// Nobody listens at the gateway: what is asked is refused at once.
const std::string looks_up = "wkd = true\nwkd_gateway = \"127.0.0.1:1\"\n";

reader::Inspection encrypted_from(std::string_view from, std::string_view subject = "a report") {
  auto mail = report_from(from, subject);
  mail.any_encrypted = true;
  mail.protection.encrypted = true;
  mail.protection.decryption = openpgp::Decryption::ok;
  return mail;
}

std::int64_t owed(DeskWorld& world) {
  return world.read([](store::View& view) { return store::count_look_ups(view, now() - std::chrono::hours(1)); });
}

AnswerTask last_task(DeskWorld& world) { return DeskWorld::must(unpack_answer_task(world.outbox().back().task)); }

std::chrono::seconds waits(DeskWorld& world) { return world.outbox().back().next_attempt - world.outbox().back().created; }

void make_all(DeskWorld& world) {
  StopToken stop;
  DeskWorld::must(make_look_ups(*world, stop, std::chrono::seconds(20)));
}

} // namespace

TEST_CASE("an answer that would be encrypted waits for its look-up, and for no longer than that takes") {
  DeskWorld world(looks_up);
  world.record(encrypted_from("rosa@reporter.example"));
  CHECK(owed(world) == 1);
  CHECK(last_task(world).awaits_certificate);
  CHECK(waits(world) == look_up_patience);
  make_all(world);
  CHECK_FALSE(last_task(world).awaits_certificate);
  CHECK(world.outbox().back().next_attempt <= now());
  CHECK(last_task(world).certificate.empty());
  // Nothing was found today: the next answer waits for nothing.
  world.record(encrypted_from("rosa@reporter.example", "another"));
  CHECK(owed(world) == 1);
  CHECK(waits(world).count() == 0);
}

TEST_CASE("an answer to clear mail does not wait for its look-up") {
  DeskWorld world(looks_up);
  world.record(report_from());
  CHECK(owed(world) == 1);
  CHECK(waits(world).count() == 0);
}

TEST_CASE("without the setting, for our own network, and without an answer nothing is looked up") {
  DeskWorld off;
  off.record(encrypted_from("rosa@reporter.example"));
  CHECK(owed(off) == 0);
  DeskWorld world(looks_up);
  world.record(encrypted_from("rosa@printer.local"));
  world.record(encrypted_from("rosa@localhost"));
  auto automatic = encrypted_from("rosa@reporter.example");
  automatic.outer.auto_submitted = "auto-replied";
  world.record(automatic);
  CHECK(owed(world) == 0);
  DeskWorld silent(looks_up + "[acknowledge]\nenabled = false\n");
  silent.record(encrypted_from("rosa@reporter.example"));
  CHECK(owed(silent) == 0);
}

TEST_CASE("look-ups have the cap of acknowledgements, and none is owed while the breaker is open") {
  DeskWorld world(looks_up + "[acknowledge]\ntotal_per_hour = 2\n");
  for (const std::string_view who : {"a@one.example", "b@two.example", "c@three.example"}) world.record(encrypted_from(who));
  CHECK(owed(world) == 2);
  CHECK_FALSE(last_task(world).awaits_certificate);
  DeskWorld flooded(looks_up);
  flooded.write([](store::Change& change) { return store::begin_breaker(change, "many-acknowledgements", false, now()); });
  flooded.record(encrypted_from("rosa@reporter.example"));
  CHECK(owed(flooded) == 0);
}

TEST_CASE("what a look-up finds goes to every answer that waits for it, and to their cases") {
  DeskWorld world(looks_up);
  const auto first = world.record(encrypted_from("Rosa@reporter.example"));
  const auto second = world.record(encrypted_from("rosa@reporter.example", "another"));
  CHECK(owed(world) == 1);
  const FoundCertificate found{"rosa@reporter.example", std::string(40, 'A'), "blob"};
  for (const auto& reference : {*first.reference, *second.reference}) {
    const auto id = world.case_of(reference).id;
    world.write([&](store::Change& change) { return keep_found(change, id, found, now()); });
    world.write([&](store::Change& change) { return keep_found(change, id, found, now()); });
    const auto known = world.read([&](store::View& view) { return store::certificates_for(view, found.address); });
    REQUIRE(found_for(known, id) != nullptr);
    CHECK(found_for(known, id)->state == "offered");
    const auto actions = world.actions(reference);
    CHECK(std::count(actions.begin(), actions.end(), "certificate-found") == 1);
  }
}

TEST_CASE("what is found beside a pinned certificate is a conflict, and never used by itself") {
  DeskWorld world(looks_up);
  const auto recorded = world.record(encrypted_from("rosa@reporter.example"));
  const auto id = world.case_of(*recorded.reference).id;
  world.write([](store::Change& change) {
    return store::add_certificate(change, {0, "rosa@reporter.example", std::string(40, 'B'), "pinned blob", {}}, now());
  });
  world.write([&](store::Change& change) { return keep_found(change, id, {"rosa@reporter.example", std::string(40, 'A'), "blob"}, now()); });
  const auto known = world.read([](store::View& view) { return store::certificates_for(view, "rosa@reporter.example"); });
  REQUIRE(known.size() == 2);
  CHECK(known[0].state == "pinned");
  CHECK(known[1].state == "conflict");
  CHECK(found_for(known, id) == nullptr);
  const auto actions = world.actions(*recorded.reference);
  CHECK(std::count(actions.begin(), actions.end(), "certificate-conflict") == 1);
}
