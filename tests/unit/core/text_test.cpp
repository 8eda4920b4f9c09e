#include "core/text.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace cvdesk;

namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";

std::string utf8(char32_t c) {
  std::string out;
  const auto tail = [&](int shift) { out += static_cast<char>(0x80 | ((c >> shift) & 0x3F)); };
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xC0 | (c >> 6));
    tail(0);
  } else if (c < 0x10000) {
    out += static_cast<char>(0xE0 | (c >> 12));
    tail(6);
    tail(0);
  } else {
    out += static_cast<char>(0xF0 | (c >> 18));
    tail(12);
    tail(6);
    tail(0);
  }
  return out;
}

} // namespace

TEST_CASE("letters are folded in ASCII only, whatever the locale") {
  CHECK(ascii_lower("ABCxyz-ÄÖ[") == "abcxyz-ÄÖ[");
  CHECK(ascii_upper("abcXYZ-äö{") == "ABCXYZ-äö{");
  CHECK(equal_ignoring_case("Reply-To", "rEPLY-tO"));
  CHECK_FALSE(equal_ignoring_case("Reply-To", "Reply-T"));
  CHECK_FALSE(equal_ignoring_case("@", "`")); // 0x40 and 0x60 differ by the case bit alone
  CHECK(starts_with_ignoring_case("HTTPS://a", "https://"));
  CHECK_FALSE(starts_with_ignoring_case("http", "https"));
}

TEST_CASE("split keeps empty items, and join puts them back") {
  CHECK(split("", ',') == std::vector<std::string_view>{""});
  CHECK(split("a,,b,", ',') == std::vector<std::string_view>{"a", "", "b", ""});
  for (const std::string text : {"a,,b,", "a", "a,b", ",a", ",,", ""}) {
    std::vector<std::string> items;
    for (const auto item : split(text, ',')) items.emplace_back(item);
    CAPTURE(text);
    CHECK(join(items, ",") == text);
  }
}

TEST_CASE("white space is trimmed and squeezed") {
  CHECK(trim(" \t\r\n a b \n") == "a b");
  CHECK(trim(" \r\n").empty());
  CHECK(squeeze("  a \t\r\n b  ") == "a b");
  CHECK(squeeze(" \n ").empty());
}

TEST_CASE("bytes are written in hexadecimal and base64") {
  using namespace std::string_literals;
  CHECK(to_hex("\x00\xFF\x1a"s) == "00ff1a");
  CHECK(base64_encode("") == "");
  CHECK(base64_encode("f") == "Zg==");
  CHECK(base64_encode("foobar") == "Zm9vYmFy");
  CHECK(base64_encode("\xFF\xFE\xFD"s) == "//79");
}

TEST_CASE("only well-formed UTF-8 is valid UTF-8") {
  CHECK(is_valid_utf8(""));
  CHECK(is_valid_utf8("e\xCC\x81 \xE2\x82\xAC \xF0\x9F\x94\x92"));
  CHECK(is_valid_utf8(replacement));
  CHECK(is_valid_utf8(std::string_view("a\0b", 3)));
  for (const std::string_view bad : {"\x80", "\xC3", "\xC0\xAF", "\xE0\x80\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80",
                                     "\xF8\x88\x80\x80\x80", "\xFF", "a\xE2\x82", "\xEF\xBF"}) {
    CAPTURE(to_hex(bad));
    CHECK_FALSE(is_valid_utf8(bad));
    CHECK(is_valid_utf8(to_valid_utf8(bad)));
  }
}

TEST_CASE("ill-formed bytes become replacement characters and leave the rest alone") {
  CHECK(to_valid_utf8("caf\xE9!") == "caf\xEF\xBF\xBD!");
  CHECK(to_valid_utf8("a\xE2\x82z") == "a\xEF\xBF\xBDz");
  CHECK(to_valid_utf8("gr\xC3\xBC\xC3\x9F") == "grüß");
}

