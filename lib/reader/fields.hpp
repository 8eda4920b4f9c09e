// Header fields of a whole mail → values.
#pragma once

#include "mime/message.hpp"
#include "reader/inspection.hpp"
#include "report/read.hpp"

#include <optional>
#include <string>
#include <vector>

namespace cvdesk::reader {

// All mailboxes of all fields of this name, at most 500.
std::vector<mime::Mailbox> mailboxes_of(const mime::Header& header, std::string_view name);
std::vector<std::string> message_ids_of(const mime::Header& header, std::string_view name);

Outer outer_of(const mime::Header& header, const report::Vantage* vantage);

// The addr-spec that a signature is held against, lower case: that of the only mailbox of the only From
// field. Empty where there is not exactly one.
std::string single_sender(const mime::Header& header);

// The certificate of the one valid Autocrypt field whose addr is the sender (Autocrypt 1.1, 2.1).
std::optional<OfferedCertificate> autocrypt_of(const mime::Header& header);

// Message-Ids of the messages that a mail answers, the newest last, no double.
std::vector<std::string> thread_of(const std::vector<std::string>& references,
                                   const std::vector<std::string>& in_reply_to);

} // namespace cvdesk::reader
