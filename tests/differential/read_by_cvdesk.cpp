// What lib/mime makes of mails, one JSON object a mail: for compare.py, which holds it against what GMime and
// Python's email package make of them.
#include "core/text.hpp"
#include "mails_on_stdin.hpp"
#include "mime/header_text.hpp"
#include "mime/message.hpp"

#include <nlohmann/json.hpp>

using namespace cvdesk;

namespace {

constexpr std::size_t no_limit = 64u << 20;

nlohmann::json describe(std::string_view raw, const mime::Part& part) {
  return {{"type", part.media_type},
          {"depth", part.depth},
          {"leaf", part.children.empty()},
          {"encoding", part.transfer_encoding},
          {"filename", part.filename},
          {"fields", part.header.fields.size()},
          {"body", part.children.empty() ? to_hex(mime::decode_body(raw, part, no_limit)) : ""}};
}

std::string describe(const std::string& raw) {
  nlohmann::json out = {{"parts", nlohmann::json::array()}};
  const auto message = mime::parse(raw);
  if (!message) {
    out["error"] = message.error().what;
    return out.dump();
  }
  for (const auto& part : message->parts) {
    out["parts"].push_back(describe(raw, part));
  }
  const auto& header = message->header();
  out["defects"] = message->defects;
  out["subject"] = mime::decode_unstructured(header.first("Subject").value_or(""));
  out["from"] = nlohmann::json::array();
  for (const auto& mailbox : mime::parse_mailboxes(header.first("From").value_or(""))) {
    out["from"].push_back({mailbox.display_name, mailbox.address});
  }
  const auto date = mime::parse_date(header.first("Date").value_or(""));
  out["date"] = date ? nlohmann::json(to_unix(*date)) : nlohmann::json();
  const auto ids = mime::parse_message_ids(header.first("Message-ID").value_or(""));
  out["message_id"] = ids.empty() ? nlohmann::json() : nlohmann::json(ids[0]);
  return out.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

void go_through(const std::string& raw) {
  const auto message = mime::parse(raw);
  if (!message) return;
  for (const auto& part : message->parts) {
    if (part.children.empty()) (void)mime::decode_body(raw, part, no_limit);
  }
}

} // namespace

int main(int count, char** arguments) {
  return main_loop(
      count, arguments, [](const std::string& raw) { return describe(raw); }, go_through);
}
