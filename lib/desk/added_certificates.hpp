// Certificates that the team adds by hand: of a reporter who sent one another way, of a partner.
#pragma once

#include "desk/desk.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cvdesk::desk {

struct AddedCertificate {
  std::string address; // lower case
  std::string fingerprint;
  std::string state; // pinned; conflict: the address has another pinned one
};

// Each certificate in these bytes (armoured or binary, 1 MiB at most) for each address in its user ids; where
// `address` is given, the only one in them for that address, whatever its user ids say. corrupt: no
// certificate. refused: several for one address, no address, secret keys, or the desk's own.
Result<std::vector<AddedCertificate>> add_certificates(Desk& desk, std::string_view bytes,
                                                       const std::optional<std::string>& address,
                                                       std::string_view actor);

inline constexpr std::size_t certificate_file_limit = 1u << 20;

} // namespace cvdesk::desk
