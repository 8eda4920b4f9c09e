// Every row of "Hostile mail: what must come out" that the engine decides.
#include "core/text.hpp"
#include "gnupg_world.hpp"
#include "openpgp/certificate.hpp"
#include "openpgp/packets.hpp"

#include <catch2/catch.hpp>
#include <fmt/core.h>

#include <chrono>

using namespace cvdesk;
using namespace cvdesk::openpgp;
using cvdesk::testing::World;

namespace {

const std::string secret = "the password of the water pump is 1234\n";

Opened open_by(Engine& engine, std::string data, std::vector<std::string> certificates = {}) {
  Request request;
  request.data = std::move(data);
  request.certificates = std::move(certificates);
  auto opened = engine.open(request);
  if (!opened) FAIL(opened.error().what);
  return *opened;
}

Opened open_it(std::string data, std::vector<std::string> certificates = {}) {
  static auto engine = Engine::create(World::get().settings());
  if (!engine) FAIL(engine.error().what);
  return open_by(**engine, std::move(data), std::move(certificates));
}

std::string binary(const std::string& options, std::string_view text = secret) {
  const World& world = World::get();
  return testing::gpg(world.others, fmt::format("{} -e -r {}", options, world.desk), text);
}

// These packets, as they are, inside the encryption.
std::string sealed_packets(std::string_view packets) {
  return binary("--no-literal --compress-algo none", packets);
}

std::string literal(std::string_view text) {
  return testing::gpg(World::get().others, "--compress-algo none --store", text);
}

void withheld(const Opened& opened) {
  CHECK(opened.cleartext.empty());
  CHECK(
      (opened.verdict.decryption == Decryption::refused || opened.verdict.decryption == Decryption::failed));
  CHECK_FALSE(opened.verdict.cause.empty());
}

std::vector<std::string> packets_of(const std::string& message) {
  std::vector<std::string> packets;
  PacketReader reader(message);
  while (const auto packet = reader.next())
    packets.emplace_back(packet->whole);
  return packets;
}

} // namespace

TEST_CASE("Flipped bits are never shown, wherever they are") {
  const std::string message = binary("");
  REQUIRE(open_it(message).cleartext == secret);
  for (std::size_t at = 0; at < message.size(); at += 7) {
    std::string flipped = message;
    flipped[at] = static_cast<char>(flipped[at] ^ 4);
    const Opened opened = open_it(flipped);
    INFO(at);
    CHECK(opened.cleartext.empty());
    CHECK(opened.verdict.decryption != Decryption::ok);
    CHECK(opened.verdict.decryption != Decryption::none);
  }
}

TEST_CASE("A truncated message is refused") {
  for (const auto* options : {"", "--compress-algo none"}) {
    const std::string message = binary(options, std::string(40000, 'x'));
    for (const std::size_t cut :
         {std::size_t{1}, std::size_t{22}, message.size() / 2, message.size() - 150}) {
      if (cut >= message.size()) continue;
      withheld(open_it(message.substr(0, message.size() - cut)));
    }
  }
}

TEST_CASE("Encryption without integrity protection is refused without being tried") {
  auto packets = packets_of(binary(""));
  REQUIRE(packets.size() == 2);
  const std::string body = packets[1].substr(packets[1].size() > 193 ? 3 : 2);
  const std::string downgraded =
      packets[0] + "\xc9" + std::string(1, static_cast<char>(body.size() - 1)) + body.substr(1);
  const Opened opened = open_it(downgraded);
  withheld(opened);
  CHECK(opened.verdict.decryption == Decryption::refused);
  CHECK(opened.verdict.key_ids.size() == 1);
}

TEST_CASE("Anything before, after or beside the one message is refused") {
  const std::string message = binary("");
  withheld(open_it(literal("before\n") + message));
  withheld(open_it(message + literal("after\n")));
  withheld(open_it(message + message));
  const World& world = World::get();
  withheld(open_it(world.sealed(secret) + "\n" + world.sealed(secret)));
  withheld(open_it(sealed_packets(literal("one\n") + literal("two\n"))));
}

TEST_CASE("Encryption inside encryption is not shown as one message") {
  const Opened opened = open_it(sealed_packets(binary("")));
  CHECK(opened.cleartext.empty());
  CHECK(opened.verdict.decryption != Decryption::ok);
}

