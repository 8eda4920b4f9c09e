#include "openpgp/status.hpp"

#include "core/text.hpp"

#include <array>

namespace cvdesk::openpgp {

namespace {

constexpr std::size_t signatures_kept = 64;

// Hash algorithms (RFC 4880, 9.4) whose collisions can be bought: MD5, SHA-1, RIPEMD-160.
bool is_weak_hash(std::string_view number) {
  return number == "1" || number == "2" || number == "3";
}

int rank(SignatureState state) {
  constexpr std::array order = {
      SignatureState::good,    SignatureState::weak, SignatureState::revoked_key, SignatureState::expired_key,
      SignatureState::expired, SignatureState::bad,  SignatureState::unknown_key, SignatureState::none};
  int place = 0;
  for (const auto known : order) {
    if (known == state) return place;
    ++place;
  }
  return place;
}

} // namespace

StatusLog::Seen& StatusLog::current() {
  if (signatures_.empty()) signatures_.emplace_back();
  return signatures_.back();
}

// ERRSIG <keyid> <pkalgo> <hashalgo> <class> <time> <rc> <fingerprint or ->
void StatusLog::note_error_signature(const std::vector<std::string_view>& words) {
  Seen& seen = current();
  seen.state = SignatureState::unknown_key;
  if (words.size() > 2 && words[2] == "1")
    seen.state = SignatureState::weak; // MD5: gpg does not even check it
  if (!words.empty()) seen.fingerprint = words[0];
  if (words.size() > 6 && words[6].size() >= 40) seen.fingerprint = words[6];
}

// VALIDSIG <fpr> <date> <time> <expires> <version> <reserved> <pkalgo> <hashalgo> <class> [<primary fpr>]
void StatusLog::note_valid_signature(const std::vector<std::string_view>& words) {
  if (words.size() < 9) return;
  Seen& seen = current();
  seen.valid = words[8] == "00" || words[8] == "01"; // over data, not over a key
  seen.weak = is_weak_hash(words[7]);
  seen.fingerprint = words.size() > 9 ? words[9] : words[0];
}

void StatusLog::line(std::string_view keyword, std::string_view arguments) {
  ++lines_;
  const auto words = split(arguments, ' ');
  if (keyword == "PLAINTEXT")
    ++plaintexts_;
  else if (keyword == "DECRYPTION_OKAY")
    ++decryption_okay_;
  else if (keyword == "GOODMDC")
    ++good_mdc_;
  else if (keyword == "BEGIN_DECRYPTION")
    began_decryption_ = true;
  else if (keyword == "DECRYPTION_INFO")
    had_session_key_ = true;
  // Of two plaintexts gpg announces only the first, then stumbles.
  else if (keyword == "ERROR" && arguments.starts_with("proc_pkt.plaintext"))
    damaged_ = true;
  else if (keyword == "BADMDC" || keyword == "DECRYPTION_FAILED" || keyword == "BADARMOR")
    damaged_ = true;
  else if (keyword == "BAD_PASSPHRASE" || keyword == "MISSING_PASSPHRASE")
    wrong_passphrase_ = true;
  else if (keyword == "INV_RECP" && words.size() > 1)
    unusable_recipients_.emplace_back(words[1]);
  else if (keyword == "NEWSIG" && signatures_.size() < signatures_kept)
    signatures_.emplace_back();
  else if (keyword == "KEY_CONSIDERED" && !signatures_.empty())
    current().considered = words[0];
  else if (keyword == "GOODSIG")
    current().state = SignatureState::good;
  else if (keyword == "EXPSIG")
    current().state = SignatureState::expired;
  else if (keyword == "EXPKEYSIG")
    current().state = SignatureState::expired_key;
  else if (keyword == "REVKEYSIG")
    current().state = SignatureState::revoked_key;
  else if (keyword == "BADSIG") {
    current().state = SignatureState::bad;
    current().fingerprint = words[0];
  } else if (keyword == "ERRSIG")
    note_error_signature(words);
  else if (keyword == "VALIDSIG")
    note_valid_signature(words);
}

StatusLog::Judged StatusLog::deciding_signature() const {
  Judged best;
  for (const Seen& seen : signatures_) {
    Signature own;
    own.state = seen.state;
    // gpg says GOODSIG, EXPSIG, EXPKEYSIG and REVKEYSIG only beside VALIDSIG; without it, it is no proof.
    const bool claims_valid =
        rank(own.state) <= rank(SignatureState::expired) && own.state != SignatureState::weak;
    if (claims_valid && !seen.valid) own.state = SignatureState::bad;
    if (own.state == SignatureState::good && seen.weak) own.state = SignatureState::weak;
    own.fingerprint = seen.fingerprint;
    if (own.state == SignatureState::bad && seen.considered.size() >= 40) own.fingerprint = seen.considered;
    if (rank(own.state) < rank(best.signature.state))
      best = {own, seen.valid && own.state != SignatureState::bad};
  }
  return best;
}

} // namespace cvdesk::openpgp
