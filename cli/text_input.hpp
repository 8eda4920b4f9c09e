// Text that a person gives: -m TEXT, --file FILE, standard input, or the editor.
#pragma once

#include "core/result.hpp"

#include <CLI/App.hpp>

#include <string>
#include <vector>

namespace cvdesk::cli {

struct TextInput {
  std::string message;
  std::string file; // "-": standard input

  void add_options(CLI::App& verb);
  bool is_given() const { return !message.empty() || !file.empty(); }
  // Nothing says where the text is, and standard input is a terminal.
  bool wants_editor() const;
  // At most 1 MiB. `begin` and `comments`: for the editor (cli/editor.hpp).
  Result<std::string> read(const std::string& begin, std::vector<std::string> comments) const;
};

} // namespace cvdesk::cli
