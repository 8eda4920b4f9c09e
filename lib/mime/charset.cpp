#include "mime/charset.hpp"

#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>
#include <unicode/ucnv.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>

namespace cvdesk::mime {

namespace {

// Names that the wild uses for something else or for a superset, as the WHATWG encoding standard has it.
constexpr std::array<std::pair<std::string_view, std::string_view>, 16> real_names = {{
    {"iso-8859-1", "windows-1252"},
    {"iso8859-1", "windows-1252"},
    {"iso_8859-1", "windows-1252"},
    {"latin1", "windows-1252"},
    {"latin-1", "windows-1252"},
    {"iso-8859-9", "windows-1254"},
    {"iso-8859-11", "windows-874"},
    {"iso-8859-8-i", "iso-8859-8"},
    {"tis-620", "windows-874"},
    {"gb2312", "gb18030"},
    {"gbk", "gb18030"},
    {"euc-kr", "windows-949"},
    {"ks_c_5601-1987", "windows-949"},
    {"cp-850", "ibm-850"},
    {"utf8", "utf-8"},
    {"unicode-1-1-utf-7", "utf-7"},
}};

std::string real_name(std::string_view charset) {
  std::string name = ascii_lower(trim(charset));
  std::erase_if(name, [](char c) { return c == '"' || c == '\''; });
  if (name.starts_with("win-125") || name.starts_with("win125")) name.replace(0, name.find('1'), "windows-");
  const auto* known = std::find_if(real_names.begin(), real_names.end(),
                                   [&](const auto& pair) { return pair.first == name; });
  return known != real_names.end() ? std::string(known->second) : name;
}

// ICU takes options after a comma, and looks for a file where it does not know the name.
bool is_charset_name(std::string_view name) {
  return !name.empty() && name.size() <= 40 && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == ':' || c == '.';
  });
}

bool is_ascii(std::string_view bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

struct ConverterClose {
  void operator()(UConverter* converter) const { ucnv_close(converter); }
};
using Converter = std::unique_ptr<UConverter, ConverterClose>;

Converter open_converter(const std::string& name) {
  if (!is_charset_name(name)) return nullptr;
  UErrorCode status = U_ZERO_ERROR;
  Converter converter(ucnv_open(name.c_str(), &status));
  if (U_FAILURE(status)) return nullptr;
  return converter;
}

std::string convert(std::string_view bytes, const std::string& name) {
  auto converter = open_converter(name);
  if (!converter && is_valid_utf8(bytes)) return std::string(bytes);
  if (!converter) converter = open_converter("windows-1252");
  if (!converter) return to_valid_utf8(bytes);
  std::string out(bytes.size() * 3 + 16, '\0');
  for (int attempt = 0; attempt < 2; ++attempt) {
    UErrorCode status = U_ZERO_ERROR;
    ucnv_reset(converter.get());
    const auto size =
        ucnv_toAlgorithmic(UCNV_UTF8, converter.get(), out.data(), static_cast<int32_t>(out.size()),
                           bytes.data(), static_cast<int32_t>(bytes.size()), &status);
    out.resize(static_cast<std::size_t>(std::max(size, 0)));
    if (status != U_BUFFER_OVERFLOW_ERROR) break;
  }
  return to_valid_utf8(out);
}

// Declared as UTF-8 and wrong: one cut character is damage, more wrong bytes than right characters is lying.
bool is_mostly_utf8(std::string_view bytes) {
  const auto* data = reinterpret_cast<const std::uint8_t*>(bytes.data());
  std::size_t right = 0;
  std::size_t wrong = 0;
  for (std::size_t at = 0; at < bytes.size();) {
    if (data[at] < 0x80) {
      ++at;
      continue;
    }
    UChar32 c = 0;
    U8_NEXT(data, at, bytes.size(), c);
    ++(c < 0 ? wrong : right);
  }
  return right >= wrong;
}

const icu::Normalizer2* nfc() {
  static const icu::Normalizer2* const instance = [] {
    UErrorCode status = U_ZERO_ERROR;
    const auto* found = icu::Normalizer2::getNFCInstance(status);
    return U_SUCCESS(status) ? found : nullptr;
  }();
  return instance;
}

std::string normalised(std::string utf8) {
  if (nfc() == nullptr || is_ascii(utf8)) return utf8;
  const icu::StringPiece piece(utf8.data(), static_cast<int32_t>(utf8.size()));
  UErrorCode status = U_ZERO_ERROR;
  if (nfc()->isNormalizedUTF8(piece, status) && U_SUCCESS(status)) return utf8;
  std::string out;
  icu::StringByteSink<std::string> sink(&out, static_cast<int32_t>(utf8.size()));
  status = U_ZERO_ERROR;
  nfc()->normalizeUTF8(0, piece, sink, nullptr, status);
  return U_SUCCESS(status) ? out : utf8;
}

// How much of the beginning can be taken as it is: most text is nothing else.
std::size_t plain_run(std::string_view text, Lines lines) {
  const auto* const end = std::find_if_not(text.begin(), text.end(), [&](char c) {
    return (c >= ' ' && c < 0x7F) || (c == '\n' && lines == Lines::keep);
  });
  return static_cast<std::size_t>(end - text.begin());
}

bool is_line_end(UChar32 c) {
  return c == '\n' || c == 0x0B || c == 0x0C || c == 0x85 || c == 0x2028 || c == 0x2029;
}
bool is_control(UChar32 c) {
  return c < 0x20 || (c >= 0x7F && c < 0xA0);
}

} // namespace

