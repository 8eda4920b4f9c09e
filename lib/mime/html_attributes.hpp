// What single attributes of HTML say. Inside mime only.
#pragma once

#include <string>
#include <string_view>

namespace cvdesk::mime {

// Whether a style keeps text from the reader: not displayed, not visible, of no size, transparent.
bool hides(std::string_view style);

// An absolute URL or an address to write or call to, without what could break out of the "<...>" around it,
// at most 4,000 bytes of it; empty: none of these.
std::string absolute_target(std::string_view target);

// Whether a link's text already shows where it leads, but for the scheme and a slash at the end.
bool says_the_same(std::string_view text, std::string_view target);

} // namespace cvdesk::mime
