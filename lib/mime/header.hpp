// The header block of a message or a part, scanned by hand: NUL bytes, bare CR, mbox lines and lines that
// are no fields neither end nor change what stands around them. Inside mime only.
#pragma once

#include "mime/message.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace cvdesk::mime {

// What was wrong with a mail, each said once, at most 50.
class Defects {
public:
  explicit Defects(std::vector<std::string>& list) : list_(list) {}
  void add(std::string_view defect);

private:
  std::vector<std::string>& list_;
};

struct HeaderBlock {
  Header header;
  std::size_t size = 0; // with the empty line that ends it: where the body begins
};

// `message`: it may begin with an mbox "From " line, as a part may not. too_big as in Limits. Without an
// empty line the body begins at the first line that can't belong to a header.
Result<HeaderBlock> scan_header(std::string_view entity, bool message, const Limits& limits,
                                Defects& defects);

} // namespace cvdesk::mime
