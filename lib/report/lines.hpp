// One line of a mail's new text, and what it looks like by itself.
#pragma once

#include "report/document.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace cvdesk::report {

enum class Shape {
  question,
  blank,
  fence,
  rule,
  request,
  header,
  command,
  indented,
  item,
  field,
  heading,
  link,
  text
};

struct Line {
  std::string_view text;
  std::string folded;
  Shape shape = Shape::text;
  std::size_t width = 0;  // of the folded line
  std::size_t origin = 0; // where it begins in the mail's text
};

// `folded_line` begins like an item of a list; `ordered`: it is numbered.
bool is_item(std::string_view folded_line, bool& ordered);

std::vector<Line> look_at(const TracedText& text);

// The line where the signature begins, or the number of lines. `sender_folded`: the name in the From field.
std::size_t signature_start(const std::vector<Line>& lines, std::string_view sender_folded);

} // namespace cvdesk::report
