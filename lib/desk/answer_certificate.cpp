#include "desk/answer_certificate.hpp"

#include "core/text.hpp"
#include "desk/acknowledgement.hpp"
#include "desk/look_up.hpp"
#include "store/certificates.hpp"

#include <algorithm>

namespace cvdesk::desk {

Result<std::optional<AnswerCertificate>> certificate_for(store::View& view, const Conversation& conversation, const std::string& address) {
  const std::string wanted = ascii_lower(address);
  TRY_ASSIGN(const auto known, store::certificates_for(view, wanted));
  std::optional<AnswerCertificate> chosen;
  const Letter* opening = conversation.opening();
  const store::Id case_id = opening != nullptr ? opening->mail->case_id.value_or(-1) : -1;
  for (const auto& certificate : known) {
    if (certificate.state != "pinned") continue;
    const bool believed_here = std::any_of(known.begin(), known.end(), [&](const store::CertificateEntry& other) {
      return other.state == "pinned" && (other.case_id == case_id || other.case_id == 0);
    });
    const bool other_here = std::any_of(known.begin(), known.end(), [&](const store::CertificateEntry& other) {
      return other.state == "offered" && other.case_id == case_id && other.fingerprint != certificate.fingerprint;
    });
    const bool signed_by_other = opening != nullptr && opening->sender() == wanted && opening->inspection.protection.signed_whole_by_sender() &&
                                 *opening->inspection.protection.signer != certificate.fingerprint;
    // Another case, of whoever wrote in this name, must not take over what is answered here.
    if (!believed_here && (other_here || signed_by_other)) {
      return fail(ErrorKind::refused, "another case pinned a certificate of the addressee that is not the one this case came with",
                  "compare the fingerprints with the reporter by another way, then: cvdesk certificates accept ADDRESS FINGERPRINT");
    }
    return AnswerCertificate{certificate.blob, certificate.fingerprint, true};
  }
  if (opening == nullptr) return chosen;
  const AnswerKey key = choose_key(opening->inspection, wanted, {});
  for (const auto& certificate : opening->inspection.certificates) {
    if (!key.blob.empty() && certificate.blob == key.blob) chosen = AnswerCertificate{key.blob, certificate.fingerprint, false};
  }
  const store::CertificateEntry* found = found_for(known, case_id);
  if (!chosen && found != nullptr) chosen = AnswerCertificate{found->blob, found->fingerprint, false, true};
  return chosen;
}

} // namespace cvdesk::desk
