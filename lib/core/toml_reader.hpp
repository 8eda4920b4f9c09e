// Reads a TOML table key by key, so that every complaint names file, line and key, and so that a key nobody
// asked for is found. Errors are collected: the first one counts.
#pragma once

#include "core/result.hpp"

#include <toml++/toml.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace cvdesk {

class TomlReader {
public:
  TomlReader(const toml::table& table, std::string name, std::string file);

  // Unset when the key is absent or wrong; wrong ones are remembered in error().
  std::optional<std::string> text(std::string_view key);
  std::optional<std::int64_t> integer(std::string_view key, std::int64_t least, std::int64_t most);
  std::optional<bool> boolean(std::string_view key);
  std::optional<std::vector<std::string>> texts(std::string_view key);
  std::optional<TomlReader> table(std::string_view key);
  std::vector<TomlReader> tables(std::string_view key); // [[key]]

  // As above, and absent is an error.
  std::string required_text(std::string_view key);

  // Remembers that the value of this key is not acceptable.
  void reject(std::string_view key, std::string_view why, std::string hint = {});
  // Call when all is read: complains about keys that were never asked for.
  void finish();
  // Takes over the error of a reader of a table within.
  void adopt(const TomlReader& inner);
  const std::optional<Error>& error() const { return error_; }
  const std::string& name() const { return name_; }

private:
  const toml::node* find(std::string_view key);
  void complain(const toml::source_region& where, std::string_view key, std::string_view why, std::string hint);

  const toml::table* table_;
  std::string name_; // "mailbox", or empty for the whole file
  std::string file_;
  std::set<std::string, std::less<>> asked_;
  std::optional<Error> error_;
};

} // namespace cvdesk
