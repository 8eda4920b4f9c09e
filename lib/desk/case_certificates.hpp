// The certificates of a case's correspondents, and where two claim one address.
#pragma once

#include "desk/conversation.hpp"

#include <string>
#include <vector>

namespace cvdesk::desk {

struct CaseCertificate {
  std::string address;
  std::string fingerprint;
  std::string state;  // offered, pinned, conflict
  std::string source; // mail, wkd
  // What a person should know before trusting it, each in words: that another one is pinned to the address, by which
  // case; that others came with another one. Whoever was first need not be the owner.
  std::vector<std::string> remarks;
};

// Those that are kept for the case, and the pinned ones of its correspondents that came another way.
Result<std::vector<CaseCertificate>> certificates_of(store::View& view, store::Id case_id, const Conversation& conversation);

} // namespace cvdesk::desk
