// The lexical pieces that structured header fields share (RFC 5322, 3.2; RFC 2045, 5.1). Inside mime only.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace cvdesk::mime {

bool is_blank(char c); // space, tab, CR, LF
bool is_atext(char c); // RFC 5322, 3.2.3, and every byte beyond ASCII (RFC 6532)
bool is_token(char c); // RFC 2045, 5.1
bool is_token(std::string_view text);
int hex_digit(char c); // -1 when it is none

// Finds where a quoted string or a comment ends, in linear time over all calls on one text: once one of a
// kind was found to be without an end, those behind it are taken as plain characters.
class Enclosed {
public:
  explicit Enclosed(std::string_view text) : text_(text) {}

  // `at` stands on the opening character; the position behind the closing one, or npos.
  std::size_t quoted_end(std::size_t at);
  std::size_t comment_end(std::size_t at); // nested to any depth

private:
  std::string_view text_;
  bool open_quote_ = false;
  bool open_comment_ = false;
};

// A quoted string's content: `inside` is without the quotes; a backslash is kept where it escapes nothing
// that needs it (Windows paths).
std::string unquote(std::string_view inside);

// Without comments (outside of quoted strings and encoded words).
std::string without_comments(std::string_view text);

} // namespace cvdesk::mime
