#include "core/text.hpp"
#include "gnupg_world.hpp"
#include "openpgp/armour.hpp"
#include "openpgp/certificate.hpp"
#include "openpgp/packets.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <random>

using namespace cvdesk;
using namespace cvdesk::openpgp;
using cvdesk::testing::World;

namespace {

std::vector<Packet> packets_of(std::string_view data) {
  std::vector<Packet> packets;
  PacketReader reader(data);
  while (auto packet = reader.next())
    packets.push_back(*packet);
  return packets;
}

} // namespace

TEST_CASE("A certificate is read with its fingerprint and addresses, and gpg accepts what is left of it") {
  const World& world = World::get();
  for (const auto& own :
       {world.reporter, world.rsa, world.old, world.expired, world.sign_only, world.revoked}) {
    const auto found = read_certificates(world.certificate(own));
    REQUIRE(found);
    REQUIRE(found->size() == 1);
    CHECK(found->front().fingerprint == own);
    REQUIRE(found->front().addresses.size() == 1);
    const std::string shown =
        testing::gpg(world.others, "--with-colons --import-options show-only --import", found->front().blob);
    CHECK(shown.find(own) != std::string::npos);
    CHECK(shown.find(found->front().addresses.front()) != std::string::npos);
  }
  CHECK(read_certificates(world.certificate(world.reporter))->front().addresses.front() ==
        "rosa@reporter.example");
}

TEST_CASE("Several certificates in one file, binary or armoured, are all read") {
  const World& world = World::get();
  const std::string a = world.certificate(world.reporter);
  const std::string b = world.certificate(world.rsa);
  CHECK(read_certificates(a + b)->size() == 2);
  const std::string armoured =
      "Hello\n" + write_armour("PUBLIC KEY BLOCK", a) + "\n" + write_armour("PUBLIC KEY BLOCK", b);
  CHECK(read_certificates(armoured)->size() == 2);
  std::string many;
  for (int i = 0; i < 20; ++i)
    many += a;
  CHECK(read_certificates(many)->size() == 8);
}

TEST_CASE("Of two states of one certificate nothing of the known one is lost, and what is new comes in") {
  const World& world = World::get();
  const std::string known = read_certificates(world.certificate(world.reporter))->front().blob;
  CHECK(merge_certificates(known, known, 8) == known);
  const std::string other = read_certificates(world.certificate(world.rsa))->front().blob;
  CHECK(merge_certificates(known, other, 8) == known);
  CHECK(merge_certificates(known, "", 8) == known);

  // A stranger's copy: a flood of signatures that claim to be the newest, and another user id.
  const auto packets = packets_of(known);
  std::string flooded(packets.front().whole);
  for (const auto& packet : packets) {
    if (packet.tag != tag_user_id) continue;
    flooded += packet.whole;
    for (int i = 0; i < 50; ++i) {
      std::string forged(packets[2].whole);
      forged.back() = static_cast<char>(i);
      flooded += forged;
    }
  }
  const std::string merged = merge_certificates(known, flooded, 8);
  std::size_t signatures = 0;
  for (const auto& packet : packets_of(merged))
    signatures += packet.tag == tag_signature ? 1 : 0;
  for (const auto& packet : packets)
    CHECK(merged.find(packet.whole) != std::string::npos);
  CHECK(signatures <= 8 + packets.size());
  CHECK(read_merged_certificates(merged)->front().fingerprint == world.reporter);
}

TEST_CASE("Secret keys are refused") {
  const World& world = World::get();
  const std::string own = testing::gpg(world.others, "--export-secret-keys " + world.reporter);
  CHECK(read_certificates(own).error().kind == ErrorKind::refused);
  CHECK(read_certificates(write_armour("PRIVATE KEY BLOCK", own)).error().kind == ErrorKind::refused);
  CHECK(read_certificates(write_armour("PUBLIC KEY BLOCK", own)).error().kind == ErrorKind::refused);
}

