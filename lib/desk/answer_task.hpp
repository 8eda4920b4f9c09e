// What an outbox row owes, as it is kept sealed until it is composed.
#pragma once

#include "core/result.hpp"
#include "desk/templates.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace cvdesk::desk {

struct SentFile {
  std::string filename;
  std::string media_type;
  std::size_t size = 0;
};

struct AnswerTask {
  std::string recipient;       // addr-spec
  std::string envelope_sender; // empty: <>
  std::string message_id;      // ours, without angle brackets
  std::string in_reply_to;     // the mail that is answered; empty: none
  std::vector<std::string> references;
  std::string language;
  std::string template_name;
  Fields fields;
  std::string certificate; // to encrypt to; empty: signed only
  std::string fallback_template; // used in the clear where encrypting fails; empty: refuse
  bool awaits_certificate = false; // one is being looked up; until then the row is not due
  bool automatic = true;   // Auto-Submitted: auto-replied (RFC 3834)
  // What was composed of it, for the conversation; empty until then.
  std::string sent_subject;
  std::string sent_text;
  bool sent_encrypted = false;
  std::vector<SentFile> sent_files; // attached, beside the desk's certificate
};

std::string pack(const AnswerTask& task); // CBOR
Result<AnswerTask> unpack_answer_task(std::string_view packed);

} // namespace cvdesk::desk
