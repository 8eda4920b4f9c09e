#include "core/text.hpp"
#include "openpgp/certificate.hpp"
#include "openpgp/session_parts.hpp"

#include <fmt/core.h>

namespace cvdesk::openpgp {

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

} // namespace cvdesk::openpgp
