#include "core/text.hpp"
#include "mime/message.hpp"

#include <catch2/catch.hpp>

using namespace cvdesk;
using namespace cvdesk::mime;
using namespace std::string_literals;

namespace {

std::string body_of(const std::string& encoding, const std::string& body, std::size_t limit = 1 << 20) {
  const std::string raw = "Content-Transfer-Encoding: " + encoding + "\r\n\r\n" + body;
  const auto message = parse(raw);
  REQUIRE(message);
  return decode_body(raw, message->parts[0], limit);
}

std::string text_of(const std::string& type, const std::string& body, std::size_t limit = 1 << 20) {
  const std::string raw = "Content-Type: " + type + "\r\n\r\n" + body;
  const auto message = parse(raw);
  REQUIRE(message);
  return decode_text(raw, message->parts[0], limit);
}

} // namespace

TEST_CASE("base64 of every length is decoded") {
  std::string bytes;
  for (int i = 0; i < 300; ++i) {
    CHECK(body_of("base64", base64_encode(bytes)) == bytes);
    bytes += static_cast<char>(i * 7);
  }
}

TEST_CASE("base64 damaged as in the wild is decoded as far as it goes") {
  CHECK(body_of("base64", "aGVs\r\n bG8=\r\n") == "hello");
  CHECK(body_of("base64", "aGVsbG8") == "hello");
  CHECK(body_of("base64", "aG|Vs\x80"
                          "bG8=") == "hello");
  CHECK(body_of("base64", "=aGVsbG8=") == "hello");
  CHECK(body_of("base64", "aGVsbG8=\n____________\nlist footer, in clear\n") == "hello");
  CHECK(body_of("base64", "aGU=\nbGxv\n") == "hello");
  CHECK(body_of("base64", "aGVsbG8gd29ybGQhIQ==\nLg==\n") == "hello world!!.");
  CHECK(body_of("base64", "QQ==QUI=QUJD\nQQ==") == "AABABCA");
  CHECK(body_of("base64", "aGVsbG8=\n\nword\n") == "hello");
  CHECK(body_of("base64", "aGVsbG8= is said\n") == "hello");
  CHECK(body_of("base64", "====").empty());
  CHECK(body_of("base64", "a").empty());
  CHECK(body_of("base64", "").empty());
}

TEST_CASE("quoted-printable is decoded, with line ends as sent") {
  CHECK(body_of("quoted-printable", "caf=C3=A9=\r\n noir\r\nnext\n") == "caf\xC3\xA9 noir\r\nnext\n");
  CHECK(body_of("quoted-printable", "a\n\nb\n") == "a\n\nb\n");
  CHECK(body_of("quoted-printable", "a=c3=a9") == "a\xC3\xA9");
  CHECK(body_of("quoted-printable", "blank  \r\nsoft = \r\nend") == "blank\r\nsoft end");
  CHECK(body_of("quoted-printable", "tab=09\r\n") == "tab\t\r\n");
}

TEST_CASE("quoted-printable damaged as in the wild loses nothing") {
  CHECK(body_of("quoted-printable", "a=b=ZZ==41 =") == "a=b=ZZ=A ");
  CHECK(body_of("quoted-printable", "x=4") == "x=4");
  CHECK(body_of("quoted-printable", "x=") == "x");
  CHECK(body_of("quoted-printable", "a\0\x1b"
                                    "b"s) == "a\0\x1b"
                                             "b"s);
  CHECK(body_of("quoted-printable", "a  b =20=\r\nc") == "a  b  c");
  CHECK(body_of("quoted-printable", "a \t=\r\nc") == "a \tc");
}

TEST_CASE("uuencode is decoded from begin to end") {
  CHECK(body_of("x-uuencode", "text before\nbegin 644 x\n%:&5L;&\\\n`\nend\n") == "hello");
  CHECK(body_of("x-uuencode", "no begin") == "no begin");
}

TEST_CASE("other encodings are taken as they are") {
  CHECK(body_of("8bit", "\xFF=41\r\n") == "\xFF=41\r\n");
  CHECK(body_of("unheard-of", "x") == "x");
}

