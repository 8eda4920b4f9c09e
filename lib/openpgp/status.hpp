// The status lines of gpg (doc/DETAILS of GnuPG) and what follows from them: our own judgement, because
// GPGME's error codes do not tell damage, truncation and "not encrypted" apart.
#pragma once

#include "openpgp/verdict.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cvdesk::openpgp {

class StatusLog {
public:
  void line(std::string_view keyword, std::string_view arguments);
  void clear() { *this = StatusLog(); }

  bool silent() const { return lines_ == 0; }
  // A session key was found and used. (BEGIN_DECRYPTION comes without one, too.)
  bool had_session_key() const { return had_session_key_; }
  bool damaged() const { return damaged_; }
  bool wrong_passphrase() const { return wrong_passphrase_; }
  const std::vector<std::string>& unusable_recipients() const { return unusable_recipients_; }
  std::size_t signatures() const { return signatures_.size(); }

  // Exactly one plaintext, decrypted, its integrity proved.
  bool intact() const { return plaintexts_ == 1 && decryption_okay_ == 1 && good_mdc_ == 1 && !damaged_; }
  // Exactly one plaintext, and nothing was decrypted on the way to it.
  bool clear_once() const { return plaintexts_ == 1 && !began_decryption_ && !damaged_; }

  // The signature that decides: the best of them, the first among equals. Without addresses. verified: that
  // key made it, whatever else is to be said of it.
  struct Judged {
    Signature signature;
    bool verified = false;
  };
  Judged deciding_signature() const;

private:
  struct Seen {
    SignatureState state = SignatureState::bad;
    std::string fingerprint;
    std::string considered;
    bool valid = false;
    bool weak = false;
  };
  Seen& current();
  void note_error_signature(const std::vector<std::string_view>& words);
  void note_valid_signature(const std::vector<std::string_view>& words);

  std::size_t lines_ = 0;
  int plaintexts_ = 0;
  int decryption_okay_ = 0;
  int good_mdc_ = 0;
  bool began_decryption_ = false;
  bool had_session_key_ = false;
  bool damaged_ = false;
  bool wrong_passphrase_ = false;
  std::vector<Seen> signatures_;
  std::vector<std::string> unusable_recipients_;
};

} // namespace cvdesk::openpgp
