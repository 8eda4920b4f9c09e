#include "openpgp/verdict.hpp"

namespace cvdesk::openpgp {

std::string_view to_string(Decryption decryption) {
  switch (decryption) {
  case Decryption::none:
    return "none";
  case Decryption::ok:
    return "ok";
  case Decryption::no_key:
    return "no-key";
  case Decryption::failed:
    return "failed";
  case Decryption::refused:
    return "refused";
  }
  return "failed";
}

std::string_view to_string(SignatureState state) {
  switch (state) {
  case SignatureState::none:
    return "none";
  case SignatureState::good:
    return "good";
  case SignatureState::weak:
    return "weak";
  case SignatureState::bad:
    return "bad";
  case SignatureState::unknown_key:
    return "unknown-key";
  case SignatureState::expired:
    return "expired";
  case SignatureState::expired_key:
    return "expired-key";
  case SignatureState::revoked_key:
    return "revoked-key";
  }
  return "bad";
}

} // namespace cvdesk::openpgp
