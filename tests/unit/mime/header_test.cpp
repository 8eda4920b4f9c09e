#include "mime/header_text.hpp"
#include "mime/message.hpp"

#include <catch2/catch.hpp>

using namespace cvdesk;
using namespace cvdesk::mime;
using namespace std::string_literals;

namespace {
Message parsed(std::string_view raw) {
  auto message = parse(raw);
  REQUIRE(message);
  return std::move(*message);
}
std::string body_of(std::string_view raw) {
  return std::string(parsed(raw).parts.front().body.in(raw));
}
bool has_defect(const Message& message, std::string_view defect) {
  return std::find(message.defects.begin(), message.defects.end(), defect) != message.defects.end();
}
} // namespace

TEST_CASE("fields keep their order, their case and their duplicates") {
  const auto message = parsed("Received: one\r\nReceived: two\r\nSUBJECT: Hello\r\n\r\nbody");
  REQUIRE(message.header().fields.size() == 3);
  CHECK(message.header().all("received") == std::vector<std::string_view>{"one", "two"});
  CHECK(message.header().first("Subject") == "Hello");
  CHECK(message.header().fields[2].name == "SUBJECT");
  CHECK(message.header().count("received") == 2);
  CHECK_FALSE(message.header().first("From"));
}

TEST_CASE("a folded field is one line, with the blanks that folding left") {
  const auto message = parsed("Subject: one\r\n two\r\n\tthree\nTo: x\n\n");
  CHECK(message.header().first("Subject") == "one two\tthree");
  CHECK(message.header().first("To") == "x");
}

TEST_CASE("the last field counts without an empty line behind it") {
  CHECK(parsed("From: a@b\r\nSubject: last").header().first("Subject") == "last");
  CHECK(parsed("Subject: last\r\n").header().first("Subject") == "last");
}

TEST_CASE("NUL bytes and bare carriage returns neither end a field nor begin one") {
  const auto message = parsed("Subject: a\0b\rFrom: evil@x\r\nTo: c\r\n\r\nbody"s);
  CHECK(message.header().first("Subject") == "a\0b\rFrom: evil@x"s);
  CHECK_FALSE(message.header().first("From"));
  CHECK(message.header().first("To") == "c");
  CHECK(decode_unstructured(*message.header().first("Subject")) == "ab From: evil@x");
}

TEST_CASE("an mbox line before the header is skipped") {
  const auto message = parsed("From someone@example.org Mon Nov 22 10:00:00 2026\nSubject: x\n\nbody\n");
  CHECK(message.header().first("Subject") == "x");
  CHECK(message.header().fields.size() == 1);
}

TEST_CASE("a byte order mark before the header is skipped") {
  CHECK(parsed("\xEF\xBB\xBFSubject: x\r\n\r\n").header().first("Subject") == "x");
}

TEST_CASE("without an empty line the body begins where the header can't go on") {
  constexpr std::string_view raw = "Subject: x\r\nDear team,\r\nthere is a hole.\r\n";
  CHECK(body_of(raw) == "Dear team,\r\nthere is a hole.\r\n");
  CHECK(has_defect(parsed(raw), "no empty line between header and body"));
}

TEST_CASE("a broken line inside a header does not end it") {
  const auto message =
      parsed("Subject: one\nbroken fold\nDate: Mon, 1 Jan 2026 00:00:00 +0000\nFrom: a@b\n\nbody\n");
  CHECK(message.header().first("From") == "a@b");
  CHECK(message.header().first("Subject") == "one");
  CHECK(has_defect(message, "a header line that is no field"));
}

TEST_CASE("a broken line spoils no address and no media type") {
  const auto message = parsed("From: a@b\nstray\nContent-Type: text/html\nstray\nDate: x\n\nbody\n");
  CHECK(message.header().first("From") == "a@b");
  CHECK(message.parts[0].media_type == "text/html");
}

TEST_CASE("a mail that begins with half a line still has its header") {
  CHECK(parsed(" <ann@example.org>\nTo: c@d\nSubject: x\n\nbody\n").header().first("To") == "c@d");
  CHECK(parsed("junk\nFrom: a@b\n\nbody\n").header().first("From") == "a@b");
}

