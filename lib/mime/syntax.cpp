#include "mime/syntax.hpp"

#include "mime/encoded_word.hpp"

#include <algorithm>

namespace cvdesk::mime {

namespace {
bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}
} // namespace

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool is_atext(char c) {
  constexpr std::string_view special = "!#$%&'*+-/=?^_`{|}~";
  return is_alphanumeric(c) || special.find(c) != std::string_view::npos ||
         static_cast<unsigned char>(c) >= 0x80;
}

bool is_token(char c) {
  constexpr std::string_view special = "()<>@,;:\\\"/[]?=";
  return c > 0x20 && c < 0x7F && special.find(c) == std::string_view::npos;
}

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return is_token(c); });
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

std::size_t Enclosed::quoted_end(std::size_t at) {
  if (open_quote_) return std::string_view::npos;
  for (std::size_t i = at + 1; i < text_.size(); ++i) {
    if (text_[i] == '\\') {
      ++i;
    } else if (text_[i] == '"') {
      return i + 1;
    }
  }
  open_quote_ = true;
  return std::string_view::npos;
}

std::size_t Enclosed::comment_end(std::size_t at) {
  if (open_comment_) return std::string_view::npos;
  std::size_t depth = 0;
  for (std::size_t i = at; i < text_.size(); ++i) {
    if (text_[i] == '\\') {
      ++i;
    } else if (text_[i] == '(') {
      ++depth;
    } else if (text_[i] == ')' && --depth == 0) {
      return i + 1;
    }
  }
  open_comment_ = true;
  return std::string_view::npos;
}

std::string unquote(std::string_view inside) {
  std::string out;
  out.reserve(inside.size());
  for (std::size_t i = 0; i < inside.size(); ++i) {
    const bool escape =
        inside[i] == '\\' && i + 1 < inside.size() && (inside[i + 1] == '"' || inside[i + 1] == '\\');
    if (escape) ++i;
    out += inside[i];
  }
  return out;
}

std::string without_comments(std::string_view text) {
  std::string out;
  Enclosed enclosed(text);
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = std::string_view::npos;
    if (text[at] == '(') {
      end = enclosed.comment_end(at);
      if (end != std::string_view::npos) {
        out += ' ';
        at = end;
        continue;
      }
    } else if (text[at] == '"') {
      end = enclosed.quoted_end(at);
    } else if (const auto word = encoded_word_at(text, at)) {
      end = at + word->size;
    }
    if (end == std::string_view::npos) end = at + 1;
    out += text.substr(at, end - at);
    at = end;
  }
  return out;
}

} // namespace cvdesk::mime
