// Files that a person attaches.
#pragma once

#include "core/result.hpp"
#include "mime/compose.hpp"

#include <string>
#include <vector>

namespace cvdesk::cli {

// Their contents, names without a path, types by what their names end in. not_found, io; too_big: together beyond
// desk::attachments_limit.
Result<std::vector<mime::OutgoingAttachment>> read_files(const std::vector<std::string>& paths);

} // namespace cvdesk::cli
