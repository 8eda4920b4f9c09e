#include "openpgp/wire.hpp"

namespace cvdesk::openpgp {

namespace {

// A name of no enumerator is as good as a broken message.
template <class Enumeration>
Enumeration unpack_name(PieceReader& pieces, Enumeration last) {
  const std::int64_t number = pieces.number();
  if (number >= 0 && number <= static_cast<std::int64_t>(last)) return static_cast<Enumeration>(number);
  pieces.spoil();
  return {};
}

} // namespace

std::size_t size_of(const Request& request) {
  std::size_t bytes = 256 + request.data.size() + request.signature.size();
  for (const auto& certificate : request.certificates)
    bytes += certificate.size() + sizeof(std::int64_t);
  return bytes;
}

void pack(PieceWriter& pieces, const Request& request) {
  pieces.add_number(static_cast<std::int64_t>(request.kind))
      .add(request.data)
      .add(request.signature)
      .add(request.certificates);
}

Request unpack_request(PieceReader& pieces) {
  Request request;
  request.kind = unpack_name(pieces, Request::Kind::verify_clear);
  request.data = pieces.text();
  request.signature = pieces.text();
  request.certificates = pieces.texts();
  return request;
}

std::string pack(const Error& error) {
  return PieceWriter()
      .add_number(static_cast<std::int64_t>(error.kind))
      .add_number(error.temporary)
      .add(error.what)
      .add(error.hint)
      .take();
}

Error unpack_error(PieceReader& pieces) {
  Error error;
  error.kind = unpack_name(pieces, ErrorKind::stopped);
  error.temporary = pieces.number() != 0;
  error.what = pieces.text();
  error.hint = pieces.text();
  return error;
}

std::string pack(const Opened& opened) {
  const Verdict& verdict = opened.verdict;
  return PieceWriter()
      .add_number(static_cast<std::int64_t>(verdict.decryption))
      .add_number(static_cast<std::int64_t>(verdict.signature.state))
      .add(verdict.signature.fingerprint)
      .add(verdict.signature.addresses)
      .add(verdict.cause)
      .add(verdict.key_ids)
      .add(opened.cleartext)
      .take();
}

Opened unpack_opened(PieceReader& pieces) {
  Opened opened;
  Verdict& verdict = opened.verdict;
  verdict.decryption = unpack_name(pieces, Decryption::refused);
  verdict.signature.state = unpack_name(pieces, SignatureState::revoked_key);
  verdict.signature.fingerprint = pieces.text();
  verdict.signature.addresses = pieces.texts();
  verdict.cause = pieces.text();
  verdict.key_ids = pieces.texts();
  opened.cleartext = pieces.text();
  return opened;
}

std::string pack(const OwnKey& key) {
  return PieceWriter()
      .add(key.fingerprint)
      .add(key.user_ids)
      .add_number(key.expires ? to_unix(*key.expires) : 0)
      .add_number(key.can_sign)
      .add_number(key.can_decrypt)
      .add_number(key.revoked)
      .add(key.algorithm)
      .take();
}

OwnKey unpack_own_key(PieceReader& pieces) {
  OwnKey key;
  key.fingerprint = pieces.text();
  key.user_ids = pieces.texts();
  const auto expires = pieces.number();
  if (expires != 0) key.expires = from_unix(expires);
  key.can_sign = pieces.number() != 0;
  key.can_decrypt = pieces.number() != 0;
  key.revoked = pieces.number() != 0;
  key.algorithm = pieces.text();
  return key;
}

} // namespace cvdesk::openpgp
