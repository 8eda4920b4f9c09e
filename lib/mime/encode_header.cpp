#include "mime/encode_header.hpp"

#include "core/text.hpp"
#include "mime/charset.hpp"
#include "mime/syntax.hpp"

#include <fmt/core.h>
#include <unicode/bytestream.h>
#include <unicode/idna.h>

#include <algorithm>
#include <memory>

namespace cvdesk::mime {

namespace {

constexpr std::size_t line_width = 76;
constexpr std::size_t most_word = 900; // RFC 5322, 2.1.1 allows 998 on a line
constexpr std::string_view fold = "\r\n ";
constexpr std::string_view digits = "0123456789ABCDEF";

bool is_printable_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c < 0x7F; });
}

// Plain words as they are: nothing that a reader could take for an encoded word, nothing too long to fold.
bool stays_plain(std::string_view text) {
  if (!is_printable_ascii(text) || text.find("=?") != std::string_view::npos) return false;
  std::size_t word = 0;
  for (const char c : text) {
    word = c == ' ' ? 0 : word + 1;
    if (word >= line_width - 1) return false;
  }
  return text.find("  ") == std::string_view::npos && !text.starts_with(' ') && !text.ends_with(' ');
}

std::size_t character_size(std::string_view utf8, std::size_t at) {
  std::size_t size = 1;
  while (at + size < utf8.size() && (static_cast<unsigned char>(utf8[at + size]) & 0xC0) == 0x80) {
    ++size;
  }
  return size;
}

// The letters that RFC 2047, 5 (3) allows everywhere, also in a phrase.
bool is_plain_in_q(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '!' || c == '*' ||
         c == '+' || c == '-' || c == '/';
}

std::string q_encoded(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == ' ') {
      out += '_';
    } else if (is_plain_in_q(c)) {
      out += c;
    } else {
      out += '=';
      out += digits[byte >> 4];
      out += digits[byte & 15];
    }
  }
  return out;
}

// Words of at most 75 bytes, each of whole characters, as Q or base64, whatever is shorter.
std::string encoded_words(std::string_view utf8, std::size_t column) {
  constexpr std::size_t frame = 12; // =?utf-8?q??=
  const auto letters = static_cast<std::size_t>(std::count_if(utf8.begin(), utf8.end(), is_plain_in_q));
  const bool q = (utf8.size() - letters) * 3 + letters <= utf8.size() * 4 / 3 + 8;
  std::string out;
  std::size_t room = column + frame + 12 < line_width ? line_width - column - frame : 0;
  for (std::size_t at = 0; at < utf8.size();) {
    if (room == 0) {
      out += fold;
      room = line_width - 1 - frame;
    }
    std::size_t size = 0;
    while (at + size < utf8.size()) {
      const std::size_t next = size + character_size(utf8, at + size);
      const std::size_t encoded = q ? q_encoded(utf8.substr(at, next)).size() : (next + 2) / 3 * 4;
      if (encoded > room) break;
      size = next;
    }
    if (size > 0) {
      const auto bytes = utf8.substr(at, size);
      out += fmt::format("=?utf-8?{}?{}?=", q ? 'q' : 'b', q ? q_encoded(bytes) : base64_encode(bytes));
    }
    at += size;
    room = 0;
  }
  return out;
}

std::string fold_words(std::string_view text, std::size_t column) {
  std::string out;
  bool first = true;
  for (const auto word : split(text, ' ')) {
    if (!first) {
      const bool fits = column + 1 + word.size() <= line_width;
      out += fits ? " " : fold;
      column = fits ? column + 1 : 1;
    }
    out += word;
    column += word.size();
    first = false;
  }
  return out;
}

bool is_phrase(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c == ' ' || is_atext(c); });
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

