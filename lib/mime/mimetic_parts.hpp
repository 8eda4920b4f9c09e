// What mimetic does for us, behind our own limits; the only door to it. Inside mime only.
#pragma once

#include "mime/message.hpp"

#include <string_view>
#include <vector>

namespace cvdesk::mime {

// One level of a multipart body (RFC 2046, 5.1.1). A delimiter is a whole line: "--", the boundary, "--" if
// it closes, blanks. The line end before it belongs to it.
struct MultipartBody {
  std::vector<Span> parts; // offsets into `body`
  bool closed = false;
  bool too_many = false; // there are more than `most`; `parts` is not complete
};
MultipartBody split_multipart(std::string_view body, std::string_view boundary, std::size_t most);

} // namespace cvdesk::mime
