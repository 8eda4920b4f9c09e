// What a text cannot match a pattern without. Far cheaper to look for than the pattern itself.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cvdesk::report {

using Words = std::vector<std::string>;

// A text that the pattern (RE2's syntax, one of ours) matches anywhere has of each of these lists one word at least,
// where ASCII letters are compared in lower case. The lists are never empty; none: nothing can be said. At most 3, the
// most telling first; words are cut to 6 bytes.
std::vector<Words> necessary_words(std::string_view pattern);

// All texts that the pattern matches, in the order in which RE2 prefers them, at most 64: none where they are more, or
// where the pattern looks beyond them (\b) or not at case.
Words only_words(std::string_view pattern);

// "a|(?:b|c)d" → "a", "(?:b|c)d"; also from within a group that is all of the pattern. In their order, so that the
// first of them that matches at a place is what the whole pattern matches there.
std::vector<std::string_view> alternatives_of(std::string_view pattern);

} // namespace cvdesk::report
