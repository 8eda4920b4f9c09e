#include "openpgp/wire.hpp"

namespace cvdesk::openpgp {

std::string pack(const Request& request) {
  return PieceWriter()
      .add_number(static_cast<std::int64_t>(request.kind))
      .add(request.data)
      .add(request.signature)
      .add(request.certificates)
      .take();
}

Request unpack_request(PieceReader& pieces) {
  Request request;
  request.kind = static_cast<Request::Kind>(pieces.number());
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
  error.kind = static_cast<ErrorKind>(pieces.number());
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
  verdict.decryption = static_cast<Decryption>(pieces.number());
  verdict.signature.state = static_cast<SignatureState>(pieces.number());
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
