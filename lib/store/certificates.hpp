// Certificates of reporters, found by address: of a case that one came with, or added by the team.
#pragma once

#include "store/view.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cvdesk::store {

// offered: came unsigned, may carry an answer, never pins. pinned: signed the whole of the first mail.
// conflict: another one for an address that has a pinned one; waits for a person. What the team adds is
// pinned too, unless the address has another pinned one.
struct CertificateEntry {
  Id id = 0;
  Id case_id = 0; // 0: added by the team
  std::string state;
  Instant seen;
  std::string address;
  std::string fingerprint;
  std::string blob;
  std::string source; // mail, wkd, team
};

struct NewCertificate {
  Id case_id = 0;
  std::string address; // lower case
  std::string fingerprint;
  std::string blob;
  std::string state;
  std::string source = "mail"; // or wkd
};

// The same certificate for the same case and address again: its newer bytes replace the old, its state stays
// unless it rises from offered to pinned. What was found by wkd stays so, whatever mail brings it besides.
Result<void> keep_certificate(Change& change, const NewCertificate& certificate, Instant at);
// Of the team's own adding; its case_id and state are not looked at. → "pinned", or "conflict" where another
// one is pinned to the address. Added again: its newer bytes replace the old.
Result<std::string> add_certificate(Change& change, const NewCertificate& certificate, Instant at);
// Those that belong to an address, over all cases, pinned first, then the newest.
Result<std::vector<CertificateEntry>> certificates_for(View& view, std::string_view address);
Result<std::vector<CertificateEntry>> certificates_of_case(View& view, Id case_id); // the same order
Result<std::vector<CertificateEntry>> certificates(View& view);
// Those of this fingerprint, whatever address they are kept for.
Result<std::vector<CertificateEntry>> certificates_by_fingerprint(View& view, std::string_view fingerprint);

} // namespace cvdesk::store
