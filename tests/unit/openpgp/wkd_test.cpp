#include "openpgp/wkd.hpp"

#include "gnupg_world.hpp"
#include "openpgp/armour.hpp"

#include <catch2/catch.hpp>

using namespace cvdesk;
using namespace cvdesk::openpgp;
using testing::World;

TEST_CASE("the places of a directory are those of the draft's own example") {
  const auto urls = wkd_urls("Joe.Doe@Example.ORG");
  CHECK(urls.advanced == "https://openpgpkey.example.org/.well-known/openpgpkey/example.org/hu/"
                         "iy9q119eutrkn8s1mk4r39qejnbu3n5q?l=Joe.Doe");
  CHECK(urls.direct == "https://example.org/.well-known/openpgpkey/hu/iy9q119eutrkn8s1mk4r39qejnbu3n5q?l=Joe.Doe");
}

TEST_CASE("what a local part may hold does not get out of the query") {
  const auto urls = wkd_urls("a/../b?c=d&e#f%g h\r\nx@wilgen.example");
  CHECK(urls.direct.substr(urls.direct.find("?l=")) == "?l=a%2F..%2Fb%3Fc%3Dd%26e%23f%25g%20h%0D%0Ax");
  CHECK(urls.direct.find('#') == std::string::npos);
}

TEST_CASE("a directory's certificate is of exactly the address that was asked for") {
  const auto& world = World::get();
  const std::string rosa = world.certificate(world.reporter);
  const auto found = certificate_in_directory(rosa, "Rosa@Reporter.example");
  REQUIRE(found);
  CHECK(found->fingerprint == world.reporter);
  CHECK(certificate_in_directory(write_armour("PUBLIC KEY BLOCK", rosa), "rosa@reporter.example"));
  CHECK_FALSE(certificate_in_directory(rosa, "rosa@elsewhere.example"));
  CHECK_FALSE(certificate_in_directory(rosa, "xrosa@reporter.example"));
  CHECK_FALSE(certificate_in_directory(world.certificate(world.stranger), "rosa@reporter.example"));
  CHECK(certificate_in_directory(world.certificate(world.stranger) + rosa, "rosa@reporter.example")->fingerprint == world.reporter);
}

TEST_CASE("what is no certificate, a revoked one or a secret key is nothing") {
  const auto& world = World::get();
  for (const std::string& answer : {std::string(), std::string("<html>404</html>"), std::string(70000, '\x99'),
                                    world.certificate(world.reporter).substr(0, 40)}) {
    CHECK_FALSE(certificate_in_directory(answer, "rosa@reporter.example"));
  }
  CHECK_FALSE(certificate_in_directory(world.certificate(world.revoked), "rik@revoked.example"));
  const std::string secret = testing::gpg(world.others, "--export-secret-keys " + world.reporter);
  CHECK_FALSE(certificate_in_directory(secret, "rosa@reporter.example"));
}

TEST_CASE("of several keys for one address the one made last counts") {
  const auto& world = World::get();
  const std::string user_id = "'Olga <olga@old.example>'";
  testing::GnupgFolder folder;
  folder.homes.push_back(folder.path);
  testing::gpg(folder.path, "--batch --passphrase '' --quick-generate-key " + user_id);
  const std::string fresh = testing::gpg(folder.path, "--export");
  const std::string old = world.certificate(world.old);
  const auto after = certificate_in_directory(old + fresh, "olga@old.example");
  const auto before = certificate_in_directory(fresh + old, "olga@old.example");
  REQUIRE(after);
  REQUIRE(before);
  CHECK(after->fingerprint == before->fingerprint);
  CHECK(after->fingerprint != world.old);
}
