#include "gnupg_world.hpp"
#include "openpgp/certificate.hpp"

#include <catch2/catch.hpp>
#include <fmt/core.h>

using namespace cvdesk;
using namespace cvdesk::openpgp;
using cvdesk::testing::World;

namespace {

const std::string report = "Dear team,\r\nyour wiki runs whatever I send it.\r\n";

std::unique_ptr<Engine> engine() {
  auto made = Engine::create(World::get().settings());
  if (!made) FAIL(made.error().what);
  return std::move(*made);
}

Opened open_sealed(Engine& engine, std::string data, std::vector<std::string> certificates = {}) {
  Request request;
  request.data = std::move(data);
  request.certificates = std::move(certificates);
  auto opened = engine.open(request);
  if (!opened) FAIL(opened.error().what);
  return *opened;
}

Opened verify(Engine& engine, std::string data, std::string signature,
              std::vector<std::string> certificates) {
  Request request{Request::Kind::verify_detached, std::move(data), std::move(signature),
                  std::move(certificates)};
  auto opened = engine.open(request);
  if (!opened) FAIL(opened.error().what);
  return *opened;
}

} // namespace

TEST_CASE("A message encrypted to the desk is opened") {
  const World& world = World::get();
  auto desk = engine();
  for (int round = 0; round < 3; ++round) {
    const Opened opened = open_sealed(*desk, world.sealed(report));
    CHECK(opened.verdict.decryption == Decryption::ok);
    CHECK(opened.verdict.signature.state == SignatureState::none);
    CHECK(opened.cleartext == report);
    CHECK(opened.verdict.cause.empty());
    CHECK(opened.verdict.key_ids.empty());
  }
}

TEST_CASE("A signature inside the encryption is judged by the certificates that are given") {
  const World& world = World::get();
  auto desk = engine();
  const std::string message = world.sealed(report, world.reporter);

  const Opened unknown = open_sealed(*desk, message);
  CHECK(unknown.verdict.decryption == Decryption::ok);
  CHECK(unknown.cleartext == report);
  CHECK(unknown.verdict.signature.state == SignatureState::unknown_key);
  CHECK(unknown.verdict.signature.fingerprint == world.reporter);

  const Opened known =
      open_sealed(*desk, message, {world.certificate(world.stranger), world.certificate(world.reporter)});
  CHECK(known.verdict.decryption == Decryption::ok);
  CHECK(known.cleartext == report);
  CHECK(known.verdict.signature.state == SignatureState::good);
  CHECK(known.verdict.signature.fingerprint == world.reporter);
  CHECK(known.verdict.signature.addresses == std::vector<std::string>{"rosa@reporter.example"});

  // Nothing of it stays: the next mail does not know the certificate of the one before.
  CHECK(open_sealed(*desk, message).verdict.signature.state == SignatureState::unknown_key);
  CHECK(open_sealed(*desk, message, {"no certificate at all"}).verdict.signature.state ==
        SignatureState::unknown_key);
}

TEST_CASE("Detached signatures are verified over exactly the bytes that are given") {
  const World& world = World::get();
  auto desk = engine();
  for (const auto& signer : {world.reporter, world.rsa, world.sign_only}) {
    const std::string signature = world.detached(report, signer);
    const Opened good = verify(*desk, report, signature, {world.certificate(signer)});
    CHECK(good.verdict.signature.state == SignatureState::good);
    CHECK(good.verdict.signature.fingerprint == signer);
    CHECK(good.verdict.decryption == Decryption::none);
    const Opened bad = verify(*desk, report + " ", signature, {world.certificate(signer)});
    CHECK(bad.verdict.signature.state == SignatureState::bad);
    CHECK(bad.verdict.signature.addresses.empty());
  }
}

TEST_CASE("Expired, revoked and weak signatures are told apart and never good") {
  const World& world = World::get();
  auto desk = engine();
  const auto state = [&](const std::string& signer, const std::string& options) {
    const std::string signature = world.detached(report, signer, options);
    return verify(*desk, report, signature, {world.certificate(signer)}).verdict.signature;
  };
  CHECK(state(world.expired, "--faked-system-time 20200601T120000!").state == SignatureState::expired_key);
  CHECK(state(world.old, "--faked-system-time 20200601T120000! --default-sig-expire 1d").state ==
        SignatureState::expired);
  CHECK(state(world.rsa, "--digest-algo SHA1").state == SignatureState::weak);
  CHECK(state(world.rsa, "--allow-weak-digest-algos --digest-algo MD5").state == SignatureState::weak);
  const Signature revoked = state(world.revoked, "");
  CHECK(revoked.state == SignatureState::revoked_key);
  CHECK(revoked.fingerprint == world.revoked);
}

