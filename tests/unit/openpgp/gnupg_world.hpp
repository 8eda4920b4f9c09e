// Real keys in throwaway homes: a desk, and everybody who writes to it.
#pragma once

#include "openpgp/engine.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace cvdesk::testing {

// A folder below /tmp with a short path (agents have sockets), gone with all agents in it at the end.
class GnupgFolder {
public:
  GnupgFolder();
  ~GnupgFolder();
  GnupgFolder(const GnupgFolder&) = delete;
  GnupgFolder& operator=(const GnupgFolder&) = delete;
  std::filesystem::path path;
  std::vector<std::filesystem::path> homes; // whose agents end with it
};

// Runs gpg in this home and gives its standard output; the test fails when gpg does.
std::string gpg(const std::filesystem::path& home, const std::string& arguments, std::string_view input = {});

void end_agents(const std::filesystem::path& home);

// Made once a test program. Fingerprints; the secret keys of all but the desk stand in `others`.
struct World {
  GnupgFolder folder;
  std::filesystem::path desk_home;
  std::filesystem::path others;
  std::string desk;      // cv25519, made by create_home
  std::string reporter;  // Rosa <rosa@reporter.example>, cv25519
  std::string stranger;  // Mallory <mallory@elsewhere.example>, cv25519
  std::string rsa;       // Bram <bram@rsa.example>, RSA-2048
  std::string old;       // Olga <olga@old.example>, made in 2020
  std::string expired;   // Eva <eva@expired.example>, 2020, one year
  std::string revoked;   // Rik <rik@revoked.example>; certificate() carries its revocation
  std::string sign_only; // Sven <sven@sign.example>, no encryption key

  static const World& get();
  openpgp::EngineSettings settings() const;
  std::string certificate(const std::string& fingerprint) const; // binary
  // As a mail program would: signed by `signer` (or not, when empty), encrypted to the desk, armoured.
  std::string sealed(std::string_view text, const std::string& signer = {},
                     const std::string& options = {}) const;
  std::string detached(std::string_view text, const std::string& signer,
                       const std::string& options = {}) const;

private:
  World();
};

} // namespace cvdesk::testing
