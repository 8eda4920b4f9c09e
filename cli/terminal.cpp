#include "cli/terminal.hpp"

#include "core/text.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstdlib>

#include <sys/ioctl.h>
#include <unistd.h>

namespace cvdesk::cli {

namespace {

constexpr std::size_t label_width = 14;
constexpr std::size_t gap = 2;
constexpr std::size_t least_flexible = 12;
constexpr std::size_t least_width = 4;

const char* code_of(Colour colour) {
  switch (colour) {
  case Colour::bold:
    return "\033[1m";
  case Colour::dim:
    return "\033[2m";
  case Colour::red:
    return "\033[31m";
  case Colour::green:
    return "\033[32m";
  case Colour::yellow:
    return "\033[33m";
  case Colour::blue:
    return "\033[34m";
  case Colour::cyan:
    return "\033[36m";
  case Colour::plain:
    break;
  }
  return "";
}

std::string padded(std::string_view text, std::size_t columns) {
  const std::size_t width = display_width(text);
  return std::string(text).append(width < columns ? columns - width : 0, ' ');
}

// The longest beginning that fits, cut at a character.
std::size_t bytes_that_fit(std::string_view text, std::size_t columns) {
  std::size_t end = 0;
  std::size_t at = 0;
  while (at < text.size()) {
    std::size_t next = at + 1;
    while (next < text.size() && (static_cast<unsigned char>(text[next]) & 0xC0) == 0x80) {
      ++next;
    }
    const std::size_t width = display_width(text.substr(at, next - at));
    if (width > columns) break;
    columns -= width;
    end = at = next;
  }
  return end;
}

std::vector<std::string_view> wrapped(std::string_view line, std::size_t columns) {
  std::vector<std::string_view> lines;
  do {
    std::size_t end = bytes_that_fit(line, columns);
    if (end < line.size()) {
      const auto space = line.substr(0, end + 1).rfind(' ');
      if (space != std::string_view::npos && space > end / 3) end = space;
    }
    if (end == 0) end = line.size();
    lines.push_back(line.substr(0, end));
    line.remove_prefix(end);
    while (line.starts_with(' ')) {
      line.remove_prefix(1);
    }
  } while (!line.empty());
  return lines;
}

// Until a row fits the terminal: first the flexible column gives way, then whichever is the widest; the
// first one, which names the row, never does.
void make_room(std::vector<std::size_t>& widths, std::size_t flexible) {
  std::size_t total = gap * (widths.size() - 1);
  for (const std::size_t width : widths) {
    total += width;
  }
  const std::size_t room = terminal_width();
  const auto shrink = [&](std::size_t& width, std::size_t least) {
    const std::size_t by = std::min(total > room ? total - room : 0, width > least ? width - least : 0);
    width -= by;
    total -= by;
  };
  shrink(widths[flexible], least_flexible);
  while (total > room) {
    const auto widest = std::max_element(widths.begin() + 1, widths.end());
    if (*widest <= least_width) return;
    --*widest;
    --total;
  }
}

} // namespace

bool is_terminal() { return ::isatty(STDOUT_FILENO) == 1; }

std::string paint(Colour colour, std::string_view text) {
  static const bool colours = [] {
    const char* refused = std::getenv("NO_COLOR");
    return is_terminal() && (refused == nullptr || *refused == '\0');
  }();
  if (!colours || colour == Colour::plain || text.empty()) return std::string(text);
  return fmt::format("{}{}\033[0m", code_of(colour), text);
}

std::size_t terminal_width() {
  constexpr std::size_t otherwise = 100;
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 40) return size.ws_col;
  if (const char* columns = std::getenv("COLUMNS"); columns != nullptr && is_terminal()) {
    if (const long width = std::strtol(columns, nullptr, 10); width >= 40 && width <= 1000) {
      return static_cast<std::size_t>(width);
    }
  }
  return otherwise;
}

std::string fit(std::string_view utf8, std::size_t columns) {
  const std::string safe = safe_for_terminal(utf8);
  if (display_width(safe) <= columns) return safe;
  return safe.substr(0, bytes_that_fit(safe, columns > 1 ? columns - 1 : 0)) + "…";
}

Table::Table(std::vector<std::string> header, std::size_t flexible)
    : header_(std::move(header)), flexible_(flexible) {}

void Table::add(std::vector<Cell> row) {
  for (auto& cell : row) {
    cell.text = safe_for_terminal(cell.text);
  }
  rows_.push_back(std::move(row));
}

void Table::print() const {
  std::vector<std::size_t> widths;
  for (const auto& title : header_) {
    widths.push_back(display_width(title));
  }
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], display_width(row[i].text));
    }
  }
  // Piped output is for other programs: nothing is cut there.
  if (is_terminal()) make_room(widths, flexible_);
  std::string line;
  for (std::size_t i = 0; i < header_.size(); ++i) {
    const std::string title = fit(header_[i], widths[i]);
    line += i + 1 < header_.size() ? padded(title, widths[i] + gap) : title;
  }
  fmt::print("{}\n", paint(Colour::dim, line));
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string text = fit(row[i].text, widths[i]);
      const bool last = i + 1 == row.size();
      fmt::print("{}{}", paint(row[i].colour, text), last ? "" : std::string(widths[i] + gap - display_width(text), ' '));
    }
    fmt::print("\n");
  }
}

void print_text(std::string_view utf8, std::string_view margin) {
  const std::string safe = safe_for_terminal(utf8, Lines::keep);
  const std::size_t width = terminal_width();
  const std::size_t columns = width > margin.size() + 20 ? width - margin.size() : 20;
  for (const auto line : split(trim(safe), '\n')) {
    for (const auto piece : is_terminal() ? wrapped(line, columns) : std::vector<std::string_view>{line}) {
      fmt::print("{}{}\n", margin, piece);
    }
  }
}

void print_field(std::string_view label, std::string_view value, Colour colour) {
  if (value.empty()) return;
  const std::string safe = safe_for_terminal(value);
  const std::size_t columns = terminal_width() - label_width;
  bool first = true;
  for (const auto piece : is_terminal() ? wrapped(safe, columns) : std::vector<std::string_view>{safe}) {
    const std::string margin = padded(first ? fit(label, label_width - 1) : std::string(), label_width);
    fmt::print("{}{}\n", paint(Colour::dim, margin), paint(colour, piece));
    first = false;
  }
}

void print_field(std::string_view label, const std::vector<std::string>& values) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    print_field(i == 0 ? label : std::string_view(" "), values[i]);
  }
}

void print_heading(std::string_view text) { fmt::print("\n{}\n", paint(Colour::bold, text)); }

} // namespace cvdesk::cli
