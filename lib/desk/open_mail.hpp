// Reads one mail to the end: inspection and OpenPGP engine in turns, until nothing is left to be opened.
#pragma once

#include "desk/desk.hpp"
#include "reader/inspection.hpp"
#include "store/inbox.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace cvdesk::desk {

struct OpenedMail {
  reader::Inspection inspection;
  std::vector<reader::Opening> openings;
};

// Never fails for what the sender did: a mail that cannot be read comes back as an inspection of kind
// unreadable that says why.
Result<OpenedMail> open_mail(Desk& desk, Hands& hands, const store::InboxEntry& entry, std::string_view raw);

// A mail that cannot be read, with what its header says.
OpenedMail unreadable_mail(const Desk& desk, std::string_view raw, const std::string& why);

} // namespace cvdesk::desk