TEST_CASE("A user id that the certificate's own key did not sign lends its address to nobody") {
  const World& world = World::get();
  auto desk = engine();
  const std::string user_id = "Mallory <mallory@elsewhere.example>";
  const std::string honest = world.certificate(world.reporter);
  // Rosa's certificate with Mallory's name, under a copy of Rosa's self-signature over her own user id.
  const auto own_id = honest.find("Rosa <");
  REQUIRE(own_id != std::string::npos);
  const std::size_t after_id = own_id + std::string("Rosa <rosa@reporter.example>").size();
  const std::size_t signature_size = 2 + static_cast<unsigned char>(honest[after_id + 1]);
  std::string poisoned = honest;
  poisoned.insert(after_id + signature_size, "\xcd" + std::string(1, static_cast<char>(user_id.size())) +
                                                 user_id + honest.substr(after_id, signature_size));
  const auto claimed = read_certificates(poisoned);
  REQUIRE(claimed);
  REQUIRE(claimed->front().addresses.size() == 2); // nothing is verified yet
  const Opened opened = verify(*desk, report, world.detached(report, world.reporter), {poisoned});
  CHECK(opened.verdict.signature.state == SignatureState::good);
  CHECK(opened.verdict.signature.addresses == std::vector<std::string>{"rosa@reporter.example"});
}

TEST_CASE("Text signed in the clear is shown as it was signed") {
  const World& world = World::get();
  auto desk = engine();
  const std::string text = "First line  \n- a list\n-- \nFrom here\n";
  Request request;
  request.kind = Request::Kind::verify_clear;
  request.data = testing::gpg(world.others, "--clearsign -u " + world.reporter, text);
  request.certificates = {world.certificate(world.reporter)};
  auto opened = desk->open(request);
  REQUIRE(opened);
  CHECK(opened->verdict.signature.state == SignatureState::good);
  CHECK(opened->cleartext == "First line\n- a list\n--\nFrom here\n");

  request.data.replace(request.data.find("First"), 5, "Fifth");
  opened = desk->open(request);
  REQUIRE(opened);
  CHECK(opened->verdict.signature.state == SignatureState::bad);
  CHECK(opened->cleartext.starts_with("Fifth line\n"));
}

TEST_CASE("What the desk signs and encrypts can be opened by the other side and verified") {
  const World& world = World::get();
  auto desk = engine();
  const auto signature = desk->sign(report);
  REQUIRE(signature);
  CHECK(signature->micalg == "pgp-sha512");
  CHECK(verify(*desk, report, signature->armour, {}).verdict.signature.state == SignatureState::good);

  const auto own = desk->own_certificate();
  REQUIRE(own);
  CHECK(own->starts_with("-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n"));
  CHECK(read_certificates(*own)->front().fingerprint == world.desk);

  for (const auto& recipient : {world.reporter, world.rsa, world.old}) {
    const auto sealed = desk->sign_and_encrypt(report, {world.certificate(recipient)});
    REQUIRE(sealed);
    const std::string status = testing::gpg(world.others, "--status-fd 1 -o - -d", *sealed);
    CHECK(status.find("GOODSIG") != std::string::npos);
    CHECK(status.find("your wiki runs") != std::string::npos);
    const Opened copy = open_sealed(*desk, *sealed);
    CHECK(copy.verdict.signature.state == SignatureState::good);
    CHECK(copy.verdict.signature.fingerprint == world.desk);
    CHECK(copy.cleartext == report);
  }
}

TEST_CASE("The desk encrypts to nobody whose certificate is expired, revoked or has no key for it") {
  const World& world = World::get();
  auto desk = engine();
  for (const auto& recipient : {world.expired, world.revoked, world.sign_only}) {
    const auto sealed =
        desk->sign_and_encrypt(report, {world.certificate(world.reporter), world.certificate(recipient)});
    REQUIRE_FALSE(sealed);
    CHECK(sealed.error().kind == ErrorKind::refused);
    INFO(sealed.error().what);
    CHECK(sealed.error().what.find(recipient) != std::string::npos);
  }
  const auto nothing = desk->sign_and_encrypt(report, {"no certificate"});
  REQUIRE_FALSE(nothing);
  CHECK(nothing.error().kind == ErrorKind::refused);
}

