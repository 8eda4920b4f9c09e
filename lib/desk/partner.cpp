#include "desk/partner.hpp"

#include "core/file.hpp"
#include "core/text.hpp"
#include "openpgp/certificate.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace cvdesk::desk {

namespace {

constexpr std::size_t certificate_limit = 1u << 20;

bool is_called(const Partner& partner, std::string_view wanted) {
  const auto same = [&](const std::string& other) { return equal_ignoring_case(other, wanted); };
  return same(partner.name) || same(partner.contact) || std::any_of(partner.scope.begin(), partner.scope.end(), same);
}

} // namespace

Result<Partner> find_partner(const Settings& settings, std::string_view wanted) {
  const auto& partners = settings.organisation.partners;
  std::vector<std::string> names;
  std::vector<const Partner*> alike;
  for (const auto& partner : partners) {
    if (is_called(partner, wanted)) return partner;
    if (!wanted.empty() && starts_with_ignoring_case(partner.name, wanted)) alike.push_back(&partner);
    names.push_back(partner.name);
  }
  if (alike.size() == 1) return *alike.front();
  return fail(ErrorKind::not_found, fmt::format("there is {} partner of this name", alike.empty() ? "no" : "more than one"),
              names.empty() ? "partners stand in the configuration: [[organisation.partner]]" : fmt::format("there are: {}", fmt::join(names, ", ")));
}

Result<std::optional<AnswerCertificate>> partner_certificate(const Settings& settings, std::string_view contact) {
  std::optional<AnswerCertificate> found;
  for (const auto& partner : settings.organisation.partners) {
    if (!equal_ignoring_case(partner.contact, contact) || !partner.key_file) continue;
    const auto data = read_file(*partner.key_file, certificate_limit);
    if (!data) return fail(ErrorKind::configuration, fmt::format("key_file of partner {}: {}", partner.name, data.error().what));
    const auto certificates = openpgp::read_certificates(*data, partner.contact);
    if (!certificates || certificates->empty()) {
      return fail(ErrorKind::configuration, fmt::format("key_file of partner {} holds no OpenPGP certificate", partner.name));
    }
    found = AnswerCertificate{certificates->front().blob, certificates->front().fingerprint, true};
    break;
  }
  return found;
}

} // namespace cvdesk::desk
