// Hostile sizes: each must come back quickly, with a bounded tree or a named rejection. The time allowed is
// far above what it takes and far below what anything quadratic would.
#include "mime/header_text.hpp"
#include "mime/html.hpp"
#include "mime/message.hpp"

#include <catch2/catch.hpp>

#include <ctime>

using namespace cvdesk;
using namespace cvdesk::mime;

namespace {

#ifdef CVDESK_SANITIZED
constexpr double allowed = 30;
#else
constexpr double allowed = 5;
#endif

// Of the processor's time: others on the machine don't count.
class Stopwatch {
public:
  ~Stopwatch() { CHECK(seconds() < allowed); }
  double seconds() const { return static_cast<double>(std::clock() - start_) / CLOCKS_PER_SEC; }

private:
  std::clock_t start_ = std::clock();
};

std::string repeated(std::string_view piece, std::size_t times) {
  std::string out;
  out.reserve(piece.size() * times);
  for (std::size_t i = 0; i < times; ++i) {
    out += piece;
  }
  return out;
}

std::string rejection(std::string_view raw, const Limits& limits = {}) {
  const Stopwatch watch;
  const auto message = parse(raw, limits);
  if (message) return "none";
  CHECK(message.error().kind == ErrorKind::too_big);
  return message.error().what;
}

} // namespace

TEST_CASE("each limit has a rejection of its own") {
  CHECK(rejection(std::string((64u << 20) + 1, 'x')) == "message too large (limit 67108864)");
  CHECK(rejection(repeated("X: " + std::string(1000, 'y') + "\n", 600)) ==
        "header block too large (limit 524288)");
  CHECK(rejection(repeated("X: y\n", 2001)) == "too many header fields (limit 2000)");
  CHECK(rejection("Content-Type: multipart/mixed; boundary=" + std::string(201, 'b') + "\n\n") ==
        "boundary too long (limit 200)");
  CHECK(rejection("Content-Type: multipart/mixed; boundary=B\n\n" + repeated("--B\n\nx\n", 2000)) ==
        "too many parts (limit 2000)");
  CHECK(rejection(repeated("Content-Type: message/rfc822\n\n", 33)) == "nested too deeply (limit 32)");
}

