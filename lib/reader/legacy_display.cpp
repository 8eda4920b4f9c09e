#include "reader/legacy_display.hpp"

#include <string_view>

namespace cvdesk::reader {

void drop_legacy_display(std::string& text) {
  const auto end = text.find("\n\n");
  if (end != std::string::npos) text.erase(0, end + 2);
}

void drop_legacy_display_from_html(std::string& html) {
  constexpr std::string_view closing = "</div>";
  const auto mark = html.find("header-protection-legacy-display");
  if (mark == std::string::npos) return;
  const auto start = html.rfind("<div", mark);
  const auto end = html.find(closing, mark);
  if (start == std::string::npos || end == std::string::npos) return;
  html.erase(start, end + closing.size() - start);
}

} // namespace cvdesk::reader
