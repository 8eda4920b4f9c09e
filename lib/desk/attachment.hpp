// The bytes of an attachment of a case.
#pragma once

#include "desk/desk.hpp"
#include "store/inbox.hpp"

#include <memory>
#include <string>

namespace cvdesk::desk {

// A reader that takes them out, in a process of its own for each. Forks: to be called before Desk::open.
Result<std::unique_ptr<reader::Reader>> make_extractor(const Settings& settings);

// `id`: its number within the mail (reader::Attachment).
Result<std::string> attachment_content(Desk& desk, reader::Reader& extractor, const store::InboxEntry& mail, int id);

} // namespace cvdesk::desk
