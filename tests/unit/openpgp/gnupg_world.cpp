#include "gnupg_world.hpp"

#include "core/file.hpp"
#include "core/text.hpp"

#include <catch2/catch.hpp>
#include <fmt/core.h>

#include <atomic>
#include <cstdlib>
#include <stdexcept>

namespace cvdesk::testing {

namespace {

int run(const std::string& command) {
  return std::system(command.c_str());
}

std::string generate(const std::filesystem::path& home, const std::string& user_id, const std::string& kind,
                     const std::string& options = {}) {
  gpg(home, fmt::format("{} --passphrase '' --quick-gen-key '{}' {}", options, user_id, kind));
  const std::string address = user_id.substr(user_id.find('<'));
  const std::string listing = gpg(home, fmt::format("--with-colons -k '{}'", address));
  for (const auto line : split(listing, '\n')) {
    if (line.starts_with("fpr:")) return std::string(split(line, ':')[9]);
  }
  throw std::runtime_error("no key for " + user_id);
}

} // namespace

void end_agents(const std::filesystem::path& home) {
  run(fmt::format("gpgconf --homedir {} --kill all 2>/dev/null", home.string()));
}

GnupgFolder::GnupgFolder() {
  char pattern[] = "/tmp/cvd-pgp-XXXXXX";
  if (::mkdtemp(pattern) == nullptr) throw std::runtime_error("no folder in /tmp");
  path = pattern;
}

GnupgFolder::~GnupgFolder() {
  for (const auto& home : homes)
    end_agents(home);
  std::error_code ignored;
  std::filesystem::remove_all(path, ignored);
}

std::string gpg(const std::filesystem::path& home, const std::string& arguments, std::string_view input) {
  static std::atomic<int> count = 0;
  const auto base = home.parent_path() / fmt::format("run{}", ++count);
  const std::string in = base.string() + ".in";
  const std::string out = base.string() + ".out";
  const std::string err = base.string() + ".err";
  if (!replace_file(in, input, 0600)) throw std::runtime_error("cannot write " + in);
  const int status = run(fmt::format("gpg --homedir {} --batch --yes --no-tty --no-auto-check-trustdb "
                                     "--trust-model always --pinentry-mode loopback {} < {} > {} 2> {}",
                                     home.string(), arguments, in, out, err));
  const auto output = read_file(out, 1u << 30);
  if (status != 0) {
    throw std::runtime_error(fmt::format("gpg {}: {}", arguments, read_file(err, 1u << 20).value_or("")));
  }
  for (const auto& file : {in, out, err})
    std::filesystem::remove(file);
  return output.value_or("");
}

World::World() {
  desk_home = folder.path / "desk";
  others = folder.path / "others";
  folder.homes = {desk_home, others};
  auto made = openpgp::create_home(desk_home, "Desk <cvd@zonnedam.example>");
  if (!made) throw std::runtime_error(made.error().what);
  desk = *made;
  std::filesystem::create_directory(others);
  std::filesystem::permissions(others, std::filesystem::perms::owner_all);
  gpg(others, "--import", gpg(desk_home, "--export " + desk));

  const std::string long_ago = "--faked-system-time 20200101T120000!";
  reporter = generate(others, "Rosa <rosa@reporter.example>", "future-default default never");
  stranger = generate(others, "Mallory <mallory@elsewhere.example>", "future-default default never");
  rsa = generate(others, "Bram <bram@rsa.example>", "rsa2048 sign never");
  gpg(others, "--passphrase '' --quick-add-key " + rsa + " rsa2048 encr never");
  old = generate(others, "Olga <olga@old.example>", "future-default default never", long_ago);
  expired = generate(others, "Eva <eva@expired.example>", "future-default default 1y", long_ago);
  revoked = generate(others, "Rik <rik@revoked.example>", "future-default default never");
  sign_only = generate(others, "Sven <sven@sign.example>", "ed25519 sign never");
}

const World& World::get() {
  static const World world;
  return world;
}

openpgp::EngineSettings World::settings() const {
  openpgp::EngineSettings own;
  own.home = desk_home;
  own.key = desk;
  return own;
}

std::string World::certificate(const std::string& fingerprint) const {
  std::string certificate = gpg(others, "--export " + fingerprint);
  if (fingerprint == revoked) {
    // gpg writes a revocation when it makes a key, with a colon in front so that none is used by accident.
    const auto file = others / "openpgp-revocs.d" / (fingerprint + ".rev");
    std::string text = read_file(file, 1u << 20).value();
    text = text.substr(text.find(":-----BEGIN") + 1);
    const std::string signature = gpg(others, "--dearmor", text);
    // After the primary key packet (old format, one or two bytes of length).
    const bool two = (static_cast<unsigned char>(certificate[0]) & 3u) == 1;
    const std::size_t length = two ? static_cast<unsigned char>(certificate[1]) * 256u +
                                         static_cast<unsigned char>(certificate[2]) + 3u
                                   : static_cast<unsigned char>(certificate[1]) + 2u;
    certificate.insert(length, signature);
  }
  return certificate;
}

std::string World::sealed(std::string_view text, const std::string& signer,
                          const std::string& options) const {
  const std::string sign = signer.empty() ? "" : "-s -u " + signer;
  return gpg(others, fmt::format("{} {} -a -e -r {}", options, sign, desk), text);
}

std::string World::detached(std::string_view text, const std::string& signer,
                            const std::string& options) const {
  return gpg(others, fmt::format("{} -a -b -u {}", options, signer), text);
}

} // namespace cvdesk::testing