TEST_CASE("a decoded body stops at its limit") {
  CHECK(body_of("base64", base64_encode(std::string(300'000, 'x')), 1000).size() == 1000);
  CHECK(body_of("quoted-printable", std::string(5000, 'x'), 1000).size() == 1000);
  CHECK(body_of("7bit", std::string(5000, 'x'), 1000).size() == 1000);
  CHECK(text_of("text/plain; charset=utf-8", "aé", 2) == "a");
}

TEST_CASE("text comes out of the charset it declares") {
  CHECK(text_of("text/plain; charset=utf-8", "café") == "café");
  CHECK(text_of("text/plain; charset=iso-8859-1", "caf\xE9 \x80") == "café €");
  CHECK(text_of("text/plain; charset=iso-8859-15", "\xA4") == "€");
  CHECK(text_of("text/plain; charset=koi8-r", "\xF4\xC5\xD3\xD4") == "Тест");
  CHECK(text_of("text/plain; charset=gb2312", "\xC4\xE3") == "你");
  CHECK(text_of("text/plain; charset=shift_jis", "\x93\xFA") == "日");
  CHECK(text_of("text/plain; charset=utf-16le", "a\0b\0"s) == "ab");
  CHECK(text_of("text/plain; charset=utf-16", "\xFF\xFE"
                                              "a\0b\0"s) == "ab");
  CHECK(text_of("text/plain; charset=utf-7", "caf+AOk-") == "café");
}

TEST_CASE("a charset that is missing, wrong or unknown is guessed") {
  CHECK(text_of("text/plain", "café") == "café");
  CHECK(text_of("text/plain", "caf\xE9") == "café");
  CHECK(text_of("text/plain; charset=us-ascii", "caf\xC3\xA9") == "café");
  CHECK(text_of("text/plain; charset=us-ascii", "caf\xE9") == "café");
  CHECK(text_of("text/plain; charset=utf-8", "caf\xE9") == "café");
  CHECK(text_of("text/plain; charset=utf-8", "é è à \xE9") == "é è à \xEF\xBF\xBD");
  CHECK(text_of("text/plain; charset=no-such-thing", "caf\xE9") == "café");
  CHECK(text_of("text/plain; charset=\"../../etc/passwd\"", "caf\xE9") == "café");
  CHECK(text_of("text/plain; charset=\"utf-8,version=9\"", "x") == "x");
  CHECK(text_of("text/plain", "\xEF\xBB\xBFx") == "x");
}

TEST_CASE("text is normal, has LF line ends and no control characters") {
  CHECK(text_of("text/plain; charset=utf-8", "a\r\nb\rc\nd\r\r\ne") == "a\nb\nc\nd\ne");
  CHECK(text_of("text/plain; charset=utf-8", "a\0\x1b[2J\x7f\tb\xC2\x9B"s) == "a[2J\tb");
  CHECK(text_of("text/plain; charset=utf-8", "e\xCC\x81") == "é");
}

TEST_CASE("an HTML page's own charset counts where the mail has none") {
  const std::string html = "<html><meta http-equiv=x content=\"text/html; charset=iso-8859-2\">\xB1";
  CHECK(text_of("text/html", html).ends_with("ą"));
  CHECK(text_of("text/html; charset=iso-8859-1", html).ends_with("±"));
}

TEST_CASE("format=flowed is undone") {
  const std::string type = "text/plain; format=flowed";
  CHECK(text_of(type, "one \r\ntwo\r\nthree\r\n") == "one two\nthree\n");
  CHECK(text_of(type, "> one \r\n> two\r\n>> deep\r\nplain\r\n") == "> one two\n>> deep\nplain\n");
  CHECK(text_of(type, " From x\r\n >stuffed\r\n") == "From x\n>stuffed\n");
  CHECK(text_of(type, "end \r\n-- \r\nsig\r\n") == "end \n-- \nsig\n");
  CHECK(text_of(type + "; delsp=yes", "Donau \r\ndampf\r\n") == "Donaudampf\n");
  CHECK(text_of(type, "a \r\n> b") == "a \n> b");
  CHECK(text_of(type, "last ") == "last ");
  CHECK(text_of("text/plain", "one \r\ntwo\r\n") == "one \ntwo\n");
}
