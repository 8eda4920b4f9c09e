#include "reader/json_shape.hpp"

#include <sodium.h>

namespace cvdesk::reader {

namespace {

constexpr int depth_limit = 8;

} // namespace

json parse_bounded(std::string_view text, std::size_t limit) {
  if (text.size() > limit) throw Malformed{"too long"};
  const json::parser_callback_t bounded = [](int depth, json::parse_event_t, json&) {
    if (depth > depth_limit) throw Malformed{"nested too deeply"};
    return true;
  };
  return json::parse(text, bounded);
}

std::string text_in(const json& value, std::size_t limit) {
  if (!value.is_string()) throw Malformed{"not a text"};
  const auto& text = value.get_ref<const std::string&>();
  if (text.size() > limit) throw Malformed{"a text too long"};
  return text;
}

std::string base64_in(const std::string& text) {
  std::string bytes(text.size() / 4 * 3 + 3, '\0');
  std::size_t size = 0;
  if (sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), text.data(),
                        text.size(), nullptr, &size, nullptr, sodium_base64_VARIANT_ORIGINAL) != 0) {
    throw Malformed{"not base64"};
  }
  bytes.resize(size);
  return bytes;
}

json optional_text(const std::optional<std::string>& text) {
  return text ? json(*text) : json();
}

std::string dumped(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

} // namespace cvdesk::reader
