#include "imap/folder_name.hpp"

#include "core/text.hpp"

#include <cstdint>

namespace cvdesk::imap {

namespace {

constexpr std::size_t longest_name = 1000;

// One character of valid UTF-8; `at` moves behind it.
std::uint32_t decode(std::string_view utf8, std::size_t& at) {
  const auto byte = [&] { return static_cast<unsigned char>(utf8[at++]); };
  const std::uint32_t first = byte();
  const int more = first < 0x80 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
  std::uint32_t character = more == 0 ? first : first & (0x3fu >> more);
  for (int i = 0; i < more; ++i) {
    character = character << 6 | (byte() & 0x3fu);
  }
  return character;
}

void append_utf16(std::string& bytes, std::uint32_t character) {
  const auto append = [&](std::uint32_t unit) {
    bytes.push_back(static_cast<char>(unit >> 8));
    bytes.push_back(static_cast<char>(unit & 0xff));
  };
  if (character < 0x10000) return append(character);
  append(0xd800 + ((character - 0x10000) >> 10));
  append(0xdc00 + ((character - 0x10000) & 0x3ff));
}

// "&", base64 with "," for "/" and without padding, "-".
void flush(std::string& name, std::string& utf16) {
  if (utf16.empty()) return;
  name += '&';
  for (const char c : base64_encode(utf16)) {
    if (c != '=') name += c == '/' ? ',' : c;
  }
  name += '-';
  utf16.clear();
}

} // namespace

Result<std::string> quoted_folder(std::string_view utf8) {
  if (utf8.empty() || utf8.size() > longest_name || !is_valid_utf8(utf8)) {
    return fail(ErrorKind::configuration, "the name of a mail folder is empty, too long or not UTF-8");
  }
  std::string name = "\"";
  std::string utf16;
  for (std::size_t at = 0; at < utf8.size();) {
    const std::uint32_t character = decode(utf8, at);
    if (character < 0x20 || character > 0x7e) {
      append_utf16(utf16, character);
      continue;
    }
    flush(name, utf16);
    if (character == '"' || character == '\\') name += '\\';
    name += static_cast<char>(character);
    if (character == '&') name += '-';
  }
  flush(name, utf16);
  return name + "\"";
}

} // namespace cvdesk::imap
