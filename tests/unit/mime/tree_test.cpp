#include "mime/message.hpp"

#include <catch2/catch.hpp>

using namespace cvdesk::mime;

namespace {

Message parsed(std::string_view raw) {
  auto message = parse(raw);
  REQUIRE(message);
  return std::move(*message);
}

std::string multipart(const std::string& subtype, const std::string& body) {
  return "Content-Type: multipart/" + subtype + "; boundary=\"B\"\r\n\r\n" + body;
}

std::vector<std::string> bodies(std::string_view raw) {
  std::vector<std::string> found;
  for (const auto& part : parsed(raw).parts) {
    if (part.children.empty()) found.emplace_back(part.body.in(raw));
  }
  return found;
}

using Strings = std::vector<std::string>;

} // namespace

TEST_CASE("parts stand in pre-order with their exact spans") {
  const std::string raw = multipart(
      "mixed",
      "preamble\r\n--B\r\nContent-Type: text/html\r\n\r\n<p>\r\n--B\r\n\r\ntwo\r\n\r\n--B--\r\nepilogue");
  const auto message = parsed(raw);
  REQUIRE(message.parts.size() == 3);
  CHECK(message.parts[0].children == std::vector<int>{1, 2});
  CHECK(message.parts[0].closed);
  CHECK(message.parts[1].parent == 0);
  CHECK(message.parts[1].depth == 1);
  CHECK(message.parts[1].whole.in(raw) == "Content-Type: text/html\r\n\r\n<p>");
  CHECK(message.parts[1].body.in(raw) == "<p>");
  CHECK(message.parts[2].whole.in(raw) == "\r\ntwo\r\n");
  CHECK(message.parts[2].body.in(raw) == "two\r\n");
  CHECK(message.defects.empty());
}

TEST_CASE("a delimiter is a whole line") {
  CHECK(bodies(multipart("mixed", "--B\n\na\n--Bx\n --B\nx--B\n--B-\nb\n--B  \t\n\nc\n--B-- \n")) ==
        Strings{"a\n--Bx\n --B\nx--B\n--B-\nb", "c"});
  CHECK(bodies(multipart("mixed", "--B\n\na\n--B--")) == Strings{"a"});
  CHECK(bodies(multipart("mixed", "--B\n\n--B\n\n\n--B--")) == Strings{"", ""});
  CHECK(bodies(multipart("mixed", "--B")) == Strings{""});
}

TEST_CASE("a delimiter straight behind another ends no part") {
  CHECK(bodies(multipart("mixed", "--B\n--B\n--B\n\na\n--B\n--B\n\nb\n--B--\n")) == Strings{"a", "b"});
  CHECK(bodies(multipart("mixed", "--B\n--B\n--B--\n")) == Strings{""});
}

TEST_CASE("a boundary is found though the sender forgot its quotes, its semicolon or the rule on blanks") {
  const std::string body = "\n\n--a b\n\none\n--a b\n\ntwo\n--a b--\n";
  CHECK(bodies("Content-Type: multipart/mixed; boundary=a b" + body) == Strings{"one", "two"});
  CHECK(bodies("Content-Type: multipart/mixed; boundary=\"a b \"" + body) == Strings{"one", "two"});
  const std::string token = "\n\n--B\n\none\n--B--\n";
  CHECK(bodies("Content-Type: multipart/mixed boundary=B" + token) == Strings{"one"});
  CHECK(bodies("Content-Type: multipart/mixed;\n boundary=B\n charset=utf-8" + token) == Strings{"one"});
  CHECK(bodies("Content-Type: multipart / mixed; boundary=B" + token) == Strings{"one"});
}

TEST_CASE("a multipart that is not closed keeps its last part and says so") {
  const auto raw = multipart("mixed", "--B\r\n\r\nlast\r\n");
  CHECK(bodies(raw) == Strings{"last\r\n"});
  const auto message = parsed(raw);
  CHECK_FALSE(message.parts[0].closed);
  CHECK(message.defects == Strings{"multipart that is not closed"});
}

TEST_CASE("what stands behind the closing delimiter is no part") {
  CHECK(bodies(multipart("mixed", "--B\n\na\n--B--\n--B\n\nb\n--B--\n")) == Strings{"a"});
}