TEST_CASE("A poisoned certificate is cut down quickly") {
  const World& world = World::get();
  const std::string honest = world.certificate(world.reporter);
  const auto parts = packets_of(honest);
  const std::string other = world.certificate(world.rsa);
  const auto foreign = packets_of(other);
  REQUIRE(parts.size() == 5);
  std::string poisoned(parts[0].whole);
  poisoned.append(parts[1].whole).append(parts[2].whole);
  for (int i = 0; i < 30000; ++i)
    poisoned.append(foreign[2].whole); // signatures of somebody else
  for (int i = 0; i < 30000; ++i)
    poisoned.append(parts[2].whole); // and copies of its own
  for (int i = 0; i < 3000; ++i)
    poisoned.append(parts[1].whole).append(parts[2].whole);
  poisoned.append(parts[3].whole).append(parts[4].whole);
  REQUIRE(poisoned.size() > 9u << 20);
  const auto begin = std::chrono::steady_clock::now();
  const auto found = read_certificates(poisoned, "rosa@reporter.example");
  const auto took = std::chrono::steady_clock::now() - begin;
  CHECK(took < std::chrono::milliseconds(500));
  REQUIRE(found);
  REQUIRE(found->size() == 1);
  CHECK(found->front().blob.size() <= 64u << 10);
  std::size_t user_ids = 0;
  std::size_t signatures = 0;
  for (const auto& packet : packets_of(found->front().blob)) {
    user_ids += packet.tag == tag_user_id;
    signatures += packet.tag == tag_signature;
  }
  CHECK(user_ids == 8);
  CHECK(signatures <= 4 * 8 + 4);
  CHECK(found->front().addresses == std::vector<std::string>{"rosa@reporter.example"});
}

TEST_CASE("The address that is asked for stays among the user ids") {
  testing::GnupgFolder folder;
  const auto home = folder.path / "home";
  folder.homes.push_back(home);
  std::filesystem::create_directory(home);
  std::filesystem::permissions(home, std::filesystem::perms::owner_all);
  testing::gpg(home, "--passphrase '' --quick-gen-key 'u0@many.example' ed25519 sign never");
  for (int i = 1; i < 11; ++i) {
    testing::gpg(home, "--passphrase '' --quick-add-uid u0@many.example 'U <U" + std::to_string(i) +
                           "@many.example>'");
  }
  const std::string certificate = testing::gpg(home, "--export");
  for (const auto* wanted : {"u3@many.example", "U7@Many.example", "u10@many.example"}) {
    const auto found = read_certificates(certificate, wanted);
    REQUIRE(found);
    const auto& addresses = found->front().addresses;
    CHECK(addresses.size() == 8);
    CHECK(addresses.front() == ascii_lower(wanted));
  }
}

TEST_CASE("Addresses in user ids are taken only where they are one") {
  CHECK(address_in_user_id("Rosa Example <Rosa@Example.ORG>") == "rosa@example.org");
  CHECK(address_in_user_id("rosa@example.org") == "rosa@example.org");
  CHECK(address_in_user_id("rosa@example.org <mallory@evil.example>") == "mallory@evil.example");
  CHECK(address_in_user_id("<a@b> c") == "");
  CHECK(address_in_user_id("Rosa") == "");
  CHECK(address_in_user_id("<a@b@c>") == "");
  CHECK(address_in_user_id("<a b@c>") == "");
  CHECK(address_in_user_id("<>") == "");
}

TEST_CASE("Any bytes are read without harm") {
  const World& world = World::get();
  const std::string honest = world.certificate(world.rsa) + world.certificate(world.revoked);
  std::mt19937 random(7);
  for (int round = 0; round < 3000; ++round) {
    std::string changed = honest;
    for (int i = 0; i < 8; ++i)
      changed[random() % changed.size()] = static_cast<char>(random());
    changed.resize(random() % changed.size());
    const auto found = read_certificates(changed, "rosa@reporter.example");
    if (found) CHECK(found->size() <= 8);
  }
}
