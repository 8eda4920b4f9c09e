// What a text says is not vulnerable: "… is patched", "…, but that one is fine", "There it does not work."
#pragma once

#include <string_view>

namespace cvdesk::report {

// All texts are folded, and without the addresses that stood in them.

// Of what is named in this clause.
bool says_unaffected(std::string_view clause);

// "… has the same look, but it is not affected": what the rest of the sentence says of the address just
// named.
bool clears_it(std::string_view rest);

// "It runs 8.5.5 and is clean.": what a sentence says of what was named last in the one before.
bool clears_the_last(std::string_view next);

} // namespace cvdesk::report
