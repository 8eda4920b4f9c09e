// Text that a person gives: -m TEXT, --file FILE, standard input, or $EDITOR.
#pragma once

#include "core/result.hpp"

#include <CLI/App.hpp>

#include <string>

namespace cvdesk::cli {

struct TextInput {
  std::string message;
  std::string file; // "-": standard input

  void add_options(CLI::App& verb);
  // At most 1 MiB. The editor's file lies in memory (tmpfs), readable by its user alone, and is gone after.
  Result<std::string> read(const std::string& prompt) const;
};

} // namespace cvdesk::cli