// The domain in its ASCII form (RFC 5891); the rest as it is, without what could end the address.
std::string wire_address(std::string_view address) {
  std::string safe(address);
  std::erase_if(safe, [](char c) { return (c >= 0 && c < ' ') || c == 0x7F || c == '<' || c == '>'; });
  const auto at = safe.rfind('@');
  if (at == std::string::npos || is_printable_ascii(std::string_view(safe).substr(at))) return safe;
  UErrorCode status = U_ZERO_ERROR;
  const std::unique_ptr<icu::IDNA> idna(
      icu::IDNA::createUTS46Instance(UIDNA_NONTRANSITIONAL_TO_ASCII, status));
  if (U_FAILURE(status)) return safe;
  std::string domain;
  icu::StringByteSink<std::string> sink(&domain);
  icu::IDNAInfo info;
  idna->nameToASCII_UTF8(icu::StringPiece(safe.data() + at + 1, static_cast<int32_t>(safe.size() - at - 1)),
                         sink, info, status);
  return U_SUCCESS(status) && !info.hasErrors() ? safe.substr(0, at + 1) + domain : safe;
}

} // namespace

std::string encode_unstructured(std::string_view utf8, std::size_t column) {
  const std::string text = clean_text(utf8, Lines::fold);
  return stays_plain(text) ? fold_words(text, column) : encoded_words(text, column);
}

std::string format_mailbox(const Mailbox& mailbox) {
  const std::string address = wire_address(mailbox.address);
  const std::string name = shorten(squeeze(clean_text(mailbox.display_name, Lines::fold)), 200);
  if (name.empty()) return address;
  std::string phrase;
  if (!stays_plain(name)) {
    phrase = encoded_words(name, 12);
  } else {
    phrase = is_phrase(name) ? name : quoted(name);
  }
  const auto last_line = phrase.rfind('\n');
  const std::size_t column = last_line == std::string::npos ? phrase.size() + 12 : phrase.size() - last_line;
  return phrase + (column + address.size() + 3 > line_width ? std::string(fold) : " ") + "<" + address + ">";
}

std::string format_mailboxes(const std::vector<Mailbox>& mailboxes) {
  std::string out;
  for (const auto& mailbox : mailboxes) {
    if (!out.empty()) out += ",\r\n ";
    out += format_mailbox(mailbox);
  }
  return out;
}

std::string format_message_ids(const std::vector<std::string>& ids) {
  std::string out;
  for (std::string id : ids) {
    std::erase_if(id, [](char c) { return c <= ' ' || c >= 0x7F || c == '<' || c == '>'; });
    if (id.empty() || id.size() > most_word) continue;
    if (!out.empty()) out += fold;
    out += fmt::format("<{}>", id);
  }
  return out;
}

std::string fold_structured(std::string_view ascii, std::size_t column) {
  std::string text(ascii);
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c < ' ' || c >= 0x7F; }, ' ');
  std::string broken;
  std::size_t word = 0;
  for (const char c : squeeze(text)) {
    word = c == ' ' ? 0 : word + 1;
    if (word > most_word) {
      broken += ' ';
      word = 1;
    }
    broken += c;
  }
  return fold_words(broken, column);
}

std::string encode_parameter(std::string_view name, std::string_view utf8) {
  constexpr std::size_t most_piece = 50;
  const std::string text = clean_text(utf8, Lines::fold);
  std::string out = ";\r\n ";
  out += name;
  if (is_printable_ascii(text) && text.size() <= most_piece) return out + "=" + quoted(text);
  std::string piece = "utf-8''";
  int index = 0;
  const auto finish = [&] {
    if (index > 0) (out += ";\r\n ") += name;
    out += fmt::format("*{}*={}", index++, piece);
    piece.clear();
  };
  for (const char c : text) {
    if (piece.size() > most_piece) finish();
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '.' || c == '-' || c == '_';
    if (plain) {
      piece += c;
    } else {
      piece += '%';
      piece += digits[byte >> 4];
      piece += digits[byte & 15];
    }
  }
  finish();
  return out;
}

} // namespace cvdesk::mime
