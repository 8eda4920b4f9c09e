// The bytes of an attachment of a case.
#pragma once

#include "desk/desk.hpp"
#include "store/inbox.hpp"

#include <string>

namespace cvdesk::desk {

// `id`: its number within the mail (reader::Attachment).
Result<std::string> attachment_content(Desk& desk, const store::InboxEntry& mail, int id);

} // namespace cvdesk::desk
