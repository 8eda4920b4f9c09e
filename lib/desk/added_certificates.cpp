#include "desk/added_certificates.hpp"

#include "core/text.hpp"
#include "openpgp/certificate.hpp"
#include "store/audit.hpp"
#include "store/certificates.hpp"

namespace cvdesk::desk {

namespace {

bool is_addr_spec(std::string_view address) {
  const auto at = address.rfind('@');
  return at != std::string_view::npos && at > 0 && at + 1 < address.size() && address.size() <= 254 &&
         address.find_first_of(" \t\r\n<>,") == std::string_view::npos;
}

Result<std::vector<store::NewCertificate>> wanted(const Desk& desk, std::string_view bytes,
                                                  const std::optional<std::string>& address) {
  TRY_ASSIGN(const auto certificates,
             openpgp::read_certificates(bytes, address ? std::string_view(*address) : std::string_view()));
  if (certificates.empty())
    return fail(ErrorKind::corrupt, "there is no OpenPGP certificate in it",
                "gpg --armor --export FINGERPRINT makes one");
  if (address && certificates.size() > 1)
    return fail(ErrorKind::refused, "there are several certificates in it, for one address");
  std::vector<store::NewCertificate> all;
  for (const auto& certificate : certificates) {
    if (certificate.fingerprint == desk.settings().openpgp.key)
      return fail(ErrorKind::refused, "this is the desk's own certificate");
    const auto addresses = address ? std::vector<std::string>{*address} : certificate.addresses;
    if (addresses.empty()) {
      return fail(ErrorKind::refused, "none of its user ids has an e-mail address",
                  "--for ADDRESS says whose it is");
    }
    for (const auto& owner : addresses)
      all.push_back({0, owner, certificate.fingerprint, certificate.blob, {}});
  }
  return all;
}

} // namespace

Result<std::vector<AddedCertificate>> add_certificates(Desk& desk, std::string_view bytes,
                                                       const std::optional<std::string>& address,
                                                       std::string_view actor) {
  const auto owner = address ? std::optional(ascii_lower(trim(*address))) : std::nullopt;
  if (owner && !is_addr_spec(*owner))
    return fail(ErrorKind::usage, "--for wants one e-mail address, such as roos@wilgen.example");
  TRY_ASSIGN(const auto all, wanted(desk, bytes, owner));
  return desk.store().write([&](store::Change& change) -> Result<std::vector<AddedCertificate>> {
    std::vector<AddedCertificate> added;
    for (const auto& certificate : all) {
      TRY_ASSIGN(auto state, store::add_certificate(change, certificate, now()));
      added.push_back({certificate.address, certificate.fingerprint, std::move(state)});
    }
    TRY(store::append_event(change, {std::nullopt, actor, "certificates-added", ""}, now()));
    return added;
  });
}

} // namespace cvdesk::desk
