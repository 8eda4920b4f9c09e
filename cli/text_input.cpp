#include "cli/text_input.hpp"

#include "cli/editor.hpp"
#include "core/file.hpp"

#include <CLI/CLI.hpp>

#include <iostream>

#include <unistd.h>

namespace cvdesk::cli {

namespace {

constexpr std::size_t text_limit = 1u << 20;

Result<std::string> from_standard_input() {
  std::string text;
  char buffer[65536];
  while (std::cin.read(buffer, sizeof buffer) || std::cin.gcount() > 0) {
    text.append(buffer, static_cast<std::size_t>(std::cin.gcount()));
    if (text.size() > text_limit) return fail(ErrorKind::too_big, "the text is larger than 1 MiB");
  }
  return text;
}

} // namespace

void TextInput::add_options(CLI::App& verb) {
  auto* given = verb.add_option("-m,--message", message, "The text");
  verb.add_option("--file", file, "A file that holds the text; - is standard input")->excludes(given);
}

bool TextInput::wants_editor() const { return message.empty() && file.empty() && ::isatty(STDIN_FILENO) == 1; }

Result<std::string> TextInput::read(const std::string& begin, std::vector<std::string> comments) const {
  if (wants_editor()) {
    comments.emplace_back("Lines that begin with #| are left out; an empty text cancels.");
    return edit(begin, comments);
  }
  if (!message.empty()) return message;
  if (!file.empty() && file != "-") return read_file(file, text_limit);
  return from_standard_input();
}

} // namespace cvdesk::cli