std::string to_utf8(std::string_view bytes, std::string_view charset) {
  constexpr std::size_t most = 512u << 20; // ICU counts in 32 bits
  bytes = bytes.substr(0, most);
  std::string name = real_name(charset);
  if (bytes.starts_with("\xEF\xBB\xBF")) {
    bytes.remove_prefix(3);
    name = "utf-8";
  } else if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF")) {
    if (name.empty() || name == "us-ascii" || name == "utf-8") name = "utf-16";
  }
  if (name.empty() || name == "us-ascii" || name == "ascii") {
    return is_valid_utf8(bytes) ? std::string(bytes) : convert(bytes, "windows-1252");
  }
  if (name == "utf-8") {
    if (is_valid_utf8(bytes)) return std::string(bytes);
    return is_mostly_utf8(bytes) ? to_valid_utf8(bytes) : convert(bytes, "windows-1252");
  }
  return convert(bytes, name);
}

std::string clean_text(std::string_view utf8, Lines lines) {
  // Normalising sorts the marks on a character by insertion: thousands of them would take quadratic time.
  constexpr int most_marks = 30;
  const auto* data = reinterpret_cast<const std::uint8_t*>(utf8.data());
  std::string out;
  out.reserve(utf8.size());
  int marks = 0;
  for (std::size_t at = 0; at < utf8.size();) {
    if (const auto plain = plain_run(utf8.substr(at), lines)) {
      out += utf8.substr(at, plain);
      at += plain;
      marks = 0;
      continue;
    }
    const std::size_t start = at;
    UChar32 c = data[at];
    if (c < 0x80) {
      ++at;
    } else {
      U8_NEXT_OR_FFFD(data, at, utf8.size(), c);
    }
    if (c == '\r') {
      const auto rest = utf8.substr(at);
      if (rest.starts_with('\n') || rest.starts_with("\r\n")) continue;
      c = '\n';
    }
    if (is_line_end(c) || c == '\t') {
      out += lines == Lines::fold ? ' ' : c == '\t' ? '\t' : '\n';
      marks = 0;
    } else if (is_control(c) || c == 0xFEFF) { // a byte order mark, wherever it strayed
      continue;
    } else if (c >= 0x300 && nfc() != nullptr && !nfc()->hasBoundaryBefore(c)) {
      if (++marks <= most_marks) out += utf8.substr(start, at - start);
    } else {
      marks = 0;
      if (c == 0xFFFD) {
        out += "\xEF\xBF\xBD";
      } else {
        out += utf8.substr(start, at - start);
      }
    }
  }
  return normalised(std::move(out));
}

} // namespace cvdesk::mime
