#include "mime/transfer_encoding.hpp"

#include "core/text.hpp"
#include "mime/syntax.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace cvdesk::mime {

namespace {

constexpr std::uint8_t no_letter = 64;

constexpr auto base64_values = [] {
  std::array<std::uint8_t, 256> values{};
  values.fill(no_letter);
  std::uint8_t value = 0;
  for (const char c : std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")) {
    values[static_cast<unsigned char>(c)] = value++;
  }
  return values;
}();

std::uint32_t base64_value(char c) {
  return base64_values[static_cast<unsigned char>(c)];
}
bool is_base64(char c) {
  return base64_value(c) != no_letter;
}

// Letters, as they come, to bytes.
class Base64 {
public:
  explicit Base64(std::string& out) : out_(out) {}

  // Up to the end of the text or behind a padding: what follows it. Foreign characters are skipped.
  std::string_view take(std::string_view text, bool& padded) {
    padded = false;
    while (!text.empty()) {
      if (count_ == 0) {
        const auto taken = take_groups(text);
        text.remove_prefix(taken);
        if (taken > 0) continue;
      }
      const char c = text.front();
      text.remove_prefix(1);
      if (is_base64(c)) {
        add(c);
      } else if (c == '=' && count_ >= 2) {
        finish();
        padded = true;
        text.remove_prefix(std::min(text.find_first_not_of('='), text.size()));
        break;
      }
    }
    return text;
  }

  // Of a last group that is not whole, the bytes that are.
  void finish() {
    if (count_ > 1) put(bits_ >> (count_ * 6 - 8));
    if (count_ > 2) put(bits_ >> 2);
    count_ = 0;
    bits_ = 0;
  }

private:
  void put(std::uint32_t byte) { out_ += static_cast<char>(byte & 255u); }

  void add(char c) {
    bits_ = bits_ << 6 | base64_value(c);
    if (++count_ < 4) return;
    put(bits_ >> 16);
    put(bits_ >> 8);
    put(bits_);
    count_ = 0;
    bits_ = 0;
  }

  // Most text is nothing but groups of four: how many bytes at its beginning were.
  std::size_t take_groups(std::string_view text) {
    std::array<char, 3 * 256> bytes;
    std::size_t at = 0;
    std::size_t size = 0;
    for (; at + 4 <= text.size() && size < bytes.size(); at += 4) {
      const std::uint32_t a = base64_value(text[at]);
      const std::uint32_t b = base64_value(text[at + 1]);
      const std::uint32_t c = base64_value(text[at + 2]);
      const std::uint32_t d = base64_value(text[at + 3]);
      if (((a | b | c | d) & no_letter) != 0) break;
      bytes[size++] = static_cast<char>((a << 2 | b >> 4) & 255u);
      bytes[size++] = static_cast<char>((b << 4 | c >> 2) & 255u);
      bytes[size++] = static_cast<char>((c << 6 | d) & 255u);
    }
    out_.append(bytes.data(), size);
    return at;
  }

  std::string& out_;
  std::uint32_t bits_ = 0;
  unsigned count_ = 0;
};

std::string_view take_line(std::string_view& rest) {
  const auto end = rest.find('\n');
  const auto line = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return line;
}

// Whether what stands behind padding is another run of base64, and not a sentence.
bool continues_base64(std::string_view text) {
  return !text.empty() && text.size() % 4 == 0 &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_base64(c) || c == '='; });
}

std::string_view without_line_end(std::string_view line) {
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

// A line of quoted-printable without its end: an "=" that escapes nothing stays. Stops at `limit` bytes.
void append_quoted_printable(std::string_view line, std::string& out, std::size_t limit) {
  while (!line.empty() && out.size() < limit) {
    const auto plain = line.substr(0, line.find('='));
    out += plain.substr(0, limit - out.size());
    line.remove_prefix(plain.size());
    if (line.empty()) return;
    const bool escape = line.size() > 2 && hex_digit(line[1]) >= 0 && hex_digit(line[2]) >= 0;
    out += escape ? static_cast<char>(hex_digit(line[1]) * 16 + hex_digit(line[2])) : '=';
    line.remove_prefix(escape ? 3 : 1);
  }
}

} // namespace

std::string decode_base64(std::string_view encoded, std::size_t limit) {
  std::string out;
  out.reserve(std::min(limit, encoded.size() / 4 * 3) + 3);
  Base64 base64(out);
  // A line may be the whole body: in pieces, so that memory follows the limit.
  constexpr std::size_t most_at_once = 64 * 1024;
  bool padded = false;
  while (!encoded.empty() && out.size() < limit) {
    auto line = trim(take_line(encoded));
    if (padded && !continues_base64(line)) break;
    bool goes_on = padded; // looked at once: it holds for the rest of the line
    while (!line.empty() && out.size() < limit) {
      const auto piece = line.substr(0, most_at_once);
      const auto left = base64.take(piece, padded);
      line.remove_prefix(piece.size() - left.size());
      if (padded && !goes_on && !continues_base64(line)) break;
      goes_on = goes_on || padded;
    }
  }
  base64.finish();
  if (out.size() > limit) out.resize(limit);
  return out;
}

std::string decode_quoted_printable(std::string_view encoded, std::size_t limit) {
  std::string out;
  out.reserve(std::min(limit, encoded.size()));
  while (!encoded.empty() && out.size() < limit) {
    const auto whole = encoded.substr(
        0, encoded.find('\n') == std::string_view::npos ? encoded.size() : encoded.find('\n') + 1);
    encoded.remove_prefix(whole.size());
    auto line = without_line_end(whole);
    const auto line_end = whole.substr(line.size());
    line = line.substr(0, line.find_last_not_of(" \t") + 1);
    const bool soft = line.ends_with('=');
    if (soft) line.remove_suffix(1);
    append_quoted_printable(line, out, limit);
    if (!soft) out += line_end;
  }
  if (out.size() > limit) out.resize(limit);
  return out;
}

} // namespace cvdesk::mime
