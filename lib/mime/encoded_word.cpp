#include "mime/encoded_word.hpp"

#include "mime/charset.hpp"
#include "mime/header_text.hpp"
#include "mime/syntax.hpp"
#include "mime/transfer_encoding.hpp"

#include <algorithm>

namespace cvdesk::mime {

namespace {

constexpr std::size_t most_charset = 64;

std::string decode_q(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '_') {
      out += ' ';
    } else if (text[i] == '=' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 &&
               hex_digit(text[i + 2]) >= 0) {
      out += static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

// Where the text of a word ends: at "?=", but not where another word begins first. "=?=" is the padding of
// base64 before the end.
std::size_t text_end(std::string_view text, std::size_t from) {
  for (std::size_t i = from; i + 1 < text.size(); ++i) {
    if (text[i] == '?' && text[i + 1] == '=') return i;
    if (text[i] == '=' && text[i + 1] == '?' && !text.substr(i + 2).starts_with('=')) break;
  }
  return std::string_view::npos;
}

// For callers whose field still has its folds (RFC 5322, 2.2.3).
std::string unfolded(std::string_view body) {
  std::string out;
  for (std::size_t i = 0; i < body.size(); ++i) {
    const auto rest = body.substr(i);
    const bool fold = rest.size() > 2 && rest.starts_with("\r\n") && (rest[2] == ' ' || rest[2] == '\t');
    if (fold) {
      ++i;
    } else {
      out += body[i];
    }
  }
  return out;
}

// Decoded words that follow each other in one charset are converted together: a character may be broken
// across two of them.
class Decoder {
public:
  explicit Decoder(std::string_view body) : body_(body) {}

  std::string run() {
    for (std::size_t at = 0; at < body_.size();) {
      const auto word = encoded_word_at(body_, at);
      if (!word) {
        ++at;
        continue;
      }
      take_plain(at);
      take_word(*word);
      at += word->size;
      plain_start_ = at;
    }
    take_plain(body_.size());
    flush();
    return std::string(trim(clean_text(out_, Lines::fold)));
  }

private:
  void take_plain(std::size_t end) {
    const auto plain = body_.substr(plain_start_, end - plain_start_);
    const bool between_words = after_word_ && end < body_.size();
    if (between_words && std::all_of(plain.begin(), plain.end(), is_blank)) return;
    if (plain.empty()) return;
    flush();
    out_ += to_utf8(plain, "");
    after_word_ = false;
  }

  void take_word(const EncodedWord& word) {
    const std::string charset = ascii_lower(word.charset);
    if (charset != charset_) flush();
    charset_ = charset;
    bytes_ += decode_word(word);
    after_word_ = true;
  }

  void flush() {
    if (!bytes_.empty()) out_ += to_utf8(bytes_, charset_);
    bytes_.clear();
  }

  std::string_view body_;
  std::size_t plain_start_ = 0;
  bool after_word_ = false;
  std::string charset_;
  std::string bytes_;
  std::string out_;
};

} // namespace

std::optional<EncodedWord> encoded_word_at(std::string_view text, std::size_t at) {
  if (at + 1 >= text.size() || text[at] != '=' || text[at + 1] != '?') return {};
  const std::size_t charset_start = at + 2;
  const auto length = text.substr(charset_start, most_charset + 1).find('?');
  if (length == std::string_view::npos || length == 0) return {};
  auto charset = text.substr(charset_start, length);
  if (std::any_of(charset.begin(), charset.end(), [](char c) { return is_blank(c) || c == '='; })) return {};
  const std::size_t encoding = charset_start + length + 1;
  if (encoding + 1 >= text.size() || text[encoding + 1] != '?') return {};
  const char kind = ascii_lower(text[encoding]);
  if (kind != 'b' && kind != 'q') return {};
  const std::size_t start = encoding + 2;
  const auto end = text_end(text, start);
  if (end == std::string_view::npos) return {};
  charset = charset.substr(0, charset.find('*'));
  return EncodedWord{charset, kind, text.substr(start, end - start), end + 2 - at};
}

std::string decode_word(const EncodedWord& word) {
  return word.encoding == 'b' ? decode_base64(word.text, word.text.size()) : decode_q(word.text);
}

std::string decode_unstructured(std::string_view body) {
  return body.find('\n') == std::string_view::npos ? Decoder(body).run() : Decoder(unfolded(body)).run();
}

} // namespace cvdesk::mime
