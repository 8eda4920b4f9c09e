// One mail, walked part by part in the order a person reads it: its text in segments, its attachments, what
// has still to be opened. Pure; an explicit stack, nothing recursive; every limit is named in walk.cpp.
#pragma once

#include "mime/html.hpp"
#include "mime/message.hpp"
#include "reader/cover.hpp"
#include "reader/inspect.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cvdesk::reader {

struct Segment {
  std::string text;
  int layer = 0;
  bool is_file = false; // a text file that was attached, not what the sender wrote around it
};

// The header fields that a protected payload carries (RFC 9788, or protected-headers="v1").
struct ProtectedHeader {
  mime::Header header;
  int layer = 0;
};

struct Walked {
  mime::Header outer;
  std::string root_type;
  std::vector<Segment> segments;
  std::vector<mime::Link> links;
  std::vector<Attachment> attachments;
  std::vector<int> attachment_layers;
  std::vector<OfferedCertificate> certificates;
  std::vector<Pending> pending;
  Covers covers;
  std::vector<Closed> closed;
  std::vector<std::string> notes; // what else there is to say about protection
  std::optional<ProtectedHeader> protected_header;
  bool any_encrypted = false;
  bool smime = false;
  bool delivery_status = false;
  std::string delivery_action;
  std::vector<std::string> returned_message_ids;
  std::string returned_header;
  std::vector<std::string> defects;
  std::optional<std::string> wanted; // content of the attachment that was asked for
};

// `wanted_attachment`: its content is kept. too_big: the mail breaches a limit.
Result<Walked> walk(const Task& task, int wanted_attachment = 0);

} // namespace cvdesk::reader
