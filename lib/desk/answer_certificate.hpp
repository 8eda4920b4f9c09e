// Which certificate an answer of the team is encrypted to (findings: pinned; attached by the mail that opened the
// case, its signer first; Autocrypt; what a look-up found; none).
#pragma once

#include "desk/conversation.hpp"

#include <optional>
#include <string>

namespace cvdesk::desk {

struct AnswerCertificate {
  std::string blob;
  std::string fingerprint;
  bool pinned = false; // to this address: no other takes its place, also where it has expired
  bool found = false;  // in the directory of the address's domain
};

// refused: the address has a certificate that another case pinned, and this case brought a different one.
Result<std::optional<AnswerCertificate>> certificate_for(store::View& view, const Conversation& conversation, const std::string& address);

} // namespace cvdesk::desk
