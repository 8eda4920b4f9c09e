// What single attributes of HTML say. Inside mime only.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace cvdesk::mime {

// What a style attribute says that matters to whether text can be read.
struct Style {
  bool hides = false; // not displayed, not visible, of no size to speak of, transparent, moved out of sight
  std::string text;   // its colour as written, lower case; empty: not said
  std::string background; // the same
};
Style style_of(std::string_view style);

using Colour = std::array<int, 3>; // red, green, blue, each up to 255

// "#fff", "#ffffff", "rgb(255, 255, 255)", black and white by name. Unset: any other, also one that shines
// through.
std::optional<Colour> colour_of(std::string_view css);
bool look_alike(const Colour& a, const Colour& b); // so much that text in one on the other can't be read

// An absolute URL or an address to write or call to, without what could break out of the "<...>" around it,
// at most 4,000 bytes of it; empty: none of these.
std::string absolute_target(std::string_view target);

// Whether a link's text already shows where it leads, but for the scheme and a slash at the end.
bool says_the_same(std::string_view text, std::string_view target);

} // namespace cvdesk::mime
