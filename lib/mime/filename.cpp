#include "mime/filename.hpp"

#include "core/text.hpp"
#include "mime/charset.hpp"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <cstdint>

namespace cvdesk::mime {

namespace {

constexpr std::size_t most = 200;

std::string_view last_component(std::string_view path) {
  const auto end = path.find_last_not_of("/\\");
  path = path.substr(0, end + 1);
  return path.substr(path.find_last_of("/\\") + 1);
}

std::string without_format_characters(std::string_view utf8) {
  const auto* data = reinterpret_cast<const std::uint8_t*>(utf8.data());
  std::string out;
  for (std::size_t at = 0; at < utf8.size();) {
    const std::size_t start = at;
    UChar32 c = 0;
    U8_NEXT_OR_FFFD(data, at, utf8.size(), c);
    const auto type = u_charType(c);
    if (type != U_FORMAT_CHAR && type != U_CONTROL_CHAR && type != U_SURROGATE)
      out += utf8.substr(start, at - start);
  }
  return out;
}

// Cuts the stem: what kind of file it claims to be must stay in sight.
std::string shorten_stem(const std::string& name) {
  constexpr std::size_t most_extension = 20;
  if (name.size() <= most) return name;
  const auto dot = name.rfind('.');
  if (dot == std::string::npos || name.size() - dot > most_extension) return shorten(name, most);
  const auto extension = name.substr(dot);
  return shorten(name.substr(0, dot), most - extension.size()) + extension;
}

} // namespace

std::string safe_filename(std::string_view utf8) {
  const std::string cleaned =
      clean_text(without_format_characters(clean_text(utf8, Lines::fold)), Lines::fold);
  const auto name = trim(last_component(trim(cleaned)));
  if (name == "." || name == "..") return {};
  return shorten_stem(std::string(name));
}

} // namespace cvdesk::mime
