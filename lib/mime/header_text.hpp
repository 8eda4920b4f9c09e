// What stands in header fields: encoded words, addresses, message identifiers, dates.
#pragma once

#include "core/time.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cvdesk::mime {

// RFC 2047 words decoded (also adjacent, broken across words, in unknown charsets); UTF-8, NFC, one line.
std::string decode_unstructured(std::string_view body);

// RFC 5322, 3.4. `address` is the addr-spec, without comments and quoted only where needed, its domain in
// lower case; empty where there is none (`undisclosed-recipients:;` gives nothing at all). Two addresses in
// one mailbox (`A <a@x> <b@y>`) come out as two.
struct Mailbox {
  std::string display_name; // decoded; UTF-8; at most 500 bytes
  std::string address;      // at most 320 bytes
  friend bool operator==(const Mailbox&, const Mailbox&) = default;
};

// Groups are flattened, comments and obsolete syntax understood, at most 500 mailboxes.
std::vector<Mailbox> parse_mailboxes(std::string_view body);

// Of Message-ID, In-Reply-To, References: without angle brackets, at most 200, each at most 998 bytes.
std::vector<std::string> parse_message_ids(std::string_view body);

// RFC 5322, 3.3 with its obsolete forms. Unset when it is no date.
std::optional<Instant> parse_date(std::string_view body);

} // namespace cvdesk::mime
