// Segments → the one text that is shown.
#pragma once

#include "reader/walk.hpp"

#include <string>
#include <vector>

namespace cvdesk::reader {

// Which segments are shown: what the sender wrote; attached text files only where that is little ("see the
// attached report").
std::vector<const Segment*> shown_segments(const Walked& walked);

// Text of different protection never flows together: where it changes, a line says what follows.
std::string render(const Covers& covers, const std::vector<const Segment*>& segments);

} // namespace cvdesk::reader
