#include "openpgp/armour.hpp"

#include "core/text.hpp"
#include "openpgp/certificate.hpp"

#include <fmt/core.h>

#include <array>
#include <cstdint>
#include <optional>

namespace cvdesk::openpgp {

namespace {

constexpr std::string_view begin_mark = "-----BEGIN PGP ";
constexpr std::string_view end_mark = "-----END PGP ";
constexpr std::string_view charset_field = "Charset:";
constexpr std::size_t header_lines = 16; // that are looked at

std::uint32_t crc24(std::string_view bytes) {
  static const auto table = [] {
    std::array<std::uint32_t, 256> built{};
    for (std::uint32_t i = 0; i < 256; ++i) {
      std::uint32_t crc = i << 16;
      for (int bit = 0; bit < 8; ++bit) {
        crc <<= 1;
        if (crc & 0x1000000u) crc ^= 0x1864cfbu;
      }
      built[i] = crc;
    }
    return built;
  }();
  std::uint32_t crc = 0xb704ceu;
  for (const char c : bytes) {
    crc = ((crc << 8) ^ table[((crc >> 16) ^ static_cast<unsigned char>(c)) & 0xffu]) & 0xffffffu;
  }
  return crc;
}

int sextet(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+') return 62;
  return c == '/' ? 63 : -1;
}

// Base64 in pieces: letters in, bytes out; what is left over at the end is dropped by the caller.
class Decoder {
public:
  bool feed(std::string_view line, std::string& out) {
    for (const char c : line) {
      if (c == ' ' || c == '\t' || c == '\r') continue;
      if (c == '=') {
        padded_ = true;
        continue;
      }
      const int value = sextet(c);
      if (value < 0 || padded_) return false;
      bits_ = (bits_ << 6 | static_cast<unsigned>(value)) & 0xffffffu;
      have_ += 6;
      if (have_ >= 8) {
        have_ -= 8;
        out.push_back(static_cast<char>(bits_ >> have_ & 0xffu));
      }
    }
    return true;
  }

private:
  unsigned bits_ = 0;
  unsigned have_ = 0;
  bool padded_ = false;
};

// Lines one after the other, without their line ends.
class Lines {
public:
  explicit Lines(std::string_view text) : rest_(text) {}
  std::optional<std::string_view> next() {
    if (rest_.empty()) return {};
    const auto end = rest_.find('\n');
    std::string_view line = rest_.substr(0, end);
    rest_ = end == std::string_view::npos ? std::string_view() : rest_.substr(end + 1);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    return line;
  }
  std::string_view rest() const { return rest_; }

private:
  std::string_view rest_;
};

// How many characters of quoting stand before `mark`; unset when this is no such line.
std::optional<std::size_t> indent_before(std::string_view line, std::string_view mark) {
  const auto at = line.find(mark);
  if (at == std::string_view::npos || at > 40) return {};
  if (line.substr(0, at).find_first_not_of("> \t|") != std::string_view::npos) return {};
  return at;
}

std::string_view without_quotes(std::string_view line, bool quoted) {
  if (!quoted) return trim(line);
  const auto at = line.find_first_not_of("> \t|");
  return at == std::string_view::npos ? std::string_view() : trim(line.substr(at));
}

tl::unexpected<Error> damaged(std::string what) {
  return fail(ErrorKind::corrupt, std::move(what));
}

} // namespace

bool is_armoured(std::string_view data) {
  if (data.starts_with("\xef\xbb\xbf")) data.remove_prefix(3);
  return !data.empty() && static_cast<unsigned char>(data.front()) < 0x80 &&
         data.find(begin_mark) != std::string_view::npos;
}

Result<ArmouredBlock> read_armour(std::string_view text, std::size_t limit) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  Lines lines(text);
  ArmouredBlock block;
  bool quoted = false;
  for (;;) {
    const auto line = lines.next();
    if (!line) return damaged("no OpenPGP armour in the text");
    const auto indent = indent_before(*line, begin_mark);
    if (!indent) continue;
    std::string_view label = trim(line->substr(*indent + begin_mark.size()));
    if (!label.ends_with("-----") || label.size() > 60) continue;
    label.remove_suffix(5);
    block.label = label;
    quoted = *indent > 0;
    break;
  }

  Decoder decoder;
  bool checksum = false;
  bool header = true;
  for (;;) {
    const auto raw = lines.next();
    if (!raw) return damaged("the OpenPGP armour has no end");
    const std::string_view line = without_quotes(*raw, quoted);
    if (line.starts_with(end_mark)) break;
    if (header) {
      // Armour that lost its blank line still has header lines with a colon, which base64 never has.
      if (line.empty()) header = false;
      if (line.empty()) continue;
      if (line.find(':') != std::string_view::npos) continue;
      header = false;
    }
    if (line.size() == 5 && line.front() == '=') {
      checksum = true; // RFC 9580, 6.1: right or wrong, it says nothing
      continue;
    }
    if (checksum && !line.empty()) return damaged("the OpenPGP armour goes on after its checksum");
    if (!decoder.feed(line, block.bytes)) return damaged("the OpenPGP armour is damaged");
    if (block.bytes.size() > limit) {
      return fail(ErrorKind::too_big, fmt::format("the OpenPGP data is larger than {} bytes", limit));
    }
  }
  block.rest = lines.rest();
  return block;
}

std::string charset_of_armour(std::string_view text) {
  Lines lines(text);
  for (std::size_t count = 0; count < header_lines; ++count) {
    const auto line = lines.next();
    if (!line) break;
    const std::string_view field = without_quotes(*line, true);
    if (starts_with_ignoring_case(field, charset_field))
      return ascii_lower(trim(field.substr(charset_field.size()).substr(0, 60)));
  }
  return {};
}

std::string write_armour(std::string_view label, std::string_view bytes) {
  std::string text = fmt::format("-----BEGIN PGP {}-----\n\n", label);
  const std::string body = base64_encode(bytes);
  for (std::size_t at = 0; at < body.size(); at += 64)
    text += body.substr(at, 64) + '\n';
  const std::uint32_t crc = crc24(bytes);
  const std::string sum = {static_cast<char>(crc >> 16), static_cast<char>(crc >> 8 & 0xffu),
                           static_cast<char>(crc & 0xffu)};
  return text + fmt::format("={}\n-----END PGP {}-----\n", base64_encode(sum), label);
}

Result<std::string> dearmour(std::string_view data, std::size_t limit) {
  if (is_armoured(data)) {
    TRY_ASSIGN(auto block, read_armour(data, limit));
    return std::move(block.bytes);
  }
  if (data.size() > limit) {
    return fail(ErrorKind::too_big, fmt::format("the OpenPGP data is larger than {} bytes", limit));
  }
  return std::string(data);
}

} // namespace cvdesk::openpgp
