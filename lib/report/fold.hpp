// Text made comparable: lower case, no accents, plain quotes, dashes and spaces. Patterns are written for it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cvdesk::report {

struct Folded {
  std::string text;
  std::vector<std::uint32_t>
      origin; // of each byte of `text`: where its character starts in the source; one more

  // The part of the source that text[begin, end) came from.
  std::size_t source(std::size_t at) const { return origin[at < origin.size() ? at : origin.size() - 1]; }
};

// "Überprüft – l’été" → "uberpruft - l'ete"; ß → ss, œ → oe; other scripts stay as they are. UTF-8 in and
// out.
Folded fold(std::string_view utf8);
std::string folded(std::string_view utf8);

} // namespace cvdesk::report
