#include "openpgp/session.hpp"

#include "core/text.hpp"
#include "openpgp/armour.hpp"
#include "openpgp/certificate.hpp"
#include "openpgp/gpg_home.hpp"
#include "openpgp/own_agent.hpp"
#include "openpgp/session_parts.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace cvdesk::openpgp {

namespace {

constexpr std::size_t candidates_limit = 8;

std::string text_of(gpgme_error_t error) {
  char buffer[256] = {};
  gpgme_strerror_r(error, buffer, sizeof buffer);
  return buffer;
}

} // namespace

tl::unexpected<Error> engine_trouble(std::string_view doing, gpgme_error_t error) {
  return fail_temporarily(ErrorKind::failed, fmt::format("gpg could not {}: {}", doing, text_of(error)),
                          "see cvdesk doctor");
}

// Also what makes GPGME leave out --batch: with it gpg would end before its integrity check when a signature
// is bad or expired.
gpgme_error_t Session::Impl::on_passphrase(void* self, const char*, const char* info, int was_bad, int fd) {
  auto& impl = *static_cast<Impl*>(self);
  // "<key id> ..." for a key of ours; "<cipher> <mode> <hash>" for a message behind a passphrase.
  const std::string_view first = info != nullptr ? split(info, ' ').front() : std::string_view();
  const bool for_message = first.size() < 16;
  if (!for_message && (was_bad != 0 || impl.passphrase.empty())) impl.passphrase_asked_in_vain = true;
  if (for_message || was_bad != 0 || impl.passphrase.empty()) return gpgme_error(GPG_ERR_CANCELED);
  const std::string_view secret = impl.passphrase.reveal();
  if (gpgme_io_writen(fd, secret.data(), secret.size()) != 0 || gpgme_io_writen(fd, "\n", 1) != 0) {
    return gpgme_error_from_syserror();
  }
  return 0;
}

Result<ContextPtr> Session::Impl::make_context(const std::filesystem::path& home) {
  gpgme_ctx_t raw = nullptr;
  if (const auto error = gpgme_new(&raw)) return engine_trouble("be set up", error);
  ContextPtr context(raw);
  auto error = gpgme_set_protocol(raw, GPGME_PROTOCOL_OpenPGP);
  if (error == 0) error = gpgme_ctx_set_engine_info(raw, GPGME_PROTOCOL_OpenPGP, nullptr, home.c_str());
  if (error == 0) error = gpgme_set_pinentry_mode(raw, GPGME_PINENTRY_MODE_LOOPBACK);
  for (const auto& [flag, value] : {std::pair{"full-status", "1"}, std::pair{"trust-model", "always"},
                                    std::pair{"no-symkey-cache", "1"}}) {
    if (error == 0) error = gpgme_set_ctx_flag(raw, flag, value);
  }
  if (error != 0) return engine_trouble("be set up", error);
  gpgme_set_offline(raw, 1);
  gpgme_set_armor(raw, 1);
  gpgme_set_status_cb(raw, &Impl::on_status, this);
  gpgme_set_passphrase_cb(raw, &Impl::on_passphrase, this);
  return context;
}

Result<void> Session::Impl::learn_own_keys() {
  begin();
  own_fingerprints.clear();
  own_key_ids.clear();
  if (const auto error = gpgme_op_keylist_start(desk.get(), nullptr, 1)) {
    return engine_trouble("list the desk's keys", error);
  }
  gpgme_key_t raw = nullptr;
  while (gpgme_op_keylist_next(desk.get(), &raw) == 0) {
    KeyPtr key(raw);
    own_fingerprints.emplace_back(key->fpr != nullptr ? key->fpr : "");
    for (const auto* subkey = key->subkeys; subkey != nullptr; subkey = subkey->next) {
      own_key_ids.push_back(ascii_upper(subkey->keyid));
    }
    if (key->fpr != nullptr && equal_ignoring_case(key->fpr, settings.key)) signer = std::move(key);
  }
  gpgme_op_keylist_end(desk.get());
  if (!signer) {
    return fail(ErrorKind::configuration,
                fmt::format("no secret key {} in the OpenPGP home {}", settings.key, settings.home.string()),
                "set openpgp.key to the fingerprint that gpg --homedir ... --list-secret-keys shows");
  }
  gpgme_signers_clear(desk.get());
  gpgme_signers_add(desk.get(), signer.get());
  return {};
}

Result<gpgme_ctx_t> Session::Impl::context_with_ring(const std::string& ring) {
  if (!bench) {
    TRY_ASSIGN(bench, Workbench::create(bench_folder, agent_socket));
    std::vector<const char*> patterns;
    for (const auto& fingerprint : own_fingerprints)
      patterns.push_back(fingerprint.c_str());
    patterns.push_back(nullptr);
    Sink exported(input_limit);
    gpgme_set_armor(desk.get(), 0);
    const auto error = gpgme_op_export_ext(desk.get(), patterns.data(), 0, exported.data());
    gpgme_set_armor(desk.get(), 1);
    if (error != 0) return engine_trouble("export the desk's certificate", error);
    own_ring = exported.take();
    TRY_ASSIGN(bench_context, make_context(bench->home()));
    gpgme_signers_add(bench_context.get(), signer.get());
  }
  TRY(bench->lay_out(own_ring + ring));
  return bench_context.get();
}

