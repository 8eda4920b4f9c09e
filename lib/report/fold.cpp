#include "report/fold.hpp"

#include "core/text.hpp"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/utf16.h>
#include <unicode/utf8.h>

namespace cvdesk::report {

namespace {

std::string_view special(UChar32 c) {
  switch (c) {
  case 0xDF:
    return "ss";
  case 0x152:
  case 0x153:
    return "oe";
  case 0xC6:
  case 0xE6:
    return "ae";
  case 0xD8:
  case 0xF8:
    return "o";
  case 0x131:
    return "i";
  case 0x141:
  case 0x142:
    return "l";
  case 0xB4:
  case 0x60:
  case 0x2018:
  case 0x2019:
  case 0x201A:
  case 0x201B:
  case 0x2032:
    return "'";
  case 0xAB:
  case 0xBB:
  case 0x201C:
  case 0x201D:
  case 0x201E:
  case 0x201F:
    return "\"";
  case 0x2010:
  case 0x2011:
  case 0x2012:
  case 0x2013:
  case 0x2014:
  case 0x2212:
    return "-";
  case 0x2026:
    return "...";
  case 0x2022:
  case 0x2023:
  case 0x25E6:
  case 0xB7:
    return "*";
  default:
    return {};
  }
}

bool is_invisible(UChar32 c) {
  return c == 0xAD || (c >= 0x200B && c <= 0x200D) || c == 0x2060 || c == 0xFEFF;
}

void append_folded(std::string& out, UChar32 c, std::string_view bytes) {
  if (c < 0x80) {
    out += c == '`' ? '\'' : ascii_lower(static_cast<char>(c));
    return;
  }
  if (is_invisible(c)) return;
  if (const auto text = special(c); !text.empty()) {
    out += text;
    return;
  }
  if (u_isUWhiteSpace(c)) {
    out += ' ';
    return;
  }
  UErrorCode status = U_ZERO_ERROR;
  const UNormalizer2* nfd = unorm2_getNFDInstance(&status);
  UChar parts[8];
  const auto length = unorm2_getDecomposition(nfd, c, parts, 8, &status);
  if (U_SUCCESS(status) && length > 0 && parts[0] < 0x80) {
    out += ascii_lower(static_cast<char>(parts[0]));
    return;
  }
  if (u_charType(c) == U_NON_SPACING_MARK) return;
  const UChar32 lower = u_tolower(c);
  char buffer[4];
  std::int32_t size = 0;
  UBool failed = false;
  U8_APPEND(reinterpret_cast<std::uint8_t*>(buffer), size, 4, lower, failed);
  out += failed ? std::string_view(bytes) : std::string_view(buffer, static_cast<std::size_t>(size));
}

} // namespace

Folded fold(std::string_view utf8) {
  Folded out;
  out.text.reserve(utf8.size());
  out.origin.reserve(utf8.size() + 1);
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(utf8.data());
  std::size_t at = 0;
  while (at < utf8.size()) {
    const std::size_t start = at;
    UChar32 c = 0;
    U8_NEXT_OR_FFFD(bytes, at, utf8.size(), c);
    append_folded(out.text, c, utf8.substr(start, at - start));
    out.origin.resize(out.text.size(), static_cast<std::uint32_t>(start));
  }
  out.origin.push_back(static_cast<std::uint32_t>(utf8.size()));
  return out;
}

std::string folded(std::string_view utf8) {
  return fold(utf8).text;
}

} // namespace cvdesk::report
