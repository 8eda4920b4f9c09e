#include "core/text.hpp"
#include "openpgp/armour.hpp"
#include "openpgp/certificate.hpp"
#include "openpgp/clearsigned.hpp"
#include "openpgp/gpg_home.hpp"
#include "openpgp/session_parts.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstdlib>

namespace cvdesk::openpgp {

namespace {

constexpr std::size_t signature_bytes = 1u << 20;

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

} // namespace cvdesk::openpgp