TEST_CASE("a header field that is too long is cut between two of its items, and the mail is read") {
  const std::string many = repeated("Somebody <somebody@reader.example>,\n ", 5'000);
  const std::string raw = "From: rosa@reporter.example\nTo: " + many + "last@reader.example\nSubject: a hole\n" +
                          "Content-Type: multipart/mixed; boundary=B; x=\"" + repeated("y;", 40'000) + "\"\n" + "X-More: z\n\n--B\n\nthe text\n--B--\n";
  const Stopwatch watch;
  const auto message = parse(raw);
  REQUIRE(message);
  REQUIRE(message->parts.size() == 2);
  const Header& header = message->parts[0].header;
  CHECK(header.first("From") == "rosa@reporter.example");
  CHECK(header.first("Subject") == "a hole");
  CHECK(header.first("X-More") == "z");
  const auto to = header.first("To");
  REQUIRE(to);
  CHECK(to->size() > 60'000);
  CHECK(to->size() <= 65'536);
  CHECK(to->ends_with("<somebody@reader.example>"));
  CHECK(decode_body(raw, message->parts[1], 100) == "the text");
  REQUIRE(message->defects.size() >= 2);
  CHECK(message->defects[0] == "the header field To is longer than 64 KiB: only its beginning was read");
  CHECK(rejection("X: " + std::string(70'000, 'y')) == "none");
  CHECK(rejection("X: y\n" + repeated(" z\n", 100'000)) == "none");
  CHECK(rejection(std::string(70'000, 'y') + ": z") == "none");
}

TEST_CASE("a field that says who wrote, or brings a key, is whole or not there at all") {
  // Cut by length it would be the bank's.
  const std::string blanks(65'536 - std::string_view(" Security <security@bank.example").size(), ' ');
  for (const char* name : {"From", "Reply-To", "Sender", "Return-Path", "Autocrypt"}) {
    const std::string raw = std::string(name) + ":" + blanks + " Security <security@bank.example.evil.example>\n\nx";
    const auto message = parse(raw);
    REQUIRE(message);
    CHECK(message->parts[0].header.first(name) == "");
    CHECK(message->defects.at(0).ends_with("left out"));
  }
}

TEST_CASE("what just fits is read") {
  CHECK(rejection(repeated("X: y\n", 2000)) == "none");
  CHECK(rejection(repeated("Content-Type: message/rfc822\n\n", 32)) == "none");
  const auto message = parse("Content-Type: multipart/mixed; boundary=B\n\n" + repeated("--B\n\nx\n", 1999));
  REQUIRE(message);
  CHECK(message->parts.size() == 2000);
}

TEST_CASE("a hundred thousand levels are rejected quickly") {
  CHECK(rejection(repeated("Content-Type: message/rfc822\n\n", 100'000)) == "nested too deeply (limit 32)");
  std::string raw;
  for (int i = 0; i < 100'000; ++i) {
    raw += "Content-Type: multipart/mixed; boundary=b" + std::to_string(i) + "\n\n--b" + std::to_string(i) +
           "\n";
  }
  CHECK(rejection(raw) == "nested too deeply (limit 32)");
}

TEST_CASE("a million parts, headers or boundary-like lines take no time to speak of") {
  CHECK(rejection("Content-Type: multipart/mixed; boundary=B\n\n" + repeated("--B\n\n", 1'000'000)) ==
        "too many parts (limit 2000)");
  CHECK(rejection(repeated("X: y\n", 1'000'000)) == "too many header fields (limit 2000)");
  CHECK(rejection("Content-Type: multipart/mixed; boundary=B\n\n" + repeated("--Bx\n", 1'000'000)) == "none");
  CHECK(rejection(repeated("no field\n", 1'000'000)) == "none");
  CHECK(rejection("X: y\n" + repeated("stray\nDate: x\n", 1'000'000)) != "none");
}

TEST_CASE("a body of any damage is decoded in no time to speak of") {
  for (const char* encoding : {"base64", "quoted-printable", "x-uuencode"}) {
    for (const char* damage : {"QQ==", "QQ==\n", "!", "=", "=\n", " ", "A=\n", "=4", "begin 644 x\n"}) {
      const std::string raw = std::string("Content-Transfer-Encoding: ") + encoding + "\n\n" +
                              repeated(damage, 8'000'000 / std::string_view(damage).size());
      const auto message = parse(raw);
      REQUIRE(message);
      const Stopwatch watch;
      CHECK(decode_body(raw, message->parts[0], 64u << 20).size() <= raw.size());
    }
  }
}

TEST_CASE("a header line of a hundred megabytes takes no time to speak of") {
  const std::string line(100u << 20, 'x');
  Limits limits;
  limits.message = 1u << 30;
  CHECK(rejection("Subject: " + line, limits) == "header block too large (limit 524288)");
  CHECK(rejection(line, limits) == "none");
  const Stopwatch watch;
  const auto header = parse_header("From: a@b\nSubject: " + line, limits);
  REQUIRE(header);
  CHECK(header->first("From") == "a@b");
  CHECK(header->first("Subject")->size() <= limits.logical_line);
}

TEST_CASE("the deepest allowed nesting around the largest body stays fast") {
  std::string raw;
  for (int i = 0; i < 31; ++i) {
    raw += "Content-Type: multipart/mixed; boundary=b" + std::to_string(i) + "\n\n--b" + std::to_string(i) +
           "\n";
  }
  SECTION("of ordinary lines") {
    raw += "\n" + repeated(std::string(76, 'x') + "\n", 800'000);
    CHECK(rejection(raw) == "none");
  }
  SECTION("of short lines") {
    raw += "\n" + repeated("a\n", 8'000'000);
    CHECK(rejection(raw) == "none");
  }
  SECTION("of lines that begin like delimiters") {
    raw += "\n" + repeated("--b\n--bb\n", 6'000'000);
    CHECK(rejection(raw) == "none");
  }
}

TEST_CASE("hostile header texts are read in linear time") {
  constexpr std::size_t size = 200'000;
  for (const std::string_view piece : {"=?",
                                       "=?a?q?",
                                       "=?a?q?x ",
                                       "=?utf-8?b?w6k=?=",
                                       "=?utf-8?q?=CC=81?=",
                                       "\"",
                                       "\\\"",
                                       "(",
                                       "()",
                                       "<",
                                       "<a@b",
                                       ",",
                                       ";",
                                       ":",
                                       "a,",
                                       "a@b,",
                                       "<>",
                                       "\"\\",
                                       "(\"",
                                       "<\"",
                                       "[",
                                       "x@[",
                                       "@",
                                       ".",
                                       " ",
                                       "\xCC\x81",
                                       "\xCC\x96\xCC\x81",
                                       "a\xFF",
                                       "*=",
                                       "; a*0*=b"}) {
    const std::string body = repeated(piece, size / piece.size());
    INFO(piece);
    const Stopwatch watch;
    decode_unstructured(body);
    CHECK(parse_mailboxes(body).size() <= 500);
    CHECK(parse_mailboxes("From: x" + body + "<a@b>").size() <= 500);
    CHECK(parse_message_ids(body).size() <= 200);
    parse_date(body);
    const auto fields = "Content-Type: a/b; " + body.substr(0, 60'000) +
                        "\r\nContent-Disposition: x; filename=\"" + body.substr(0, 60'000) + "\r\n\r\n";
    CHECK(parse(fields));
  }
}

TEST_CASE("hostile HTML is read in linear time") {
  constexpr std::size_t size = 300'000;
  for (const std::string_view piece : {"<",
                                       "<a",
                                       "<a ",
                                       "<a \"",
                                       "<a x=\"",
                                       "<a x='>",
                                       "<!--",
                                       "<!",
                                       "<?",
                                       "<![CDATA[",
                                       "<script>",
                                       "<style></style",
                                       "<b>",
                                       "</b>",
                                       "<b><i></x>",
                                       "<p><b>",
                                       "<li>",
                                       "<table><tr><td>",
                                       "<blockquote><p>x",
                                       "<ul><li>x",
                                       "<a href=https://x>",
                                       "&",
                                       "&#",
                                       "&#x1;",
                                       "&amp",
                                       "<p>x<br>",
                                       "<div style='display:none'>x",
                                       "<td>x",
                                       "<table>x</table>",
                                       "<body>",
                                       "<html>",
                                       "<head>",
                                       "<form><input>",
                                       "<select><option>",
                                       "<font><center><a>",
                                       "<pre>\n",
                                       "\xCC\x96\xCC\x81",
                                       "</",
                                       "</p>",
                                       "<a b=c ",
                                       "<x:y>",
                                       "<frameset>",
                                       "<object>"}) {
    INFO(piece);
    const Stopwatch watch;
    CHECK(html_to_text(repeated(piece, size / piece.size())).text.size() <= 20 * size);
    html_to_text(repeated("<b>", size / 6) + repeated(piece, size / 2 / piece.size()));
    html_to_text("<a x=\"" + repeated(piece, size / 2 / piece.size()) + ">");
  }
}

TEST_CASE("hostile bodies are decoded in linear time") {
  for (const std::string_view encoding : {"base64", "quoted-printable", "x-uuencode", "8bit"}) {
    for (const std::string_view piece : {"=", "=\n", "A\n", "A=\n", "AA==\n", "\n", " ", " \n", "begin ",
                                         "begin \n", "\xCC\x96\xCC\x81", "> ", ">"}) {
      INFO(encoding << " " << piece);
      const std::string raw =
          "Content-Type: text/plain; format=flowed\nContent-Transfer-Encoding: " + std::string(encoding) +
          "\n\n" + repeated(piece, (1u << 19) / piece.size());
      const auto message = parse(raw);
      REQUIRE(message);
      const Stopwatch watch;
      CHECK(decode_text(raw, message->parts[0], 4u << 20).size() <= (4u << 20));
    }
  }
}
