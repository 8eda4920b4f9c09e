// Text signed in the clear (RFC 4880, 7) taken apart by ourselves, so that what is shown is, byte for byte,
// what gpg was given to verify.
#pragma once

#include "core/result.hpp"

#include <string>
#include <string_view>

namespace cvdesk::openpgp {

struct ClearSigned {
  std::string text;      // dashes undone, no blanks at line ends, LF: what a person reads
  std::string covered;   // the same with CRLF and without the last line end: what is signed
  std::string signature; // binary
};

// corrupt: not of this form, another armour header than Hash, or text before or after it.
Result<ClearSigned> read_clearsigned(std::string_view text);

} // namespace cvdesk::openpgp
