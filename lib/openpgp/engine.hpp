// The desk's OpenPGP engine: everything that needs GPGME, behind one class.
#pragma once

#include "core/result.hpp"
#include "core/secret.hpp"
#include "core/time.hpp"
#include "openpgp/verdict.hpp"

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace cvdesk::openpgp {

struct EngineSettings {
  std::filesystem::path home; // the desk's own GnuPG home
  std::string key;            // fingerprint of the desk's key
  std::optional<std::filesystem::path> passphrase_file;
  std::chrono::seconds deadline{10}; // of one operation; then its process group is killed
  std::size_t output_limit = 64u << 20;
};

struct DetachedSignature {
  std::string armour;
  std::string micalg; // "pgp-sha512": taken from the signing result
};

struct OwnKey {
  std::string fingerprint;
  std::vector<std::string> user_ids;
  std::optional<Instant> expires;
  bool can_sign = false;
  bool can_decrypt = false;
  bool revoked = false;
  std::string algorithm; // "ed25519/cv25519", "rsa4096"
};

// One engine serves one thread at a time; several engines work in parallel on one home.
class Engine {
public:
  // Fails (configuration) when the home or the key in it cannot be used; the hint says what to do.
  static Result<std::unique_ptr<Engine>> create(EngineSettings settings);
  ~Engine();

  // Decrypts or verifies. An error only where the engine itself failed (temporary: agent gone, disk full);
  // whatever the sender did is a Verdict. Packets are scanned before gpg sees a byte.
  Result<Opened> open(const Request& request);

  Result<DetachedSignature> sign(std::string_view payload);

  // Signed by the desk and encrypted to these certificates (binary or armoured) and to the desk's own key;
  // armoured. refused: a certificate cannot be encrypted to (expired, revoked, no encryption key).
  Result<std::string> sign_and_encrypt(std::string_view payload, const std::vector<std::string>& certificates);

  Result<std::string> own_certificate(); // armoured
  Result<OwnKey> own_key();

private:
  struct Impl;
  explicit Engine(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// A new GnuPG home with one key that signs, encrypts and never asks (for `cvdesk init`). The fingerprint.
Result<std::string> create_home(const std::filesystem::path& home, const std::string& user_id);

} // namespace cvdesk::openpgp
