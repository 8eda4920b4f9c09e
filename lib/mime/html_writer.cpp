#include "mime/html_writer.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace cvdesk::mime {

namespace {
// Deeper ones are not shown as such: each costs bytes on every line.
constexpr std::size_t most_quotes = 8;
constexpr std::size_t most_indent = 8;
} // namespace

void HtmlWriter::text(std::string_view utf8) {
  constexpr std::string_view no_break_space = "\xC2\xA0";
  for (std::size_t at = 0; at < utf8.size(); ++at) {
    const char c = utf8[at];
    if (pre_ > 0 && c == '\n') {
      line_break();
    } else if (c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f') {
      if (pre_ > 0) {
        put(c == '\t' ? '\t' : ' ');
      } else {
        space_ = true;
      }
    } else if (utf8.substr(at, 2) == no_break_space) {
      ++blanks_;
      ++at;
    } else {
      put(c);
    }
  }
}

void HtmlWriter::word(std::string_view utf8) {
  for (const char c : utf8) {
    put(c);
  }
}

void HtmlWriter::put(char c) {
  if (breaks_ > 0 || blanks_ > 0 || space_ || at_line_start_ || hidden_ > 0) settle();
  out_ += c;
}

void HtmlWriter::settle() {
  if (breaks_ > 0) {
    strip_blanks();
    for (; breaks_ > 0; --breaks_) {
      if (!out_.empty()) out_ += '\n';
      at_line_start_ = true;
      if (breaks_ > 1 && !out_.empty()) out_.append(std::min({quotes_, quotes_before_, most_quotes}), '>');
    }
    space_ = false;
  }
  quotes_before_ = quotes_;
  if (at_line_start_) begin_line();
  if (space_ && !out_.empty() && out_.back() != '\n' && out_.back() != ' ') out_ += ' ';
  space_ = false;
  out_.append(blanks_, ' ');
  blanks_ = 0;
  if (hidden_ > 0 && !marked_) {
    out_ += "[hidden: ";
    marked_ = true;
    anything_hidden_ = true;
  }
}

void HtmlWriter::begin_line() {
  at_line_start_ = false;
  space_ = false;
  for (std::size_t i = 0; i < std::min(quotes_, most_quotes); ++i) {
    out_ += "> ";
  }
  if (!lists_.empty()) {
    const std::size_t indent = 2 * std::min(lists_.size() - 1, most_indent);
    out_.append(marker_.empty() ? indent + 2 : indent, ' ');
  }
  out_ += marker_;
  marker_.clear();
}

void HtmlWriter::strip_blanks() {
  while (!out_.empty() && out_.back() == ' ') {
    out_.pop_back();
  }
}

// A line of nothing but no-break spaces is how editors write an empty line.
void HtmlWriter::drop_blanks() {
  if (blanks_ > 0 && breaks_ > 0) breaks_ = 2;
  blanks_ = 0;
}

void HtmlWriter::line() {
  drop_blanks();
  breaks_ = std::max<std::size_t>(breaks_, out_.empty() || at_line_start_ ? 0 : 1);
}

void HtmlWriter::paragraph() {
  drop_blanks();
  breaks_ = std::max<std::size_t>(breaks_, out_.empty() ? 0 : 2);
}

void HtmlWriter::line_break() {
  blanks_ = 0;
  if (pre_ > 0 || breaks_ < 2) ++breaks_;
}

void HtmlWriter::begin_quote() {
  paragraph();
  ++quotes_;
}

void HtmlWriter::end_quote() {
  paragraph();
  --quotes_;
}

void HtmlWriter::begin_list(bool ordered, int start) {
  if (lists_.empty()) {
    paragraph();
  } else {
    line();
  }
  lists_.push_back({ordered, start});
}

void HtmlWriter::end_list() {
  lists_.pop_back();
  marker_.clear();
  if (lists_.empty()) {
    paragraph();
  } else {
    line();
  }
}

void HtmlWriter::begin_item() {
  line();
  if (lists_.empty()) {
    marker_ = "- ";
    return;
  }
  auto& list = lists_.back();
  marker_ = list.ordered ? fmt::format("{}. ", list.next++) : "- ";
}

void HtmlWriter::begin_row() {
  line();
  strip_blanks(); // the line end would do so later, and the row would begin behind its own text
  rows_.push_back(out_.size());
}

void HtmlWriter::begin_cell() {
  if (rows_.empty()) return;
  const auto row = std::string_view(out_).substr(std::min(rows_.back(), out_.size()));
  const bool first = row.find_first_not_of("\n> ") == std::string_view::npos;
  // A cell of several lines is layout, not a table.
  const auto content = row.substr(std::min(row.find_first_not_of('\n'), row.size()));
  if (first || content.find('\n') != std::string_view::npos) {
    line();
    return;
  }
  breaks_ = 0;
  blanks_ = 0;
  space_ = false;
  strip_blanks();
  word("  ");
}

void HtmlWriter::end_row() {
  if (!rows_.empty()) rows_.pop_back();
  line();
}

void HtmlWriter::end_hidden() {
  if (--hidden_ > 0 || !marked_) return;
  out_ += ']';
  marked_ = false;
}

std::string HtmlWriter::take() {
  strip_blanks();
  return std::move(out_);
}

} // namespace cvdesk::mime
