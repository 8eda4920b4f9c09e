#include "desk/case_certificates.hpp"

#include "store/cases.hpp"
#include "store/certificates.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <set>

namespace cvdesk::desk {

namespace {

using store::CertificateEntry;
using store::Id;
using store::View;

Result<std::string> name_of_case(View& view, Id case_id) {
  if (case_id == 0) return std::string("the team");
  TRY_ASSIGN(const auto found, store::find_case(view, case_id));
  return found ? found->reference : std::string("another case");
}

class Collector {
public:
  Collector(View& view, Id case_id) : view_(view), case_id_(case_id) {}

  Result<std::vector<CaseCertificate>> run(const Conversation& conversation) {
    TRY_ASSIGN(const auto own, store::certificates_of_case(view_, case_id_));
    std::set<std::string> addresses;
    for (const auto& certificate : own) addresses.insert(certificate.address);
    const Letter* opening = conversation.opening();
    if (opening != nullptr && !opening->sender().empty()) addresses.insert(opening->sender());
    for (const auto& address : addresses) {
      TRY(add(address));
    }
    return std::move(all_);
  }

private:
  // One line for each fingerprint, however many cases keep it.
  Result<void> add(const std::string& address) {
    TRY_ASSIGN(const auto known, store::certificates_for(view_, address));
    std::set<std::string> seen;
    for (const auto& certificate : known) {
      const bool here = certificate.case_id == case_id_;
      const bool here_too = std::any_of(known.begin(), known.end(), [&](const CertificateEntry& other) {
        return other.case_id == case_id_ && other.fingerprint == certificate.fingerprint;
      });
      if ((!here && (here_too || certificate.state != "pinned")) || !seen.insert(certificate.fingerprint).second) continue;
      CaseCertificate line{address, certificate.fingerprint, certificate.state, certificate.source, {}};
      TRY(remark(known, certificate, line));
      all_.push_back(std::move(line));
    }
    return {};
  }

  Result<void> remark(const std::vector<CertificateEntry>& known, const CertificateEntry& certificate, CaseCertificate& line) {
    if (certificate.case_id != case_id_) {
      TRY_ASSIGN(const std::string by, name_of_case(view_, certificate.case_id));
      line.remarks.push_back(fmt::format("pinned by {}, not by a mail of this case", by));
    }
    std::set<std::string> said;
    for (const auto& other : known) {
      if (other.fingerprint == certificate.fingerprint || !said.insert(other.fingerprint).second) continue;
      TRY_ASSIGN(const std::string from, name_of_case(view_, other.case_id));
      const std::string where = other.case_id == case_id_ ? "this case" : from;
      if (other.state == "pinned") {
        line.remarks.push_back(fmt::format("not the one that is pinned to this address, {}, by {}", other.fingerprint, where));
      } else if (certificate.state == "pinned") {
        line.remarks.push_back(fmt::format("another one for this address, {}, came with {}: the first need not be its owner's", other.fingerprint, where));
      }
    }
    return {};
  }

  View& view_;
  Id case_id_;
  std::vector<CaseCertificate> all_;
};

} // namespace

Result<std::vector<CaseCertificate>> certificates_of(View& view, Id case_id, const Conversation& conversation) {
  return Collector(view, case_id).run(conversation);
}

} // namespace cvdesk::desk