TEST_CASE("a delimiter right behind the header is not part of it") {
  const auto message =
      parsed("Content-Type: multipart/mixed; boundary=B\n--B\nContent-Type: text/html\n\nx\n--B--\n");
  REQUIRE(message.parts.size() == 2);
  CHECK(message.parts[1].media_type == "text/html");
}

TEST_CASE("a mail without a header is all body") {
  constexpr std::string_view raw = "just some words\r\nand more\r\n";
  CHECK(body_of(raw) == raw);
  CHECK(has_defect(parsed(raw), "no header"));
}

TEST_CASE("an empty mail is an empty text") {
  const auto message = parsed("");
  REQUIRE(message.parts.size() == 1);
  CHECK(message.parts[0].media_type == "text/plain");
  CHECK(message.parts[0].body.size == 0);
}

TEST_CASE("blanks before a field's colon are not part of its name") {
  CHECK(parsed("Subject : x\n\n").header().first("Subject") == "x");
}

TEST_CASE("parse_header reads the header of a mail too large to read whole") {
  const std::string raw = "From: a@b\r\nSubject: big\r\n\r\n" + std::string(70u << 20, 'x');
  const auto header = parse_header(raw);
  REQUIRE(header);
  CHECK(header->first("Subject") == "big");
  CHECK(header->fields.size() == 2);
}

TEST_CASE("a header whose first line was lost or indented is a header") {
  for (const std::string first :
       {" boundary=\"lost\"\n folded\n", "\tContent-Type: text/html;\n charset=utf-8\n",
        "From ann Sun Nov 22 10:00:00 2026\n folded\n"}) {
    CHECK(parsed(first + "From: a@b\n\nbody\n").header().first("From") == "a@b");
  }
  const auto message = parsed("Date: x\nFrom ann Sun Nov 22 10:00:00 2026\n folded\nFrom: a@b\n\nbody\n");
  CHECK(message.header().first("From") == "a@b");
  CHECK(parsed("From: a@b\nFrom ann Sun Nov 22 10:00:00 2026\n\nbody\n").parts[0].body.size == 5);
  CHECK(parsed("From: a@b\nFrom here on\n\nbody\n").parts[0].body.size == 19);
  const std::string text = "  An indented text\nwithout any header\n";
  CHECK(decode_text(text, parsed(text).parts[0], 100) == text);
}

TEST_CASE("message identifiers come without brackets, comments or folds") {
  using Ids = std::vector<std::string>;
  CHECK(parse_message_ids("<a@b> <c@d>") == Ids{"a@b", "c@d"});
  CHECK(parse_message_ids("<a@b>(comment)\r\n\t<c@d>") == Ids{"a@b", "c@d"});
  CHECK(parse_message_ids("a@b") == Ids{"a@b"});
  CHECK(parse_message_ids("Your message of \"Mon, 1 Jan\" <x@y>") == Ids{"x@y"});
  CHECK(parse_message_ids("<<a@b>>") == Ids{"a@b"});
  CHECK(parse_message_ids("<broken\r\n id@x>") == Ids{"brokenid@x"});
  CHECK(parse_message_ids("<open@x") == Ids{"open@x"});
  CHECK(parse_message_ids("no-host-in-it") == Ids{"no-host-in-it"});
  CHECK(parse_message_ids("Your message of yesterday").empty());
  CHECK(parse_message_ids("<>").empty());
  CHECK(parse_message_ids("<a\x1b[2J@x>").empty());
  CHECK(parse_message_ids("").empty());
}

TEST_CASE("of too many message identifiers the last two hundred are kept, and no long one") {
  std::string body = "<" + std::string(999, 'x') + ">";
  for (int i = 0; i < 300; ++i) {
    body += " <" + std::to_string(i) + "@x>";
  }
  const auto ids = parse_message_ids(body);
  REQUIRE(ids.size() == 200);
  CHECK(ids.front() == "100@x");
  CHECK(ids.back() == "299@x");
}
