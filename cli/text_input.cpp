#include "cli/text_input.hpp"

#include "core/file.hpp"
#include "core/text.hpp"

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include <cstdlib>
#include <iostream>
#include <iterator>

#include <sys/wait.h>
#include <unistd.h>

namespace cvdesk::cli {

namespace {

constexpr std::size_t text_limit = 1u << 20;

// Lines that begin with # are the prompt's.
std::string without_comments(const std::string& text) {
  std::string out;
  for (const auto line : split(text, '\n')) {
    if (!line.starts_with('#')) out.append(line).append("\n");
  }
  return out;
}

Result<std::string> from_editor(const std::string& prompt) {
  const char* editor = std::getenv("VISUAL");
  if (editor == nullptr) editor = std::getenv("EDITOR");
  if (editor == nullptr) editor = "sensible-editor";
  TRY_ASSIGN(const TemporaryFolder folder, TemporaryFolder::create("edit"));
  const auto file = folder.path() / "text.txt";
  TRY(create_file(file, "\n# " + prompt + "\n# Lines that begin with # are left out; an empty text cancels.\n", 0600));
  const pid_t child = ::fork();
  if (child == 0) {
    // Through the shell: EDITOR may hold arguments. The file name is ours and holds nothing special.
    const std::string command = fmt::format("{} {}", editor, file.string());
    ::execl("/bin/sh", "sh", "-c", command.c_str(), nullptr);
    ::_exit(127);
  }
  int status = 0;
  if (child < 0 || ::waitpid(child, &status, 0) < 0 || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    return fail(ErrorKind::failed, "the editor failed", "set EDITOR, or give the text by -m or --file");
  }
  TRY_ASSIGN(const std::string text, read_file(file, text_limit));
  return without_comments(text);
}

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

Result<std::string> TextInput::read(const std::string& prompt) const {
  if (!message.empty()) return message;
  if (!file.empty() && file != "-") return read_file(file, text_limit);
  if (file == "-" || ::isatty(STDIN_FILENO) != 1) return from_standard_input();
  return from_editor(prompt);
}

} // namespace cvdesk::cli
