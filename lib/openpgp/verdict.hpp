// What opening one piece of OpenPGP data showed: plain values.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cvdesk::openpgp {

// refused: the text failed its integrity check, or is not what it claims to be; it is never shown.
enum class Decryption { none, ok, no_key, failed, refused };
enum class SignatureState { none, good, weak, bad, unknown_key, expired, expired_key, revoked_key };

struct Signature {
  SignatureState state = SignatureState::none;
  std::string fingerprint;               // of the primary key, where known; else of what the packet names
  std::vector<std::string> addresses;    // addr-specs in the valid user ids of that certificate, lower case
  friend bool operator==(const Signature&, const Signature&) = default;
};

struct Verdict {
  Decryption decryption = Decryption::none;
  Signature signature;                // the one that decides; none when there is none
  std::string cause;                  // why it was not opened, in words; empty otherwise
  std::vector<std::string> key_ids;   // for whom it is encrypted (16 upper-case hex digits), where not opened
};

// The names of the contract: "none", "no-key", "unknown-key", "expired-key", ...
std::string_view to_string(Decryption decryption);
std::string_view to_string(SignatureState state);

// One request to open something, and what came of it. `Opened::cleartext` is empty unless the verdict allows
// the text to be shown.
struct Request {
  enum class Kind { decrypt, verify_detached, verify_clear };
  Kind kind = Kind::decrypt;
  std::string data;                      // ciphertext, signed bytes, or clear-signed text
  std::string signature;                 // for verify_detached
  std::vector<std::string> certificates; // binary or armoured; candidates for the signer
};

struct Opened {
  Verdict verdict;
  std::string cleartext;
};

} // namespace cvdesk::openpgp
