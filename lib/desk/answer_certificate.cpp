#include "desk/answer_certificate.hpp"

#include "core/text.hpp"
#include "desk/acknowledgement.hpp"
#include "store/certificates.hpp"

#include <algorithm>

namespace cvdesk::desk {

Result<std::optional<AnswerCertificate>> certificate_for(store::View& view, const Conversation& conversation, const std::string& address) {
  const std::string wanted = ascii_lower(address);
  TRY_ASSIGN(const auto known, store::certificates_for(view, wanted));
  std::optional<AnswerCertificate> chosen;
  for (const auto& certificate : known) {
    if (certificate.state == "pinned") return AnswerCertificate{certificate.blob, certificate.fingerprint, true};
  }
  const Letter* opening = conversation.opening();
  if (opening == nullptr) return chosen;
  const AnswerKey key = choose_key(opening->inspection, wanted, {});
  for (const auto& certificate : opening->inspection.certificates) {
    if (!key.blob.empty() && certificate.blob == key.blob) chosen = AnswerCertificate{key.blob, certificate.fingerprint, false};
  }
  return chosen;
}

} // namespace cvdesk::desk
