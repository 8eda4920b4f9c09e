// The organisation's partners, as reports are passed on to them.
#pragma once

#include "core/settings.hpp"
#include "desk/answer_certificate.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace cvdesk::desk {

// By name (or its unambiguous beginning), contact address or domain, whatever the case. not_found: none, or several.
Result<Partner> find_partner(const Settings& settings, std::string_view wanted);

// The certificate of the key_file of the partner whose contact this is; unset where there is none.
// configuration: the file cannot be read, or holds none.
Result<std::optional<AnswerCertificate>> partner_certificate(const Settings& settings, std::string_view contact);

} // namespace cvdesk::desk