// Without candidates straight in the desk's home: nothing to write, and its self-signatures are cached.
Result<gpgme_ctx_t> Session::Impl::context_for(const std::vector<std::string>& certificates) {
  std::string ring;
  std::size_t count = 0;
  for (const auto& candidate : certificates) {
    const auto found = read_merged_certificates(candidate);
    if (!found) continue; // what a sender attached may be anything
    for (const auto& certificate : *found) {
      if (++count <= candidates_limit) ring += certificate.blob;
    }
  }
  if (ring.empty()) return desk.get();
  return context_with_ring(ring);
}

bool Session::Impl::has_rsa_key() const {
  for (const auto* subkey = signer->subkeys; subkey != nullptr; subkey = subkey->next) {
    if (subkey->pubkey_algo == GPGME_PK_RSA) return true;
  }
  return false;
}

Result<void> Session::Impl::move_to_own_agent() {
  TRY_ASSIGN(settings.home, home_with_own_agent(settings.home, bench_folder));
  TRY_ASSIGN(agent_socket, agent_socket_of(settings.home));
  TRY_ASSIGN(desk, make_context(settings.home));
  return learn_own_keys();
}

bool Session::Impl::agent_answers() const {
  gpgme_ctx_t raw = nullptr;
  if (gpgme_new(&raw) != 0) return false;
  const ContextPtr context(raw);
  gpgme_error_t reply = 0;
  return gpgme_set_protocol(raw, GPGME_PROTOCOL_ASSUAN) == 0 &&
         gpgme_ctx_set_engine_info(raw, GPGME_PROTOCOL_ASSUAN, agent_socket.c_str(), nullptr) == 0 &&
         gpgme_op_assuan_transact_ext(raw, "GETINFO pid", nullptr, nullptr, nullptr, nullptr, nullptr,
                                      nullptr, &reply) == 0 &&
         reply == 0;
}

// True: it was gone, and is back. An error: it is gone for good.
Result<bool> Session::Impl::revive_agent() {
  if (agent_answers()) return false;
  TRY(learn_own_keys());
  if (!agent_answers()) {
    return fail_temporarily(ErrorKind::failed, "the desk's gpg-agent does not answer", "see cvdesk doctor");
  }
  return true;
}

std::optional<Error> Session::Impl::passphrase_error(gpgme_error_t error) const {
  const bool bad = gpgme_err_code(error) == GPG_ERR_BAD_PASSPHRASE;
  if (!bad && !passphrase_asked_in_vain && !log.wrong_passphrase()) return {};
  return Error{ErrorKind::configuration, false,
               passphrase.empty() ? "the desk's key needs a passphrase"
                                  : "the passphrase of the desk's key is wrong",
               "put it into the file that openpgp.passphrase_file names"};
}

Session::Session(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Session::~Session() = default;
bool Session::spoiled() const {
  return impl_->spoiled;
}

Result<std::unique_ptr<Session>> Session::create(const EngineSettings& settings,
                                                 const std::filesystem::path& bench) {
  gpgme_check_version(nullptr);
  auto impl = std::make_unique<Impl>();
  impl->settings = settings;
  impl->bench_folder = bench;
  TRY_ASSIGN(impl->agent_socket, agent_socket_of(settings.home));
  if (settings.passphrase_file) {
    TRY_ASSIGN(impl->passphrase, read_secret(*settings.passphrase_file, SecretForm::line));
  }
  TRY_ASSIGN(impl->desk, impl->make_context(settings.home));
  TRY(impl->learn_own_keys());
  if (impl->has_rsa_key() && !bench.empty()) TRY(impl->move_to_own_agent());
  return std::unique_ptr<Session>(new Session(std::move(impl)));
}

Result<std::string> Session::own_certificate() {
  Sink sink(input_limit);
  impl_->begin();
  if (const auto error = gpgme_op_export(impl_->desk.get(), impl_->settings.key.c_str(), 0, sink.data())) {
    return engine_trouble("export the desk's certificate", error);
  }
  TRY_ASSIGN(const auto found, read_certificates(sink.take()));
  if (found.empty()) return fail(ErrorKind::failed, "gpg exported no certificate of the desk");
  return write_armour("PUBLIC KEY BLOCK", found.front().blob);
}

Result<OwnKey> Session::own_key() {
  TRY(impl_->learn_own_keys());
  const _gpgme_key& key = *impl_->signer;
  OwnKey own;
  own.fingerprint = key.fpr;
  own.revoked = key.revoked != 0;
  for (const auto* id = key.uids; id != nullptr; id = id->next) {
    if (id->revoked == 0 && id->invalid == 0) own.user_ids.emplace_back(id->uid);
  }
  if (key.subkeys->expires > 0) own.expires = from_unix(key.subkeys->expires);
  std::string encrypting;
  for (auto* subkey = key.subkeys; subkey != nullptr; subkey = subkey->next) {
    const bool usable =
        subkey->revoked == 0 && subkey->expired == 0 && subkey->invalid == 0 && subkey->secret != 0;
    if (usable && subkey->can_sign != 0) own.can_sign = true;
    // An expired key still decrypts; only what is not there does not.
    if (subkey->can_encrypt != 0 && subkey->secret != 0) own.can_decrypt = true;
    const std::unique_ptr<char, void (*)(void*)> name(gpgme_pubkey_algo_string(subkey), gpgme_free);
    if (!name) continue;
    if (subkey == key.subkeys)
      own.algorithm = name.get();
    else if (subkey->can_encrypt != 0)
      encrypting = name.get();
  }
  if (!encrypting.empty() && encrypting != own.algorithm) own.algorithm += "/" + encrypting;
  return own;
}

} // namespace cvdesk::openpgp
