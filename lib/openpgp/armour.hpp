// ASCII armour (RFC 4880, 6.2) undone and put on. Pure; linear in the length of the text.
#pragma once

#include "core/result.hpp"

#include <string>
#include <string_view>

namespace cvdesk::openpgp {

struct ArmouredBlock {
  std::string label;     // "MESSAGE", "SIGNATURE", "PUBLIC KEY BLOCK", ...
  std::string bytes;     // what the armour held
  std::string_view rest; // the text after its END line
};

// Whether this is text that holds armour (binary OpenPGP data always begins with a byte above 127).
bool is_armoured(std::string_view data);

// The first armoured block of the text; lines before it are passed over, quote marks ("> ") in front of
// every line are understood. corrupt: no such block, no END line, not base64, or a CRC that does not match.
// too_big: more than `limit` bytes.
Result<ArmouredBlock> read_armour(std::string_view text, std::size_t limit);

std::string write_armour(std::string_view label, std::string_view bytes);

} // namespace cvdesk::openpgp