TEST_CASE("The desk's own key is described for the doctor") {
  const World& world = World::get();
  auto desk = engine();
  const auto key = desk->own_key();
  REQUIRE(key);
  CHECK(key->fingerprint == world.desk);
  CHECK(key->user_ids == std::vector<std::string>{"Desk <cvd@zonnedam.example>"});
  CHECK(key->algorithm == "ed25519/cv25519");
  CHECK(key->can_sign);
  CHECK(key->can_decrypt);
  CHECK_FALSE(key->revoked);
  CHECK_FALSE(key->expires);
}

TEST_CASE("Opening mails imports nothing into the desk's home") {
  const World& world = World::get();
  auto desk = engine();
  const std::string before = testing::gpg(world.desk_home, "--with-colons -k");
  open_sealed(*desk, world.sealed(report, world.reporter), {world.certificate(world.reporter)});
  REQUIRE(desk->sign_and_encrypt(report, {world.certificate(world.rsa)}));
  CHECK(testing::gpg(world.desk_home, "--with-colons -k") == before);
  CHECK(before.find(world.reporter) == std::string::npos);
}

TEST_CASE("A desk key behind a passphrase works with its file, and says what is wrong without") {
  testing::GnupgFolder folder;
  const auto home = folder.path / "home";
  folder.homes.push_back(home);
  std::filesystem::create_directory(home);
  std::filesystem::permissions(home, std::filesystem::perms::owner_all);
  testing::gpg(
      home, "--passphrase correct-horse --quick-gen-key 'Desk <p@q.example>' future-default default never");
  EngineSettings settings;
  settings.home = home;
  const std::string listing = testing::gpg(home, "--with-colons -k");
  settings.key = listing.substr(listing.find("fpr:::::::::") + 12, 40);
  const std::string message = testing::gpg(home, "-e -r " + settings.key, report);
  // The agent remembers what it was told; each round begins with one that knows nothing.
  const auto forget = [&] { testing::end_agents(home); };

  REQUIRE(create_secret(folder.path / "right", "correct-horse\n"));
  REQUIRE(create_secret(folder.path / "wrong", "battery-staple\n"));
  forget();
  {
    auto locked = Engine::create(settings);
    REQUIRE(locked);
    Request request;
    request.data = message;
    const auto opened = (*locked)->open(request);
    REQUIRE_FALSE(opened);
    CHECK(opened.error().kind == ErrorKind::configuration);
    const auto signature = (*locked)->sign(report);
    REQUIRE_FALSE(signature);
    CHECK(signature.error().kind == ErrorKind::configuration);
  }
  forget();
  settings.passphrase_file = folder.path / "wrong";
  {
    auto wrong = Engine::create(settings);
    REQUIRE(wrong);
    const auto signature = (*wrong)->sign(report);
    REQUIRE_FALSE(signature);
    CHECK(signature.error().kind == ErrorKind::configuration);
    CHECK(signature.error().what.find("wrong") != std::string::npos);
  }
  forget();
  settings.passphrase_file = folder.path / "right";
  auto right = Engine::create(settings);
  REQUIRE(right);
  CHECK(open_sealed(**right, message).cleartext == report);
  CHECK((*right)->sign(report));
}

TEST_CASE("An engine is not made without a home, with a foreign key or with a path too long for sockets") {
  const World& world = World::get();
  EngineSettings settings = world.settings();
  settings.home = world.folder.path / "nowhere";
  auto made = Engine::create(settings);
  REQUIRE_FALSE(made);
  CHECK(made.error().kind == ErrorKind::configuration);
  CHECK_FALSE(made.error().hint.empty());

  settings = world.settings();
  settings.key = world.reporter;
  made = Engine::create(settings);
  REQUIRE_FALSE(made);
  CHECK(made.error().kind == ErrorKind::configuration);
  CHECK(made.error().what.find(world.reporter) != std::string::npos);

  testing::GnupgFolder folder;
  const auto deep = folder.path / std::string(110, 'd');
  const auto home = create_home(deep, "Desk <d@e.example>");
  REQUIRE_FALSE(home);
  CHECK(home.error().what.find("too long") != std::string::npos);
}
