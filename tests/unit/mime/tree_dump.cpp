// Prints what lib/mime makes of each mail named on the command line, one JSON object a line: for
// differential.py, which compares it with what Python's email package makes of it.
#include "core/file.hpp"
#include "core/text.hpp"
#include "mime/header_text.hpp"
#include "mime/message.hpp"

#include <nlohmann/json.hpp>

#include <iostream>

using namespace cvdesk;

namespace {

nlohmann::json describe(std::string_view raw, const mime::Part& part) {
  return {{"type", part.media_type},
          {"depth", part.depth},
          {"leaf", part.children.empty()},
          {"charset", part.charset},
          {"filename", part.filename},
          {"disposition", part.disposition},
          {"fields", part.header.fields.size()},
          {"whole", {part.whole.offset, part.whole.size}},
          {"body", to_hex(mime::decode_body(raw, part, 64u << 20))},
          {"text", mime::decode_text(raw, part, 64u << 20)}};
}

nlohmann::json describe(const std::string& file) {
  const auto raw = read_file(file, 64u << 20);
  if (!raw) return {{"file", file}, {"error", raw.error().what}};
  const auto message = mime::parse(*raw);
  if (!message) return {{"file", file}, {"error", message.error().what}};
  nlohmann::json out = {{"file", file}, {"defects", message->defects}, {"parts", nlohmann::json::array()}};
  for (const auto& part : message->parts) {
    out["parts"].push_back(describe(*raw, part));
  }
  const auto subject = message->header().first("Subject");
  out["subject"] = mime::decode_unstructured(subject.value_or(""));
  out["from"] = nlohmann::json::array();
  for (const auto& mailbox : mime::parse_mailboxes(message->header().first("From").value_or(""))) {
    out["from"].push_back({mailbox.display_name, mailbox.address});
  }
  if (const auto date = mime::parse_date(message->header().first("Date").value_or("")))
    out["date"] = to_unix(*date);
  return out;
}

} // namespace

int main(int count, char** arguments) {
  for (int i = 1; i < count; ++i) {
    std::cout
        << describe(std::string(arguments[i])).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)
        << '\n';
  }
}
