// Small operations on text and bytes that every layer needs. A std::string holds bytes; where it holds
// valid UTF-8 the name or the comment says so.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cvdesk {

// RFC 5234 ASCII only: never depends on the locale.
char ascii_lower(char c);
std::string ascii_lower(std::string_view text);
std::string ascii_upper(std::string_view text);
bool equal_ignoring_case(std::string_view a, std::string_view b);
bool starts_with_ignoring_case(std::string_view text, std::string_view prefix);

std::string_view trim(std::string_view text); // space, tab, CR, LF
std::vector<std::string_view> split(std::string_view text, char separator);
std::string join(const std::vector<std::string>& items, std::string_view separator);
// Every run of white space becomes one space; none at either end.
std::string squeeze(std::string_view text);

std::string to_hex(std::string_view bytes); // lower case
std::string base64_encode(std::string_view bytes);

// Valid UTF-8 in, whatever came in: each ill-formed byte becomes U+FFFD.
std::string to_valid_utf8(std::string_view bytes);
bool is_valid_utf8(std::string_view bytes);

// At most `limit` bytes of UTF-8 text, never cutting a character; an ellipsis says that it was cut.
std::string shorten(std::string_view utf8, std::size_t limit);

// Safe for a terminal and for a log: control characters (but tab and newline where `lines`), escape
// sequences, bidirectional overrides and invisible format characters become visible or go. Everything
// that a mail brought passes through here before it is printed.
enum class Lines { keep, fold };
std::string safe_for_terminal(std::string_view utf8, Lines lines = Lines::fold);

// How many columns a terminal needs for it (East Asian wide and combining characters counted).
std::size_t display_width(std::string_view utf8);

} // namespace cvdesk
