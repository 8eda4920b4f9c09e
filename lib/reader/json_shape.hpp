// JSON that is read back strictly: of exactly this shape, within the limits of a mail. Inside lib/reader
// only.
#pragma once

#include "reader/inspection.hpp"

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include <array>

namespace cvdesk::reader {

using nlohmann::json;

constexpr std::size_t text_limit = 4u << 20;
constexpr std::size_t field_limit = 128u << 10;
constexpr std::size_t list_limit = 20000;

// What is wrong with JSON that is read back; becomes an error in read_back.
struct Malformed {
  std::string what;
};

json parse_bounded(std::string_view text, std::size_t limit);
std::string text_in(const json& value, std::size_t limit = field_limit);
std::string base64_in(const std::string& text);
json optional_text(const std::optional<std::string>& text);
// A byte of a mail that is no UTF-8 becomes U+FFFD here at the latest.
std::string dumped(const json& value);

// An object of exactly these keys: each is asked for once, and none is left over.
class Fields {
public:
  explicit Fields(const json& object) : object_(object) {
    if (!object.is_object()) throw Malformed{"not an object"};
  }
  Fields(const Fields&) = delete;
  Fields& operator=(const Fields&) = delete;

  const json& at(const char* key) {
    const auto found = object_.find(key);
    if (found == object_.end()) throw Malformed{fmt::format("no '{}'", key)};
    ++asked_;
    return *found;
  }
  // What was added later is not in what was kept before.
  const json* find(const char* key) {
    const auto found = object_.find(key);
    if (found == object_.end()) return nullptr;
    ++asked_;
    return &*found;
  }
  std::string text(const char* key, std::size_t limit = field_limit) { return text_in(at(key), limit); }
  std::optional<std::string> optional_text(const char* key) {
    const json& value = at(key);
    return value.is_null() ? std::nullopt : std::optional(text_in(value));
  }
  bool flag(const char* key) {
    const json& value = at(key);
    if (!value.is_boolean()) throw Malformed{fmt::format("'{}' is not true or false", key)};
    return value.get<bool>();
  }
  std::int64_t number(const char* key) {
    const json& value = at(key);
    if (!value.is_number_integer()) throw Malformed{fmt::format("'{}' is not a number", key)};
    return value.get<std::int64_t>();
  }
  std::size_t size(const char* key) {
    const auto value = number(key);
    if (value < 0) throw Malformed{fmt::format("'{}' is negative", key)};
    return static_cast<std::size_t>(value);
  }
  const json& list(const char* key) {
    const json& value = at(key);
    if (!value.is_array() || value.size() > list_limit)
      throw Malformed{fmt::format("'{}' is not a list", key)};
    return value;
  }
  std::vector<std::string> texts(const char* key) {
    std::vector<std::string> found;
    for (const auto& value : list(key))
      found.push_back(text_in(value, text_limit));
    return found;
  }
  void end() const {
    if (asked_ != object_.size()) throw Malformed{"an unknown key"};
  }

private:
  const json& object_;
  std::size_t asked_ = 0;
};

template <class Enum, std::size_t N>
Enum enum_in(const std::string& name, const std::array<Enum, N>& values) {
  for (const auto value : values) {
    if (to_string(value) == name) return value;
  }
  throw Malformed{"an unknown name"};
}

template <class T>
T required(const std::optional<T>& value) {
  if (!value) throw Malformed{"an unknown name"};
  return *value;
}

template <class T, class Read>
Result<T> read_back(std::string_view text, std::size_t limit, const char* what, Read read) {
  try {
    return read(parse_bounded(text, limit));
  } catch (const Malformed& malformed) {
    return fail(ErrorKind::corrupt, fmt::format("stored {}: {}", what, malformed.what));
  } catch (const std::exception&) {
    return fail(ErrorKind::corrupt, fmt::format("stored {}: not JSON of that shape", what));
  }
}

// ---- the parts of an inspection
json written(const std::vector<mime::Mailbox>& mailboxes);
std::vector<mime::Mailbox> mailboxes_in(const json& list);
json written(const Outer& outer);
Outer outer_in(const json& value);
json written(const Protection& protection);
Protection protection_in(const json& value);
openpgp::Decryption decryption_in(const std::string& name);
openpgp::SignatureState state_in(const std::string& name);
KeyOrigin origin_in(const std::string& name);
json written(const report::Facts& facts);
report::Facts facts_in(const json& value);

} // namespace cvdesk::reader
