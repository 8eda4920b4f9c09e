// Mail → Facts. Pure: no file, no socket, no clock; linear time on hostile text.
#pragma once

#include "core/settings.hpp"
#include "mime/header_text.hpp"
#include "mime/html.hpp"
#include "report/facts.hpp"

#include <optional>
#include <string>
#include <vector>

namespace cvdesk::report {

// What of the configuration matters for reading.
struct Vantage {
  std::vector<std::string> own_addresses; // mailboxes, aliases, sender; lower case
  std::vector<std::string> own_list_ids;
  std::string region = "NL";
  std::vector<std::string> scope;
  std::vector<Partner> partners;
};
Vantage vantage_of(const Settings& settings);

struct AttachedFile {
  std::string filename;
  std::string media_type;
};

// One mail, decoded: header fields as values, the text that is shown.
struct Mail {
  std::vector<mime::Mailbox> from;
  std::vector<mime::Mailbox> reply_to;
  std::vector<mime::Mailbox> to;
  std::vector<mime::Mailbox> cc;
  std::string subject; // the protected one where there is one
  std::optional<Instant> date;
  std::string message_id;
  std::vector<std::string> in_reply_to;
  std::vector<std::string> references;
  std::optional<std::string> return_path; // addr-spec; empty string: <>
  std::string auto_submitted;             // lower case, first word; empty: absent
  std::string precedence;                 // lower case
  std::string list_id;
  bool list_headers = false;          // any List-* field
  bool auto_response_headers = false; // X-Autoreply, X-Auto-Response-Suppress: All from us, X-Autorespond ...
  std::string content_type;           // media type of the root
  bool is_delivery_status = false;    // multipart/report; report-type=delivery-status
  std::vector<std::string> returned_message_ids; // Message-IDs in the message that a bounce returns
  std::string text;                              // UTF-8; all that is shown, HTML already turned into text
  std::vector<mime::Link> links;                 // of the HTML it came from
  std::string returned_text;                     // of a bounce: the returned mail's header (for its tag)
  std::vector<AttachedFile> attachments;
};

Facts read(const Mail& mail, const Vantage& vantage);

// In scope, a partner's, or neither. `host`: lower-case A-label, `url`: empty or absolute.
struct ScopeMatch {
  Scope scope = Scope::unknown;
  std::optional<std::string> partner;
};
ScopeMatch match_scope(std::string_view host, std::string_view url, const Vantage& vantage);

} // namespace cvdesk::report