TEST_CASE("Signed, literal or compressed data is shown and named as not encrypted") {
  const World& world = World::get();
  for (const std::string& data :
       {literal(secret), testing::gpg(world.others, "--compress-algo zip -z 6 --store", secret),
        testing::gpg(world.others, "-a -s -u " + world.reporter, secret)}) {
    const Opened opened = open_it(data, {world.certificate(world.reporter)});
    CHECK(opened.verdict.decryption == Decryption::none);
    CHECK(opened.cleartext == secret);
    CHECK(opened.verdict.cause.find("not encrypted") != std::string::npos);
  }
  const std::string signed_data = testing::gpg(world.others, "-s -u " + world.reporter, secret);
  CHECK(open_it(signed_data, {world.certificate(world.reporter)}).verdict.signature.state ==
        SignatureState::good);
  withheld(open_it(literal("one\n") + literal("two\n")));
  withheld(open_it(testing::gpg(world.others, "--compress-algo zip --no-literal --store", binary(""))));
}

TEST_CASE("An intact message stays readable when the signature inside is bad, expired or revoked") {
  const World& world = World::get();
  // One-pass signature, text, signature: the text exchanged for another.
  const std::string signed_data =
      testing::gpg(world.others, "--compress-algo none -s -u " + world.reporter, secret);
  std::string forged = signed_data;
  forged.replace(forged.find("1234"), 4, "9999");
  const Opened bad = open_it(sealed_packets(forged), {world.certificate(world.reporter)});
  CHECK(bad.verdict.decryption == Decryption::ok);
  CHECK(bad.verdict.signature.state == SignatureState::bad);
  CHECK(bad.cleartext.find("9999") != std::string::npos);

  const std::string then = "--faked-system-time 20200601T120000!";
  const std::string late = testing::gpg(
      world.others, then + " --default-sig-expire 1d --compress-algo none -s -u " + world.old, secret);
  const Opened expired = open_it(sealed_packets(late), {world.certificate(world.old)});
  CHECK(expired.verdict.decryption == Decryption::ok);
  CHECK(expired.verdict.signature.state == SignatureState::expired);
  CHECK(expired.cleartext == secret);

  const std::string old_key =
      testing::gpg(world.others, then + " --compress-algo none -s -u " + world.expired, secret);
  const Opened expired_key = open_it(sealed_packets(old_key), {world.certificate(world.expired)});
  CHECK(expired_key.verdict.signature.state == SignatureState::expired_key);
  CHECK(expired_key.cleartext == secret);

  const Opened revoked = open_it(world.sealed(secret, world.revoked), {world.certificate(world.revoked)});
  CHECK(revoked.verdict.decryption == Decryption::ok);
  CHECK(revoked.verdict.signature.state == SignatureState::revoked_key);
  CHECK(revoked.cleartext == secret);
}

TEST_CASE("A message for others names their keys") {
  const World& world = World::get();
  const std::string message =
      testing::gpg(world.others, fmt::format("-a -e -r {} -r {}", world.reporter, world.rsa), secret);
  const Opened opened = open_it(message);
  CHECK(opened.verdict.decryption == Decryption::no_key);
  CHECK(opened.cleartext.empty());
  CHECK(opened.verdict.key_ids.size() == 2);
  for (const auto& id : opened.verdict.key_ids)
    CHECK(id.size() == 16);
  CHECK_FALSE(opened.verdict.cause.empty());
}

TEST_CASE("A message that names no recipient is opened if it is ours") {
  const World& world = World::get();
  CHECK(open_it(testing::gpg(world.others, "-e -R " + world.desk, secret)).cleartext == secret);
  const Opened foreign = open_it(testing::gpg(world.others, "-e -R " + world.reporter, secret));
  CHECK(foreign.verdict.decryption == Decryption::no_key);
  CHECK(foreign.verdict.key_ids.empty());
}

TEST_CASE("A passphrase is never asked for, and does not stand in the way of a key") {
  const World& world = World::get();
  const std::string passphrase = "--passphrase swordfish --s2k-count 65011712 -c";
  const Opened symmetric = open_it(testing::gpg(world.others, passphrase, secret));
  CHECK(symmetric.verdict.decryption == Decryption::no_key);
  CHECK(symmetric.cleartext.empty());
  CHECK(symmetric.verdict.cause.find("passphrase") != std::string::npos);
  CHECK(open_it(binary(passphrase)).cleartext == secret);
}

TEST_CASE("Formats that gpg cannot read are named") {
  const std::string message = binary("");
  auto packets = packets_of(message);
  const std::size_t header = packets[1].size() > 193 ? 3 : 2;
  packets[1][header] = 2; // SEIPD version 2
  const Opened newer = open_it(packets[0] + packets[1]);
  withheld(newer);
  CHECK(newer.verdict.cause.find("unsupported format") != std::string::npos);

  const World& world = World::get();
  auto signature = packets_of(testing::gpg(world.others, "-b -u " + world.reporter, secret));
  signature[0][2] = 6;
  Request request{Request::Kind::verify_detached, secret, signature[0], {world.certificate(world.reporter)}};
  auto engine = Engine::create(world.settings());
  REQUIRE(engine);
  auto opened = (*engine)->open(request);
  REQUIRE(opened);
  CHECK(opened->verdict.signature.state == SignatureState::unknown_key);
  CHECK(opened->verdict.cause.find("unsupported format") != std::string::npos);
}

