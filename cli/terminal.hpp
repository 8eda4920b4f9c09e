// How things look: columns, colours, widths. The one way from a mail's text to a screen.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cvdesk::cli {

enum class Colour { plain, bold, dim, red, green, yellow, blue, cyan };

// Colour only when standard output is a terminal and NO_COLOR is unset or empty (no-color.org).
std::string paint(Colour colour, std::string_view text);
bool is_terminal();
std::size_t terminal_width(); // of standard output; 100 when it is none

// One line, safe, at most `columns` wide on a terminal.
std::string fit(std::string_view utf8, std::size_t columns);

// Rows under a header, aligned by display width. The column `flexible` gives way where the terminal is too
// narrow. Cells are made safe here.
class Table {
public:
  Table(std::vector<std::string> header, std::size_t flexible);
  struct Cell {
    std::string text;
    Colour colour = Colour::plain;
  };
  void add(std::vector<Cell> row);
  bool empty() const { return rows_.empty(); }
  void print() const;

private:
  std::vector<std::string> header_;
  std::size_t flexible_;
  std::vector<std::vector<Cell>> rows_;
};

// A paragraph or a whole text: safe, wrapped at the width, each line behind the margin.
void print_text(std::string_view utf8, std::string_view margin);

// "label:   value", labels aligned at 14 columns; nothing at all when the value is empty.
void print_field(std::string_view label, std::string_view value, Colour colour = Colour::plain);
void print_field(std::string_view label, const std::vector<std::string>& values);
void print_heading(std::string_view text);

} // namespace cvdesk::cli
