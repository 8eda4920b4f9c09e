// How cases belong together. Each is one transaction with its audit event on both cases.
#pragma once

#include "desk/desk.hpp"

#include <string_view>

namespace cvdesk::desk {

// usage: a case and itself; refused: one of them has been erased.

// Both are about one matter: from now on their conversations show together. Takes the place of a suggestion.
Result<void> link(Desk& desk, std::string_view reference, std::string_view other, std::string_view actor);
// The first reports what the second reported before. refused: the second is a duplicate of the first.
Result<void> mark_duplicate(Desk& desk, std::string_view reference, std::string_view of, std::string_view actor);
// Takes away whatever relates them, suggestions too. not_found: nothing does.
Result<void> unlink(Desk& desk, std::string_view reference, std::string_view other, std::string_view actor);

} // namespace cvdesk::desk
