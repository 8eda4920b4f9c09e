#include "mime/flowed.hpp"

namespace cvdesk::mime {

std::string unflow(std::string_view text, bool delete_space) {
  constexpr std::size_t most_quotes = 50; // shown; each level costs bytes on every line
  std::string out;
  bool open = false; // the line before flows into this one
  std::size_t open_depth = 0;
  while (!text.empty()) {
    const auto end = text.find('\n');
    const bool last = end == std::string_view::npos;
    auto line = text.substr(0, end);
    text.remove_prefix(last ? text.size() : end + 1);

    const auto depth =
        line.find_first_not_of('>') == std::string_view::npos ? line.size() : line.find_first_not_of('>');
    line.remove_prefix(depth);
    if (line.starts_with(' ')) line.remove_prefix(1); // stuffed, RFC 3676, 4.4
    const bool signature = line == "-- ";
    if (open && (depth != open_depth || signature)) {
      out += '\n';
      open = false;
    }
    if (!open && depth > 0) {
      out.append(depth < most_quotes ? depth : most_quotes, '>');
      if (!line.empty()) out += ' ';
    }
    const bool flows = line.ends_with(' ') && !signature;
    if (flows && delete_space) line.remove_suffix(1);
    out += line;
    open = flows && !last;
    open_depth = depth;
    if (!open && !last) out += '\n';
  }
  return out;
}

} // namespace cvdesk::mime
