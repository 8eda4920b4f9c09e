// A text written in the person's editor.
#pragma once

#include "core/result.hpp"

#include <string>
#include <vector>

namespace cvdesk::cli {

// Opens $VISUAL, $EDITOR or sensible-editor on a file that holds `begin` and, behind it, the comments. What comes
// back is the file without its lines that begin with "#|", at most 1 MiB.
//
// The file lies in memory (tmpfs), mode 0600 in a folder of mode 0700, and is removed however this program ends,
// also when it is killed. refused: no tmpfs; failed: the editor did not end well; stopped: by a signal.
Result<std::string> edit(const std::string& begin, const std::vector<std::string>& comments);

} // namespace cvdesk::cli
