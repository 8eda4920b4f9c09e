#include "openpgp/session.hpp"

#include "core/file.hpp"
#include "core/text.hpp"
#include "openpgp/armour.hpp"
#include "openpgp/certificate.hpp"
#include "openpgp/clearsigned.hpp"
#include "openpgp/gpg_home.hpp"
#include "openpgp/own_agent.hpp"
#include "openpgp/gpgme_parts.hpp"
#include "openpgp/packets.hpp"
#include "openpgp/status.hpp"
#include "openpgp/workbench.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstdlib>
#include <sys/stat.h>

namespace cvdesk::openpgp {

namespace {

constexpr std::size_t input_limit = 96u << 20; // armour around the largest mail
constexpr std::size_t signature_bytes = 1u << 20;
constexpr std::size_t candidates_limit = 8;

std::string text_of(gpgme_error_t error) {
  char buffer[256] = {};
  gpgme_strerror_r(error, buffer, sizeof buffer);
  return buffer;
}

tl::unexpected<Error> engine_trouble(std::string_view doing, gpgme_error_t error) {
  return fail_temporarily(ErrorKind::failed, fmt::format("gpg could not {}: {}", doing, text_of(error)),
                          "see cvdesk doctor");
}

Opened withheld(Decryption decryption, std::string cause, std::vector<std::string> key_ids = {}) {
  Opened opened;
  opened.verdict.decryption = decryption;
  opened.verdict.cause = std::move(cause);
  opened.verdict.key_ids = std::move(key_ids);
  return opened;
}

Opened unverified(SignatureState state, std::string cause) {
  Opened opened;
  opened.verdict.signature.state = state;
  opened.verdict.cause = std::move(cause);
  return opened;
}

// What is said of data that gpg is not given at all; unset for what it may see.
std::optional<Opened> refused_unread(const Survey& found) {
  using Shape = Survey::Shape;
  switch (found.shape) {
  case Shape::encrypted:
    if (found.recipients != 0) return {};
    return withheld(Decryption::no_key, "encrypted with a passphrase, not to the desk's key");
  case Shape::clear:
    return {};
  case Shape::unprotected:
    return withheld(Decryption::refused, "encrypted without integrity protection", found.key_ids);
  case Shape::unsupported:
    return withheld(Decryption::failed, "unsupported format: OpenPGP of RFC 9580, which gpg cannot read",
                    found.key_ids);
  case Shape::several:
    return withheld(Decryption::refused, "damaged, or more than one encrypted message in one", found.key_ids);
  case Shape::too_complex:
    return withheld(Decryption::failed, "too complex: too many recipients, signatures or packets",
                    found.key_ids);
  case Shape::signatures:
    return withheld(Decryption::failed, "a signature without the text it belongs to");
  case Shape::key:
    return withheld(Decryption::failed, "a key, not a message");
  case Shape::nothing:
    break;
  }
  return withheld(Decryption::failed, "no OpenPGP data");
}

// A field of gpg's colon listing: "\x3a" stands for a colon.
std::string unescape(std::string_view field) {
  std::string text;
  for (std::size_t at = 0; at < field.size(); ++at) {
    if (field[at] == '\\' && at + 3 < field.size() && field[at + 1] == 'x') {
      const std::string digits(field.substr(at + 2, 2));
      text.push_back(static_cast<char>(std::strtoul(digits.c_str(), nullptr, 16)));
      at += 3;
    } else {
      text.push_back(field[at]);
    }
  }
  return text;
}

// addr-specs of the user ids that carry a valid self-signature (they alone have a creation date) and are not
// revoked or expired themselves.
std::vector<std::string> valid_addresses(std::string_view listing) {
  std::vector<std::string> addresses;
  std::string_view key_validity;
  for (const auto line : split(listing, '\n')) {
    const auto fields = split(line, ':');
    if (fields.size() < 10) continue;
    if (fields[0] == "pub") key_validity = fields[1];
    if (fields[0] != "uid" || fields[5].empty()) continue;
    const bool spoiled = fields[1] == "r" || fields[1] == "e" || fields[1] == "i" || fields[1] == "n";
    if (spoiled && fields[1] != key_validity) continue;
    const std::string address = address_in_user_id(unescape(fields[9]));
    if (!address.empty() && std::find(addresses.begin(), addresses.end(), address) == addresses.end()) {
      addresses.push_back(address);
    }
  }
  return addresses;
}

} // namespace

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

Signature Session::Impl::signature_from_log(gpgme_ctx_t context) const {
  auto [signature, verified] = log.deciding_signature();
  if (signature.fingerprint.size() < 40) signature.fingerprint.clear(); // a key id proves nothing
  if (!verified || signature.fingerprint.empty()) return signature;
  const gpgme_engine_info_t info = gpgme_ctx_get_engine_info(context);
  const auto& home = context == desk.get() ? settings.home : bench->home();
  const auto listing =
      run_and_read({info->file_name, "--homedir", home.string(), "--batch", "--no-tty", "--no-autostart",
                    "--disable-dirmngr", "--no-auto-check-trustdb", "--trust-model", "always",
                    "--with-colons", "--fixed-list-mode", "-k", signature.fingerprint});
  if (listing) signature.addresses = valid_addresses(*listing);
  return signature;
}

Opened Session::Impl::too_large() const {
  return withheld(Decryption::failed,
                  fmt::format("too big: more than {} MiB when opened", settings.output_limit >> 20));
}

Result<Opened> Session::Impl::read_clear(gpgme_ctx_t context, std::string_view data) {
  const auto source = source_of(data);
  Sink sink(settings.output_limit);
  begin();
  const auto error = gpgme_op_verify(context, source.get(), nullptr, sink.data());
  if (sink.overflowed()) {
    spoiled = true;
    return too_large();
  }
  if (log.silent()) return engine_trouble("run", error);
  if (!log.clear_once()) return withheld(Decryption::refused, "damaged, or not one message");
  Opened opened;
  opened.verdict.signature = signature_from_log(context);
  opened.verdict.cause = "not encrypted, although it was sent as if it were";
  opened.cleartext = sink.take();
  return opened;
}

// Decryption did not end well: whose fault was it, and how far did it get?
Result<Opened> Session::Impl::judge_failure(const Survey& found, gpgme_error_t error) {
  if (log.silent()) return engine_trouble("run", error);
  if (log.had_session_key()) {
    return withheld(Decryption::refused, "damaged: it failed its integrity check", found.key_ids);
  }
  if (auto wrong = passphrase_error(error)) return tl::unexpected(std::move(*wrong));
  const bool for_us = std::any_of(found.key_ids.begin(), found.key_ids.end(), [this](const auto& id) {
    return std::find(own_key_ids.begin(), own_key_ids.end(), id) != own_key_ids.end();
  });
  if (for_us) return withheld(Decryption::failed, "damaged: its session key cannot be read", found.key_ids);
  if (found.passphrases != 0) {
    return withheld(Decryption::no_key, "encrypted with a passphrase or to other keys, not to the desk's",
                    found.key_ids);
  }
  return withheld(Decryption::no_key, "encrypted to other keys, not to the desk's", found.key_ids);
}

Result<Opened> Session::Impl::decrypt(const Request& request) {
  std::string unarmoured;
  std::string_view binary = request.data;
  if (is_armoured(binary)) {
    auto block = read_armour(binary, input_limit);
    if (!block) return withheld(Decryption::failed, block.error().what);
    if (is_armoured(block->rest)) return withheld(Decryption::refused, "more than one message in one");
    unarmoured = std::move(block->bytes);
    binary = unarmoured;
  }
  const Survey found = survey(binary);
  if (auto refused = refused_unread(found)) return std::move(*refused);
  if (found.shape == Survey::Shape::clear) {
    TRY_ASSIGN(const gpgme_ctx_t context, context_for(request.certificates));
    return read_clear(context, binary);
  }
  if (found.passphrases != 0) {
    unarmoured = without_passphrases(binary);
    binary = unarmoured;
  }
  for (bool again = false;; again = true) {
    TRY_ASSIGN(const gpgme_ctx_t context, context_for(request.certificates));
    const auto source = source_of(binary);
    Sink sink(settings.output_limit);
    begin();
    const auto error = gpgme_op_decrypt_verify(context, source.get(), sink.data());
    if (sink.overflowed()) {
      spoiled = true;
      Opened large = too_large();
      large.verdict.key_ids = found.key_ids;
      return large;
    }
    if (error == 0 && log.intact()) {
      Opened opened;
      opened.verdict.decryption = Decryption::ok;
      opened.verdict.signature = signature_from_log(context);
      opened.cleartext = sink.take();
      return opened;
    }
    if (!again && !log.had_session_key()) {
      TRY_ASSIGN(const bool revived, revive_agent());
      if (revived) continue;
    }
    return judge_failure(found, error);
  }
}

Result<Opened> Session::Impl::verify(std::string_view covered, std::string_view signature,
                                     const std::vector<std::string>& certificates) {
  const auto binary = dearmour(signature, signature_bytes);
  if (!binary) return unverified(SignatureState::bad, binary.error().what);
  const Survey found = survey(*binary);
  if (found.shape == Survey::Shape::too_complex) {
    return unverified(SignatureState::unknown_key, "too many signatures");
  }
  if (found.shape != Survey::Shape::signatures)
    return unverified(SignatureState::bad, "damaged: not a signature");
  const std::string readable = readable_signatures(*binary);
  if (readable.empty()) {
    return unverified(SignatureState::unknown_key, "unsupported format: a signature that gpg cannot read");
  }
  TRY_ASSIGN(const gpgme_ctx_t context, context_for(certificates));
  const auto source = source_of(readable);
  const auto text = source_of(covered);
  begin();
  const auto error = gpgme_op_verify(context, source.get(), text.get(), nullptr);
  if (log.silent()) return engine_trouble("run", error);
  if (log.signatures() == 0) return unverified(SignatureState::bad, "damaged: not a signature");
  Opened opened;
  opened.verdict.signature = signature_from_log(context);
  return opened;
}

Result<Opened> Session::Impl::verify_clear(const Request& request) {
  const auto parts = read_clearsigned(request.data);
  if (!parts) return unverified(SignatureState::bad, "damaged: " + parts.error().what);
  TRY_ASSIGN(Opened opened, verify(parts->covered, parts->signature, request.certificates));
  opened.cleartext = parts->text;
  return opened;
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

Result<Opened> Session::open(const Request& request) {
  switch (request.kind) {
  case Request::Kind::decrypt:
    return impl_->decrypt(request);
  case Request::Kind::verify_detached:
    return impl_->verify(request.data, request.signature, request.certificates);
  case Request::Kind::verify_clear:
    return impl_->verify_clear(request);
  }
  return fail(ErrorKind::usage, "unknown kind of OpenPGP request");
}

namespace {

tl::unexpected<Error> signing_trouble(gpgme_error_t error) {
  if (gpgme_err_code(error) == GPG_ERR_UNUSABLE_SECKEY || gpgme_err_code(error) == GPG_ERR_NO_SECKEY) {
    return fail(ErrorKind::configuration,
                "the desk's key cannot sign: it is expired, revoked or not for signing",
                "extend it with gpg --quick-set-expire, or set openpgp.key to another key");
  }
  return engine_trouble("sign", error);
}

} // namespace

Result<DetachedSignature> Session::sign(std::string_view payload) {
  const auto source = source_of(payload);
  Sink sink(1u << 20);
  impl_->begin();
  const auto error = gpgme_op_sign(impl_->desk.get(), source.get(), sink.data(), GPGME_SIG_MODE_DETACH);
  if (error != 0) {
    if (auto wrong = impl_->passphrase_error(error)) return tl::unexpected(std::move(*wrong));
    return signing_trouble(error);
  }
  const gpgme_sign_result_t result = gpgme_op_sign_result(impl_->desk.get());
  if (result == nullptr || result->signatures == nullptr) return engine_trouble("sign", error);
  const char* hash = gpgme_hash_algo_name(result->signatures->hash_algo);
  return DetachedSignature{sink.take(), "pgp-" + ascii_lower(hash != nullptr ? hash : "unknown")};
}

Result<std::string> Session::sign_and_encrypt(std::string_view payload,
                                              const std::vector<std::string>& certificates) {
  std::string ring;
  // Whole fingerprints only: anything shorter or friendlier can make gpg look elsewhere.
  std::string recipients = fmt::format("--\n{}\n", impl_->signer->fpr);
  for (const auto& certificate : certificates) {
    TRY_ASSIGN(const auto found, read_certificates(certificate));
    if (found.size() != 1) return fail(ErrorKind::refused, "not exactly one certificate to encrypt to");
    ring += found.front().blob;
    recipients += found.front().fingerprint + "\n";
  }
  for (bool again = false;; again = true) {
    TRY_ASSIGN(const gpgme_ctx_t context, impl_->context_with_ring(ring));
    const auto source = source_of(payload);
    Sink sink(2 * payload.size() + (1u << 20));
    impl_->begin();
    const auto flags =
        static_cast<gpgme_encrypt_flags_t>(GPGME_ENCRYPT_ALWAYS_TRUST | GPGME_ENCRYPT_NO_COMPRESS);
    const auto error =
        gpgme_op_encrypt_sign_ext(context, nullptr, recipients.c_str(), flags, source.get(), sink.data());
    if (error == 0 && impl_->log.unusable_recipients().empty()) return sink.take();
    if (auto wrong = impl_->passphrase_error(error)) return tl::unexpected(std::move(*wrong));
    if (!impl_->log.unusable_recipients().empty()) {
      return fail(ErrorKind::refused,
                  fmt::format("the certificate {} cannot be encrypted to: it is expired, revoked "
                              "or not for encryption",
                              shorten(impl_->log.unusable_recipients().front(), 80)));
    }
    if (!again) {
      TRY_ASSIGN(const bool revived, impl_->revive_agent());
      if (revived) continue;
    }
    return signing_trouble(error);
  }
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
