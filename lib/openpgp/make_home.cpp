#include "core/file.hpp"
#include "openpgp/gpg_home.hpp"
#include "openpgp/gpgme_parts.hpp"
#include "openpgp/session.hpp"

#include <fmt/core.h>

#include <sys/stat.h>

namespace cvdesk::openpgp {

namespace {

// The automatic check of the trust database takes seconds in a large ring and decides nothing here.
constexpr std::string_view configuration = "no-auto-check-trustdb\nno-auto-key-locate\nno-auto-key-retrieve\n"
                                           "personal-digest-preferences SHA512 SHA256\n";

Result<std::string> make_key(const std::filesystem::path& home, const std::string& user_id) {
  gpgme_ctx_t raw = nullptr;
  gpgme_error_t error = gpgme_new(&raw);
  const ContextPtr context(raw);
  if (error == 0) error = gpgme_set_protocol(raw, GPGME_PROTOCOL_OpenPGP);
  if (error == 0) error = gpgme_ctx_set_engine_info(raw, GPGME_PROTOCOL_OpenPGP, nullptr, home.c_str());
  // "future-default" is ed25519 with cv25519 in every gpg from 2.2 on.
  if (error == 0) {
    error = gpgme_op_createkey(raw, user_id.c_str(), "future-default", 0, 0, nullptr,
                               GPGME_CREATE_NOPASSWD | GPGME_CREATE_NOEXPIRE);
  }
  const gpgme_genkey_result_t made = error == 0 ? gpgme_op_genkey_result(raw) : nullptr;
  if (made == nullptr || made->fpr == nullptr) {
    char why[256] = {};
    gpgme_strerror_r(error, why, sizeof why);
    return fail(ErrorKind::failed, fmt::format("gpg could not create a key in {}: {}", home.string(), why));
  }
  return std::string(made->fpr);
}

} // namespace

Result<std::string> make_home(const std::filesystem::path& home, const std::string& user_id) {
  gpgme_check_version(nullptr);
  if (user_id.empty() || user_id.find_first_of("\r\n") != std::string::npos) {
    return fail(ErrorKind::usage, "a user id is one line of text");
  }
  if (::mkdir(home.c_str(), 0700) != 0) {
    return fail(errno == EEXIST ? ErrorKind::refused : ErrorKind::io,
                fmt::format("cannot create {}: {}", home.string(), errno_text()));
  }
  TRY(agent_socket_of(home));
  TRY(create_file(home / "gpg.conf", configuration, 0600));
  TRY(create_file(home / "gpg-agent.conf", "disable-scdaemon\n", 0600));
  auto fingerprint = make_key(home, user_id);
  end_agent_of(home); // the daemon's own gpg starts it again, as the daemon's user
  return fingerprint;
}

} // namespace cvdesk::openpgp