TEST_CASE("an unclosed multipart inside does not swallow the parts after it") {
  const auto raw = multipart(
      "mixed", "--B\nContent-Type: multipart/alternative; boundary=I\n\n--I\n\ninner\n--B\n\nouter\n--B--\n");
  CHECK(bodies(raw) == Strings{"inner", "outer"});
  const auto message = parsed(raw);
  CHECK(message.parts[0].children == std::vector<int>{1, 3});
  CHECK(message.parts[2].parent == 1);
  CHECK(message.parts[0].closed);
  CHECK_FALSE(message.parts[1].closed);
}

TEST_CASE("inner boundaries may begin like outer ones, and be the same") {
  CHECK(bodies(multipart(
            "mixed",
            "--B\nContent-Type: multipart/mixed; boundary=B2\n\n--B2\n\na\n--B2--\n--B\n\nb\n--B--")) ==
        Strings{"a", "b"});
  CHECK(bodies(multipart("mixed", "--B\nContent-Type: multipart/mixed; boundary=B\n\n--B\n\na\n--B--\n")) ==
        Strings{"", "a"});
}

TEST_CASE("a multipart without parts is shown as text") {
  for (const auto* raw : {"Content-Type: multipart/mixed\r\n\r\nhello",
                          "Content-Type: multipart/mixed; boundary=x\r\n\r\nhello"}) {
    const auto message = parsed(raw);
    REQUIRE(message.parts.size() == 1);
    CHECK(message.parts[0].media_type == "text/plain");
    CHECK_FALSE(message.parts[0].closed);
    CHECK(decode_text(raw, message.parts[0], 100) == "hello");
  }
}

TEST_CASE("boundaries are taken as sent") {
  CHECK(bodies("Content-Type: multipart/mixed; "
               "boundary=\"=?utf-8?q?x?=\"\n\n--=?utf-8?q?x?=\n\na\n--=?utf-8?q?x?=--") == Strings{"a"});
  CHECK(bodies("Content-Type: multipart/mixed; boundary=\"a b;c\"\n\n--a b;c\n\na\n--a b;c--") ==
        Strings{"a"});
  CHECK(bodies("Content-Type: multipart/mixed; boundary=\"\xE9\"\n\n--\xE9\n\na\n--\xE9--") == Strings{"a"});
  CHECK(bodies("Content-Type: multipart/mixed; boundary*0=a; boundary*1=b\n\n--ab\n\na\n--ab--") ==
        Strings{"a"});
}

TEST_CASE("a message in a message is its one child") {
  const std::string raw = "Content-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\ntext";
  const auto message = parsed(raw);
  REQUIRE(message.parts.size() == 2);
  CHECK(message.parts[1].header.first("Subject") == "inner");
  CHECK(message.parts[1].body.in(raw) == "text");
  CHECK(message.parts[1].whole.in(raw) == "Subject: inner\r\n\r\ntext");
}

TEST_CASE("an encoded message in a message is a leaf") {
  const auto message =
      parsed("Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\nU3ViamVjdDogeA==");
  CHECK(message.parts.size() == 1);
}

TEST_CASE("the parts of a digest are messages where they don't say otherwise") {
  const auto message =
      parsed(multipart("digest", "--B\n\nSubject: one\n\na\n--B\nContent-Type: text/plain\n\nb\n--B--\n"));
  REQUIRE(message.parts.size() == 4);
  CHECK(message.parts[1].media_type == "message/rfc822");
  CHECK(message.parts[2].header.first("Subject") == "one");
  CHECK(message.parts[3].media_type == "text/plain");
}

TEST_CASE("a signed part's span is what the signature covers, to the byte") {
  const std::string signed_part = "Content-Type: text/plain  \r\nX-Odd :y\r\n\r\n trailing \r\n\r\n";
  const std::string raw = "Content-Type: multipart/signed; boundary=B\r\n\r\n--B\r\n" + signed_part +
                          "\r\n--B\r\nContent-Type: application/pgp-signature\r\n\r\nsig\r\n--B--\r\n";
  CHECK(parsed(raw).parts[1].whole.in(raw) == signed_part);
}
