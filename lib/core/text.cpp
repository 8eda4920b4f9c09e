#include "core/text.hpp"

#include <sodium.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <cstdint>

namespace cvdesk {

namespace {

// Calls visit(code point or U+FFFD, the bytes it came from) for each character.
template <class Visit>
void for_each_character(std::string_view text, Visit visit) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t start = at;
    UChar32 c = 0;
    U8_NEXT_OR_FFFD(bytes, at, text.size(), c);
    visit(c, text.substr(start, at - start));
  }
}

// What turns text around or cannot be seen: all format characters, but the two joiners that scripts and emoji
// need, and the few that are visible signs.
bool is_bidi_or_invisible(UChar32 c) {
  if (c == 0x200C || c == 0x200D) return false;
  const bool visible_sign = (c >= 0x0600 && c <= 0x0605) || c == 0x06DD || c == 0x070F || c == 0x08E2 || c == 0x110BD || c == 0x110CD;
  return (u_charType(c) == U_FORMAT_CHAR && !visible_sign) || c == 0x2028 || c == 0x2029 || (c >= 0xE0000 && c <= 0xE007F);
}

} // namespace

char ascii_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string ascii_lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    c = ascii_lower(c);
  }
  return lower;
}

std::string ascii_upper(std::string_view text) {
  std::string upper(text);
  for (char& c : upper) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return upper;
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return ascii_lower(x) == ascii_lower(y); });
}

bool starts_with_ignoring_case(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() && equal_ignoring_case(text.substr(0, prefix.size()), prefix);
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view white = " \t\r\n";
  const auto first = text.find_first_not_of(white);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(white) - first + 1);
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> items;
  std::size_t start = 0;
  for (;;) {
    const auto end = text.find(separator, start);
    items.push_back(text.substr(start, end - start));
    if (end == std::string_view::npos) return items;
    start = end + 1;
  }
}

std::string join(const std::vector<std::string>& items, std::string_view separator) {
  std::string joined;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0) joined += separator;
    joined += items[i];
  }
  return joined;
}

std::string squeeze(std::string_view text) {
  std::string out;
  bool space = false;
  for (const char c : text) {
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
      space = !out.empty();
      continue;
    }
    if (space) out += ' ';
    space = false;
    out += c;
  }
  return out;
}

std::string to_hex(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string hex;
  hex.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    hex += digits[byte >> 4];
    hex += digits[byte & 15];
  }
  return hex;
}

std::string base64_encode(std::string_view bytes) {
  std::string out(sodium_base64_encoded_len(bytes.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
  sodium_bin2base64(out.data(), out.size(), reinterpret_cast<const unsigned char*>(bytes.data()),
                    bytes.size(), sodium_base64_VARIANT_ORIGINAL);
  out.resize(out.size() - 1); // the NUL that libsodium writes
  return out;
}

std::string to_valid_utf8(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size());
  for_each_character(bytes, [&](UChar32 c, std::string_view from) {
    if (c == 0xFFFD) {
      out += "\xEF\xBF\xBD";
    } else {
      out += from;
    }
  });
  return out;
}

bool is_valid_utf8(std::string_view bytes) {
  bool valid = true;
  for_each_character(bytes, [&](UChar32 c, std::string_view from) {
    if (c == 0xFFFD && from != "\xEF\xBF\xBD") valid = false;
  });
  return valid;
}

std::string shorten(std::string_view utf8, std::size_t limit) {
  constexpr std::string_view ellipsis = "…";
  if (utf8.size() <= limit) return std::string(utf8);
  if (limit < ellipsis.size()) return {};
  std::size_t end = limit - ellipsis.size();
  while (end > 0 && (static_cast<unsigned char>(utf8[end]) & 0xC0) == 0x80) {
    --end;
  }
  return std::string(utf8.substr(0, end)).append(ellipsis);
}

std::string safe_for_terminal(std::string_view utf8, Lines lines) {
  std::string out;
  out.reserve(utf8.size());
  for_each_character(utf8, [&](UChar32 c, std::string_view from) {
    const bool layout = c == '\n' || c == '\t';
    if (layout && lines == Lines::keep) {
      out += static_cast<char>(c);
    } else if (layout || c == '\r') {
      if (lines == Lines::fold) out += ' ';
    } else if (c < 0x20) {
      out += "\xE2\x90"; // U+2400 + c: the control picture
      out += static_cast<char>(0x80 + c);
    } else if (c == 0x7F || (c >= 0x80 && c < 0xA0) || c == 0xFFFD || is_bidi_or_invisible(c)) {
      out += "\xEF\xBF\xBD";
    } else {
      out += from;
    }
  });
  return out;
}

std::size_t display_width(std::string_view utf8) {
  std::size_t width = 0;
  for_each_character(utf8, [&](UChar32 c, std::string_view) {
    const auto category = u_charType(c);
    if (category == U_NON_SPACING_MARK || category == U_ENCLOSING_MARK || category == U_FORMAT_CHAR) return;
    const auto east_asian = u_getIntPropertyValue(c, UCHAR_EAST_ASIAN_WIDTH);
    width += east_asian == U_EA_WIDE || east_asian == U_EA_FULLWIDTH ? 2 : 1;
  });
  return width;
}

} // namespace cvdesk
