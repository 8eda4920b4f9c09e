#include "core/toml_reader.hpp"

#include "core/text.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace cvdesk {

namespace {
constexpr std::size_t shown_key_limit = 80;
constexpr std::size_t text_limit = 4096;

// Some of these texts end up in header fields and command lines of other protocols.
bool is_one_line(std::string_view text) {
  return !text.empty() && text.size() <= text_limit && std::none_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < ' ' || c == 0x7F;
  });
}
}

TomlReader::TomlReader(const toml::table& table, std::string name, std::string file)
    : table_(&table), name_(std::move(name)), file_(std::move(file)) {}

void TomlReader::complain(const toml::source_region& where, std::string_view key, std::string_view why,
                          std::string hint) {
  if (error_) return;
  const std::string path = name_.empty() ? std::string(key) : fmt::format("{}.{}", name_, key);
  error_ = Error{ErrorKind::configuration, false,
                 fmt::format("{}:{}: {}: {}", file_, where.begin.line, safe_for_terminal(shorten(path, shown_key_limit)), why),
                 std::move(hint)};
}

const toml::node* TomlReader::find(std::string_view key) {
  asked_.emplace(key);
  return table_->get(key);
}

void TomlReader::reject(std::string_view key, std::string_view why, std::string hint) {
  const auto* node = table_->get(key);
  complain(node != nullptr ? node->source() : table_->source(), key, why, std::move(hint));
}

std::optional<std::string> TomlReader::text(std::string_view key) {
  const auto* node = find(key);
  if (node == nullptr) return {};
  const auto value = node->value_exact<std::string>();
  if (!value) {
    complain(node->source(), key, "must be a text in quotes", {});
    return {};
  }
  if (!is_one_line(*value)) {
    complain(node->source(), key, "must be one line, not empty, without control characters", {});
    return {};
  }
  return *value;
}

std::string TomlReader::required_text(std::string_view key) {
  auto value = text(key);
  if (!value) complain(table_->source(), key, "is missing", {});
  return value.value_or(std::string());
}

std::optional<std::int64_t> TomlReader::integer(std::string_view key, std::int64_t least, std::int64_t most) {
  const auto* node = find(key);
  if (node == nullptr) return {};
  const auto value = node->value_exact<std::int64_t>();
  if (!value || *value < least || *value > most) {
    complain(node->source(), key, fmt::format("must be a whole number from {} to {}", least, most), {});
    return {};
  }
  return *value;
}

std::optional<bool> TomlReader::boolean(std::string_view key) {
  const auto* node = find(key);
  if (node == nullptr) return {};
  const auto value = node->value_exact<bool>();
  if (!value) complain(node->source(), key, "must be true or false", {});
  return value;
}

std::optional<std::vector<std::string>> TomlReader::texts(std::string_view key) {
  const auto* node = find(key);
  if (node == nullptr) return {};
  const auto* array = node->as_array();
  if (array == nullptr) {
    complain(node->source(), key, "must be a list of texts", {});
    return {};
  }
  std::vector<std::string> values;
  for (const auto& item : *array) {
    const auto value = item.value_exact<std::string>();
    if (!value || !is_one_line(*value)) {
      complain(item.source(), key, "must be a list of texts, each one line, none empty", {});
      return {};
    }
    values.push_back(*value);
  }
  return values;
}

std::optional<TomlReader> TomlReader::table(std::string_view key) {
  const auto* node = find(key);
  if (node == nullptr) return {};
  const auto* inner = node->as_table();
  if (inner == nullptr) {
    complain(node->source(), key, "must be a table", {});
    return {};
  }
  return TomlReader(*inner, name_.empty() ? std::string(key) : fmt::format("{}.{}", name_, key), file_);
}

std::vector<TomlReader> TomlReader::tables(std::string_view key) {
  const auto* node = find(key);
  std::vector<TomlReader> readers;
  if (node == nullptr) return readers;
  const auto* array = node->as_array();
  if (array == nullptr) {
    complain(node->source(), key, fmt::format("must be written as [[{}]]", key), {});
    return readers;
  }
  for (const auto& item : *array) {
    const auto* inner = item.as_table();
    if (inner == nullptr) {
      complain(item.source(), key, fmt::format("must be written as [[{}]]", key), {});
      return readers;
    }
    readers.emplace_back(*inner, name_.empty() ? std::string(key) : fmt::format("{}.{}", name_, key), file_);
  }
  return readers;
}

void TomlReader::finish() {
  for (const auto& [key, node] : *table_) {
    if (asked_.find(key.str()) == asked_.end()) {
      complain(key.source(), key.str(), "unknown key", "see cvdesk.toml(5) for the keys there are");
      return;
    }
  }
}

void TomlReader::adopt(const TomlReader& inner) {
  if (!error_) error_ = inner.error_;
}

} // namespace cvdesk
