// OpenPGP in the middle of text (RFC 4880, 6.2 and 7): where it begins and ends. Pure; linear.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace cvdesk::reader {

struct Block {
  enum class Kind { message, signed_text, certificate };
  Kind kind = Kind::message;
  std::size_t offset = 0;
  std::size_t size = 0;
  bool quoted = false; // every line stands behind "> "
  bool ended = true;   // false: the text ended before it did
  std::string_view in(std::string_view text) const { return text.substr(offset, size); }
};

// At most 32. A block that never ends reaches to the end of the text if what follows its first line looks
// like armour; else it is just text.
std::vector<Block> find_blocks(std::string_view text);

} // namespace cvdesk::reader