TEST_CASE("a shortened text keeps its limit, never cuts a character and says that it was cut") {
  CHECK(shorten("short", 5) == "short");
  CHECK(shorten("longer", 5) == "lo…");
  CHECK(shorten("éééé", 6) == "é…"); // 3 bytes are left: one character of two
  for (std::size_t limit = 0; limit < 24; ++limit) {
    const std::string cut = shorten("a😀é한b😀é한", limit);
    CAPTURE(limit, cut);
    CHECK(cut.size() <= limit);
    CHECK(is_valid_utf8(cut));
  }
}

TEST_CASE("no control character of a mail reaches a terminal") {
  CHECK(safe_for_terminal("\x1B[2J\x1B]0;pwned\x07") == "\u241B[2J\u241B]0;pwned\u2407");
  CHECK(safe_for_terminal("a\x08" "b\x7F") == "a\u2408b\uFFFD");
  CHECK(safe_for_terminal("\u009B31m\u009D") == "\uFFFD31m\uFFFD"); // C1 CSI and OSC
  CHECK(safe_for_terminal("\x9B" "31m") == "\uFFFD31m");             // the same as a bare byte
  for (int c = 0; c < 0xA0; ++c) {
    const std::string out = safe_for_terminal(utf8(static_cast<char32_t>(c)), Lines::keep);
    CAPTURE(c, out);
    const bool control = c < 0x20 || c >= 0x7F;
    const bool layout = c == '\n' || c == '\t';
    CHECK((out == utf8(static_cast<char32_t>(c))) == (!control || layout));
  }
}

TEST_CASE("lines are kept or folded, and a carriage return never overwrites a line") {
  CHECK(safe_for_terminal("a\n\tb", Lines::keep) == "a\n\tb");
  CHECK(safe_for_terminal("a\n\tb", Lines::fold) == "a  b");
  CHECK(safe_for_terminal("paid: no\rpaid: yes", Lines::keep).find('\r') == std::string::npos);
  CHECK(safe_for_terminal("paid: no\rpaid: yes", Lines::fold).find('\r') == std::string::npos);
  CHECK(safe_for_terminal("a\u2028b\u2029c") == "a\uFFFDb\uFFFDc");
}

TEST_CASE("what turns or hides text becomes visible") {
  const std::u32string_view hidden = U"\u200B\u200E\u200F\u061C\u202A\u202B\u202C\u202D\u202E\u2060\u2061\u2062\u2063\u2064"
                                     U"\u2066\u2067\u2068\u2069\uFEFF\U000E0001\U000E0041\U000E007F"
                                     U"\u206A\u206B\u206C\u206D\u206E\u206F\uFFF9\uFFFA\uFFFB\u180E\u00AD\U0001D173";
  for (const char32_t c : hidden) {
    CAPTURE(static_cast<unsigned>(c));
    const std::string out = safe_for_terminal("a" + utf8(c) + "b");
    CHECK((out == "a\uFFFDb" || out == "ab"));
  }
}

TEST_CASE("honest text of every script passes unchanged") {
  for (const std::string_view text : {"Gemeente Zonnedam", "naïve – “quotes” €", "Ελληνικά", "한국어", "日本語", "שלום", "مرحبا",
                                      "नमस्ते", "👩\u200D💻 e\u0301", "می\u200Cخواهم"}) {
    CHECK(safe_for_terminal(text) == text);
  }
}

TEST_CASE("the width of a text is counted in columns") {
  CHECK(display_width("") == 0);
  CHECK(display_width("abc") == 3);
  CHECK(display_width("naïve") == 5);
  CHECK(display_width("nai\u0308ve") == 5);
  CHECK(display_width("日本") == 4);
  CHECK(display_width("한") == 2);
  CHECK(display_width("ｱ") == 1);
  CHECK(display_width("😀") == 2);
  CHECK(display_width("\xFF") == 1);
}
