// Any bytes → a tree whose spans lie in the mail and in each other, and texts that are safe.
#include "expect.hpp"
#include "mime/message.hpp"
#include "mime/uuencode.hpp"

#include <cstdint>

using namespace cvdesk::mime;

namespace {

// Fields that are longer than they may be: with the real limit, no input of a fuzzer is.
void expect_cut(std::string_view raw) {
  Limits narrow;
  narrow.logical_line = 24;
  const auto header = parse_header(raw, narrow);
  if (!header) return;
  for (const auto& field : header->fields) {
    EXPECT(field.name.size() <= narrow.logical_line && field.body.size() <= narrow.logical_line);
  }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view raw(reinterpret_cast<const char*>(data), size);
  (void)parse_header(raw);
  expect_cut(raw);
  const auto message = parse(raw);
  if (!message) return 0;
  EXPECT(!message->parts.empty() && message->defects.size() <= 50);
  for (const auto& part : message->parts) {
    EXPECT(part.whole.offset <= part.body.offset);
    EXPECT(part.body.offset + part.body.size == part.whole.offset + part.whole.size);
    const auto& within =
        part.parent < 0 ? Span{0, size} : message->parts[static_cast<std::size_t>(part.parent)].body;
    EXPECT(part.whole.offset >= within.offset);
    EXPECT(part.whole.offset + part.whole.size <= within.offset + within.size);
    EXPECT(part.filename.size() <= 200 && part.filename.find_first_of("/\\") == std::string::npos);
    expect_clean(part.filename, cvdesk::Lines::fold);
    for (const auto& [name, value] : part.parameters) {
      expect_clean(value, cvdesk::Lines::fold);
    }
    EXPECT(decode_body(raw, part, 1000).size() <= 1000);
    const auto text = decode_text(raw, part, 1 << 20);
    EXPECT(text.size() <= 1 << 20);
    expect_clean(text, cvdesk::Lines::keep);
    std::size_t behind = 0;
    for (const auto& file : find_uuencoded(text)) {
      EXPECT(file.span.offset >= behind && file.span.size > 0);
      behind = file.span.offset + file.span.size;
      EXPECT(behind <= text.size());
      EXPECT(decode_uuencode(file.span.in(text), 1000).size() <= 1000);
      expect_clean(file.filename, cvdesk::Lines::fold);
    }
  }
  return 0;
}
