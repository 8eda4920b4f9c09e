// libFuzzer harness: whatever a server says, the parser ends, keeps its limits and does not depend on how the
// bytes are cut. The first byte chooses the size of the pieces.
#include "imap/response.hpp"

#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace {

struct Count {
  std::size_t responses = 0;
  std::size_t bytes = 0;
  bool broken = false;
  friend bool operator==(const Count&, const Count&) = default;
};

Count parse(std::string_view bytes, std::size_t piece) {
  cvdesk::imap::ParserLimits limits;
  limits.line = 4096;
  limits.literal = 4096;
  limits.response = 6000;
  cvdesk::imap::Parser parser(limits);
  Count count;
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    parser.feed(bytes.substr(at, piece));
    for (;;) {
      auto next = parser.next();
      count.broken = !next;
      if (!next) return count;
      if (!*next) break;
      ++count.responses;
      count.bytes += (*next)->fetch.body.value_or("").size() + (*next)->fetch.flags.size() + (*next)->text.size();
      if ((*next)->fetch.body.value_or("").size() > limits.response || (*next)->text.size() > 1000) std::abort();
    }
  }
  return count;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (!(parse(bytes, 1 + data[0] % 32) == parse(bytes, bytes.size()))) std::abort();
  return 0;
}
