// Header fields: whatever is read out of one is safe, and what is written from that can be read back.
#include "expect.hpp"
#include "mime/compose.hpp"
#include "mime/header_text.hpp"
#include "mime/message.hpp"

#include <cstdint>

using namespace cvdesk::mime;

namespace {
void expect_one_field(std::string_view body) {
  for (std::size_t at = body.find_first_of("\r\n"); at != std::string_view::npos;
       at = body.find_first_of("\r\n", at + 3)) {
    EXPECT(body.substr(at).starts_with("\r\n "));
  }
}
} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  const auto text = decode_unstructured(body);
  expect_clean(text, cvdesk::Lines::fold);
  const auto encoded = encode_unstructured(text, 9);
  expect_one_field(encoded);
  EXPECT(decode_unstructured(encoded) == text);
  const auto mailboxes = parse_mailboxes(body);
  EXPECT(mailboxes.size() <= 500);
  for (const auto& mailbox : mailboxes) {
    expect_clean(mailbox.display_name, cvdesk::Lines::fold);
    expect_clean(mailbox.address, cvdesk::Lines::fold);
    EXPECT(!mailbox.address.empty() || !mailbox.display_name.empty());
    expect_one_field(format_mailbox(mailbox));
    if (!mailbox.address.empty()) {
      const auto again = parse_mailboxes(mailbox.address);
      EXPECT(again.size() == 1 && again[0].address == mailbox.address);
    }
  }
  for (const auto& id : parse_message_ids(body)) {
    EXPECT(!id.empty() && id.size() <= 998);
    expect_clean(id, cvdesk::Lines::fold);
  }
  (void)parse_date(body);
  // As parameters: whatever they hold, what comes out is safe.
  const std::string fields = "Content-Disposition: attachment; " + std::string(body);
  if (const auto message = parse(fields + "\n\n")) {
    const auto& filename = message->parts.front().filename;
    EXPECT(filename.size() <= 200 && filename.find_first_of("/\\") == std::string::npos);
    expect_clean(filename, cvdesk::Lines::fold);
  }
  return 0;
}
