#include "store_world.hpp"

#include "store/certificate_decisions.hpp"
#include "store/certificates.hpp"

#include <catch2/catch.hpp>

using namespace cvdesk;
using namespace cvdesk::store;
using std::chrono::hours;
using testing::some_time;
using testing::StoreWorld;

namespace {

void keep(StoreWorld& world, Id case_id, const std::string& fingerprint, const std::string& state, const std::string& blob = "blob",
          Instant at = some_time, const std::string& address = "rosa@reporter.example") {
  world.write([&](Change& change) { return keep_certificate(change, {case_id, address, fingerprint, blob, state}, at); });
}

std::vector<CertificateEntry> known(StoreWorld& world, std::string_view address = "rosa@reporter.example") {
  return world.read([&](View& view) { return certificates_for(view, address); });
}

} // namespace

TEST_CASE("a certificate is found by its address, whole and sealed") {
  using namespace std::string_literals;
  StoreWorld world;
  const Id id = world.open_case().id;
  const std::string blob = "\x99\n\x00line\n\xFF of the blob"s;
  keep(world, id, "AAAA", "offered", blob);
  const auto found = known(world);
  REQUIRE(found.size() == 1);
  CHECK(found[0].blob == blob);
  CHECK(found[0].fingerprint == "AAAA");
  CHECK(found[0].address == "rosa@reporter.example");
  CHECK(found[0].case_id == id);
  CHECK(found[0].state == "offered");
  CHECK(known(world, "sam@whitfield.example").empty());
  CHECK(world.bytes().find("of the blob") == std::string::npos);
  CHECK(world.bytes().find("rosa@reporter.example") == std::string::npos);
}

TEST_CASE("the same certificate again brings newer bytes and rises to pinned, never back") {
  StoreWorld world;
  const Id id = world.open_case().id;
  keep(world, id, "AAAA", "offered", "old");
  keep(world, id, "AAAA", "pinned", "new");
  keep(world, id, "AAAA", "offered", "newest");
  const auto found = known(world);
  REQUIRE(found.size() == 1);
  CHECK(found[0].state == "pinned");
  CHECK(found[0].blob == "newest");
}

TEST_CASE("a conflict does not rise by itself") {
  StoreWorld world;
  const Id id = world.open_case().id;
  keep(world, id, "AAAA", "conflict");
  keep(world, id, "AAAA", "pinned");
  CHECK(known(world).at(0).state == "conflict");
}

TEST_CASE("the pinned certificate comes first, then the newest, over all cases") {
  StoreWorld world;
  const Id one = world.open_case().id;
  const Id two = world.open_case().id;
  keep(world, one, "AAAA", "offered", "a", some_time);
  keep(world, one, "BBBB", "pinned", "b", some_time - hours(1));
  keep(world, two, "CCCC", "conflict", "c", some_time + hours(1));
  keep(world, two, "DDDD", "offered", "d", some_time, "sam@whitfield.example");
  std::string order;
  for (const auto& certificate : known(world)) order += certificate.blob;
  CHECK(order == "bca");
  CHECK(world.read([](View& view) { return certificates(view); }).size() == 4);
}

TEST_CASE("a certificate needs a case, and a state that there is") {
  StoreWorld world;
  const Id id = world.open_case().id;
  CHECK_FALSE(world->write([](Change& change) {
    return keep_certificate(change, {99, "a@x.example", "AAAA", "blob", "offered"}, some_time);
  }));
  CHECK_FALSE(world->write([&](Change& change) {
    return keep_certificate(change, {id, "a@x.example", "AAAA", "blob", "trusted"}, some_time);
  }));
}

namespace {

std::string add(StoreWorld& world, const std::string& fingerprint, const std::string& blob = "blob") {
  return world.write([&](Change& change) {
    return add_certificate(change, {0, "rosa@reporter.example", fingerprint, blob, {}}, some_time);
  });
}

} // namespace

TEST_CASE("a certificate that the team added needs no case, is sealed, and is replaced by its newer bytes") {
  StoreWorld world;
  CHECK(add(world, "AAAA", "confidential one") == "pinned");
  CHECK(add(world, "AAAA", "confidential two") == "pinned");
  const auto found = known(world);
  REQUIRE(found.size() == 1);
  CHECK(found[0].blob == "confidential two");
  CHECK(found[0].case_id == 0);
  CHECK(found[0].state == "pinned");
  CHECK(world.bytes().find("confidential") == std::string::npos);
  CHECK(world.read([](View& view) { return certificates_by_fingerprint(view, "AAAA"); }).size() == 1);
}

TEST_CASE("an added certificate waits for a person where another one is pinned") {
  StoreWorld world;
  keep(world, world.open_case().id, "AAAA", "pinned");
  CHECK(add(world, "BBBB") == "conflict");
  CHECK(known(world).front().fingerprint == "AAAA");
  const auto accept = [&](const char* fingerprint) {
    return world.write([&](Change& change) {
      return accept_certificate(change, "rosa@reporter.example", fingerprint, "officer", some_time);
    });
  };
  CHECK(accept("BBBB"));
  REQUIRE(known(world).size() == 2);
  CHECK(known(world)[0].fingerprint == "BBBB");
  CHECK(known(world)[1].state == "conflict");
  CHECK_FALSE(accept("CCCC"));
}

TEST_CASE("a forgotten certificate is gone, with the key that sealed it") {
  StoreWorld world;
  add(world, "AAAA");
  const auto forget = [&] {
    return world.write([&](Change& change) { return forget_certificates(change, "rosa@reporter.example", "officer", some_time); });
  };
  CHECK(forget());
  CHECK(known(world).empty());
  CHECK(world.intruder().number("SELECT count(*) FROM data_keys WHERE wrapped IS NOT NULL") == 0);
  CHECK_FALSE(forget());
}
