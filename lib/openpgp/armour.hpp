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
// every line are understood. A checksum that does not match is no error (RFC 9580, 6.1): the packets inside
// prove their own integrity. corrupt: no such block, no END line, or not base64. too_big: more than `limit`
// bytes.
Result<ArmouredBlock> read_armour(std::string_view text, std::size_t limit);

// What the armour's header says of the character set of the text inside (RFC 4880, 6.2), lower case; empty:
// nothing. `text` begins with the armour.
std::string charset_of_armour(std::string_view text);

std::string write_armour(std::string_view label, std::string_view bytes);

} // namespace cvdesk::openpgp
