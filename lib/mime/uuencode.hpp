// Files that stand uuencoded in a text, as mail programs did before MIME and some still do.
#pragma once

#include "mime/message.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace cvdesk::mime {

struct UuencodedFile {
  Span span;            // in the text, from "begin" to the end of the "end" line
  std::string filename; // safe, as Part::filename
};

// In order, at most 100. Only what is whole: "begin", octal mode and name, lines of the length they say they
// have, "end". Anything else stays the text that it is. Linear.
std::vector<UuencodedFile> find_uuencoded(std::string_view text);

// From the first "begin" line to "end", at most `limit` bytes; as it is where there is no "begin".
std::string decode_uuencode(std::string_view encoded, std::size_t limit);

} // namespace cvdesk::mime