TEST_CASE("Floods of session keys and signatures are refused at once") {
  const World& world = World::get();
  const auto packets = packets_of(binary(""));
  std::string many;
  for (int i = 0; i < 65; ++i)
    many += packets[0];
  withheld(open_it(many + packets[1]));
  const auto anonymous = packets_of(binary("--throw-keyids"));
  std::string hidden;
  for (int i = 0; i < 9; ++i)
    hidden += anonymous[0];
  withheld(open_it(hidden + anonymous[1]));

  const std::string signature = testing::gpg(world.others, "-b -u " + world.reporter, secret);
  std::string signatures;
  for (int i = 0; i < 17; ++i)
    signatures += signature;
  auto engine = Engine::create(world.settings());
  REQUIRE(engine);
  auto flooded = (*engine)->open(
      {Request::Kind::verify_detached, secret, signatures, {world.certificate(world.reporter)}});
  REQUIRE(flooded);
  CHECK(flooded->verdict.signature.state != SignatureState::good);
  CHECK_FALSE(flooded->verdict.cause.empty());
}

TEST_CASE("A bomb is given up and the next mail is opened") {
  EngineSettings settings = World::get().settings();
  settings.output_limit = 1u << 20;
  auto engine = Engine::create(settings);
  REQUIRE(engine);
  const std::string bomb = binary("--compress-algo zlib -z 9", std::string(50u << 20, '\0'));
  REQUIRE(bomb.size() < 100000);
  for (int round = 0; round < 2; ++round) {
    const Opened opened = open_by(**engine, bomb);
    withheld(opened);
    CHECK(opened.verdict.cause.find("too big") != std::string::npos);
    CHECK(open_by(**engine, binary("")).cleartext == secret);
  }
}

TEST_CASE("A message that takes too long is given up at the deadline and the next one is opened") {
  const World& world = World::get();
  EngineSettings settings = world.settings();
  settings.deadline = std::chrono::seconds(2);
  auto engine = Engine::create(settings);
  REQUIRE(engine);
  auto parts = packets_of(testing::gpg(world.others, "--compress-algo none -s -u " + world.rsa, secret));
  REQUIRE(parts.size() == 3);
  std::string flood = parts[0] + parts[1];
  for (int i = 0; i < 200000; ++i)
    flood += parts[2];
  const std::string message = sealed_packets(flood);
  const auto begin = std::chrono::steady_clock::now();
  const Opened opened = open_by(**engine, message, {world.certificate(world.rsa)});
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(8));
  withheld(opened);
  CHECK(opened.verdict.cause.find("longer than 2 seconds") != std::string::npos);
  CHECK(opened.verdict.key_ids.size() == 1);
  CHECK(open_by(**engine, binary("")).cleartext == secret);
}

TEST_CASE("Damaged armour and what is no OpenPGP data at all are said to be so") {
  const World& world = World::get();
  std::string armour = world.sealed(secret);
  withheld(open_it(armour.substr(0, armour.size() - 40)));
  withheld(open_it("just text"));
  withheld(open_it(""));
  withheld(open_it(std::string(1000, '\xff')));
  withheld(open_it(world.certificate(world.reporter)));
  withheld(open_it(testing::gpg(world.others, "-b -u " + world.reporter, secret)));
  const auto middle = armour.size() - 150; // in what is encrypted
  armour.replace(middle, 1, armour[middle] == 'A' ? "B" : "A");
  withheld(open_it(armour));
}

TEST_CASE("Cleartext frameworks that smuggle text are not believed") {
  const World& world = World::get();
  auto engine = Engine::create(world.settings());
  REQUIRE(engine);
  const std::string honest = testing::gpg(world.others, "--clearsign -u " + world.reporter, "pay 10\n");
  const auto state = [&](std::string data) {
    auto opened = (*engine)->open(
        {Request::Kind::verify_clear, std::move(data), {}, {world.certificate(world.reporter)}});
    REQUIRE(opened);
    return opened->verdict.signature.state;
  };
  CHECK(state(honest) == SignatureState::good);
  const auto with = [&](std::string_view before, std::string_view insert) {
    std::string changed = honest;
    changed.insert(changed.find(before), insert);
    return changed;
  };
  CHECK(state(with("Hash:", "Comment: pay 1000\n")) == SignatureState::bad);
  CHECK(state(with("Hash:", "NotDashEscaped: yes\n")) == SignatureState::bad);
  CHECK(state("pay 1000\n" + honest) == SignatureState::bad);
  CHECK(state(honest + "pay 1000\n") == SignatureState::bad);
  CHECK(state(with("pay 10", "pay 1000\n")) == SignatureState::bad);
}
