#include "mime/transfer_encoding.hpp"

#include "core/text.hpp"
#include "mime/mimetic_parts.hpp"
#include "mime/syntax.hpp"

#include <algorithm>
#include <array>

namespace cvdesk::mime {

namespace {

constexpr auto base64_letters = [] {
  std::array<bool, 256> letters{};
  for (const char c : std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")) {
    letters[static_cast<unsigned char>(c)] = true;
  }
  return letters;
}();

bool is_base64(char c) {
  return base64_letters[static_cast<unsigned char>(c)];
}

std::string_view take_line(std::string_view& rest) {
  const auto end = rest.find('\n');
  const auto line = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return line;
}

// Whether a line behind the padding is another run of base64, and not a sentence.
bool continues_base64(std::string_view line) {
  const auto first_padding = std::min(line.find('='), line.size());
  return line.size() % 4 == 0 && line.size() - first_padding <= 2 &&
         std::all_of(line.begin(), line.begin() + static_cast<std::ptrdiff_t>(first_padding), is_base64);
}

// Decodes the whole groups of four; the rest waits for what follows.
void flush_groups(std::string& letters, std::string& out) {
  const std::size_t whole = letters.size() / 4 * 4;
  append_base64(std::string_view(letters).substr(0, whole), out);
  letters.erase(0, whole);
}

std::string_view without_line_end(std::string_view line) {
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

// A line of quoted-printable as mimetic can take it: what it would drop or misread is escaped.
void escape_damage(std::string_view line, std::string& clean) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  clean.clear();
  for (std::size_t i = 0; i < line.size(); ++i) {
    const auto byte = static_cast<unsigned char>(line[i]);
    const bool last_blank = i + 1 == line.size() && (byte == ' ' || byte == '\t');
    const bool escape =
        byte == '=' && i + 2 < line.size() && hex_digit(line[i + 1]) >= 0 && hex_digit(line[i + 2]) >= 0;
    if ((byte == '=' && !escape) || (byte < 0x20 && byte != '\t') || last_blank) {
      clean += '=';
      clean += digits[byte >> 4];
      clean += digits[byte & 15];
    } else {
      clean += line[i];
    }
  }
}

} // namespace

std::string decode_base64(std::string_view encoded, std::size_t limit) {
  std::string out;
  std::string letters;
  // Flushed in whole groups, so that memory follows the limit and not the input.
  constexpr std::size_t flush_at = 64 * 1024;
  bool padded = false;
  while (!encoded.empty() && out.size() < limit) {
    const auto line = trim(take_line(encoded));
    if (line.empty()) continue;
    if (padded) {
      if (!continues_base64(line)) break;
      padded = false;
    }
    for (std::size_t i = 0; i < line.size() && !padded && out.size() < limit;) {
      const auto* const end =
          std::find_if_not(line.begin() + i, line.begin() + std::min(line.size(), i + flush_at), is_base64);
      const auto run = line.substr(i, static_cast<std::size_t>(end - (line.begin() + i)));
      letters += run;
      i += run.size();
      if (letters.size() >= flush_at) flush_groups(letters, out);
      if (i == line.size() || is_base64(line[i])) continue;
      padded = line[i] == '=' && letters.size() % 4 >= 2;
      ++i;
    }
    if (padded) {
      append_base64(letters, out);
      letters.clear();
    }
  }
  append_base64(letters, out);
  if (out.size() > limit) out.resize(limit);
  return out;
}

std::string decode_quoted_printable(std::string_view encoded, std::size_t limit) {
  std::string out;
  std::string clean;
  while (!encoded.empty() && out.size() < limit) {
    const auto whole = encoded.substr(
        0, encoded.find('\n') == std::string_view::npos ? encoded.size() : encoded.find('\n') + 1);
    encoded.remove_prefix(whole.size());
    auto line = without_line_end(whole);
    const auto line_end = whole.substr(line.size());
    line = line.substr(0, line.find_last_not_of(" \t") + 1);
    const bool soft = line.ends_with('=');
    if (soft) line.remove_suffix(1);
    escape_damage(line, clean);
    append_quoted_printable(clean, out);
    if (!soft) out += line_end;
  }
  if (out.size() > limit) out.resize(limit);
  return out;
}

} // namespace cvdesk::mime
