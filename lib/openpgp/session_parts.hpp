// What a session is made of, for session*.cpp alone.
//   session.cpp        contexts of GPGME, keys and agent of the desk
//   session_open.cpp   what came: decrypted, verified, judged
//   session_write.cpp  what goes out: signed, encrypted
#pragma once

#include "openpgp/gpgme_parts.hpp"
#include "openpgp/packets.hpp"
#include "openpgp/session.hpp"
#include "openpgp/status.hpp"
#include "openpgp/workbench.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cvdesk::openpgp {

inline constexpr std::size_t input_limit = 96u << 20; // armour around the largest mail

// temporary: gpg itself failed, whatever it was given.
tl::unexpected<Error> engine_trouble(std::string_view doing, gpgme_error_t error);

struct Session::Impl {
  EngineSettings settings;
  std::filesystem::path bench_folder;
  std::filesystem::path agent_socket;
  Secret passphrase;
  ContextPtr desk;
  KeyPtr signer;
  std::vector<std::string> own_fingerprints; // every key whose secret half is in the home, retired ones too
  std::vector<std::string> own_key_ids;      // of all their keys and subkeys
  std::string own_ring;
  std::optional<Workbench> bench;
  ContextPtr bench_context;
  StatusLog log;
  bool passphrase_asked_in_vain = false;
  bool spoiled = false;

  Result<ContextPtr> make_context(const std::filesystem::path& home);
  Result<void> learn_own_keys();
  Result<gpgme_ctx_t> context_for(const std::vector<std::string>& certificates);
  Result<gpgme_ctx_t> context_with_ring(const std::string& ring);
  bool has_rsa_key() const;
  Result<void> move_to_own_agent();
  bool agent_answers() const;
  Result<bool> revive_agent();

  Result<Opened> decrypt(const Request& request);
  Result<Opened> read_clear(gpgme_ctx_t context, std::string_view data);
  Result<Opened> judge_failure(const Survey& found, gpgme_error_t error);
  Result<Opened> verify(std::string_view covered, std::string_view signature,
                        const std::vector<std::string>& certificates);
  Result<Opened> verify_clear(const Request& request);
  Signature signature_from_log(gpgme_ctx_t context) const;
  Opened too_large() const;
  std::optional<Error> passphrase_error(gpgme_error_t error) const;
  void begin() {
    log.clear();
    passphrase_asked_in_vain = false;
  }

  static gpgme_error_t on_status(void* self, const char* keyword, const char* arguments) {
    static_cast<Impl*>(self)->log.line(keyword, arguments != nullptr ? arguments : "");
    return 0;
  }
  static gpgme_error_t on_passphrase(void* self, const char* hint, const char* info, int was_bad, int fd);
};

} // namespace cvdesk::openpgp
