#include "imap/response.hpp"

#include <catch2/catch.hpp>
#include <fmt/core.h>

#include <chrono>

using namespace cvdesk;
using namespace cvdesk::imap;

namespace {

struct Parsed {
  std::vector<Response> responses;
  std::optional<Error> error;
};

void drain(Parser& parser, Parsed& parsed) {
  for (;;) {
    auto next = parser.next();
    if (!next) {
      parsed.error = next.error();
      return;
    }
    if (!*next) return;
    parsed.responses.push_back(std::move(**next));
  }
}

Parsed parse(std::string_view bytes, std::size_t piece = std::string_view::npos, ParserLimits limits = {}) {
  Parser parser(limits);
  Parsed parsed;
  for (std::size_t at = 0; at < bytes.size() && !parsed.error; at += std::min(piece, bytes.size() - at)) {
    parser.feed(bytes.substr(at, piece));
    drain(parser, parsed);
  }
  return parsed;
}

Response only(std::string_view bytes) {
  auto parsed = parse(bytes);
  INFO(bytes);
  if (parsed.error) FAIL(parsed.error->what);
  REQUIRE(parsed.responses.size() == 1);
  return std::move(parsed.responses.front());
}

std::string summary(const Response& r) {
  std::string numbers;
  for (const auto n : r.numbers) {
    numbers += fmt::format("{},", n);
  }
  std::string words;
  for (const auto& word : r.words) {
    words += word + ",";
  }
  std::string flags;
  for (const auto& flag : r.fetch.flags) {
    flags += flag + ",";
  }
  return fmt::format("{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}", static_cast<int>(r.kind), r.tag, r.status,
                     r.code, r.text, r.name, r.number, numbers, words, r.fetch.sequence, r.fetch.uid.value_or(0), flags,
                     r.fetch.size.value_or(0), r.fetch.internal_date, r.fetch.body.value_or("<unset>"),
                     r.fetch.header.value_or("<unset>"));
}

// One of everything, with what a hostile mail would put in.
const std::string conversation =
    "* OK [CAPABILITY IMAP4rev1] ready {5}\r\n"
    "* CAPABILITY IMAP4rev1 Idle MOVE\r\n"
    "* FLAGS (\\Answered \\Seen)\r\n"
    "* LIST (\\HasNoChildren) \"/\" {5}\r\na b\r\n\r\n"
    "* 12 EXISTS\r\n"
    "* SEARCH 1 2 4294967295\r\n"
    "* 3 FETCH (FLAGS (\\Seen $Junk) UID 7 RFC822.SIZE 22 INTERNALDATE \" 1-Jan-2026 00:00:00 +0000\" BODY[] "
    "{28}\r\ncvd1 OK done\r\n* BYE {9}\r\n)\r\n)\r\n"
    "* 4 FETCH (BODY[HEADER]<0> ~{4}\r\nA: b UID 8)\r\n"
    "+ idling {7}\r\n"
    "cvd1 OK [READ-WRITE] done {3}\r\n"
    "cvd2 NO [TRYCREATE] no such folder\r\n";

} // namespace

TEST_CASE("Status responses give status, code and text") {
  const auto greeting = only("* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] Dovecot ready.\r\n");
  CHECK(greeting.kind == Response::Kind::untagged);
  CHECK(greeting.status == "OK");
  CHECK(greeting.code == "CAPABILITY IMAP4rev1 AUTH=PLAIN");
  CHECK(greeting.text == "Dovecot ready.");

  const auto tagged = only("a1 no [AUTHENTICATIONFAILED] wrong\r\n");
  CHECK(tagged.kind == Response::Kind::tagged);
  CHECK(tagged.tag == "a1");
  CHECK(tagged.status == "NO");
  CHECK(tagged.code == "AUTHENTICATIONFAILED");
  CHECK(tagged.text == "wrong");

  CHECK(only("* bye so long\r\n").status == "BYE");
  CHECK(only("* PREAUTH hello\r\n").status == "PREAUTH");
  CHECK(only("a2 OK\r\n").text.empty());
  CHECK(only("a2 BAD [no end of the code\r\n").text == "[no end of the code");
}

TEST_CASE("A number in braces at the end of a status line announces nothing") {
  for (const std::string line : {"* OK see {10}", "* NO see {10}", "* BAD {10}", "* bye {10}", "* PREAUTH {10}",
                                 "a1 OK see {10}", "a1 NO {10}", "+ go on {10}"}) {
    const auto parsed = parse(line + "\r\na9 OK next\r\n");
    INFO(line);
    CHECK_FALSE(parsed.error);
    REQUIRE(parsed.responses.size() == 2);
    CHECK(parsed.responses[1].tag == "a9");
  }
}

TEST_CASE("A literal holds whatever it likes") {
  const std::string body = "a1 OK done\r\n* 1 EXISTS\r\n)\r\n{99}\r\n";
  const auto parsed = parse(fmt::format("* 1 FETCH (UID 5 BODY[] {{{}}}\r\n{})\r\na1 OK done\r\n", body.size(), body));
  REQUIRE(parsed.responses.size() == 2);
  CHECK(parsed.responses[0].fetch.body == body);
  CHECK(parsed.responses[1].tag == "a1");
}

TEST_CASE("The items of a FETCH come in any order, quoted, as literals or not at all") {
  struct Row {
    std::string items;
    std::optional<std::uint32_t> uid;
    std::optional<std::string> body;
    std::size_t flags;
  };
  const std::vector<Row> rows = {
      {"FLAGS (\\Seen) UID 5 BODY[] {2}\r\nab", 5, "ab", 1},
      {"BODY[] {2}\r\nab UID 5 FLAGS ()", 5, "ab", 0},
      {"UID 5 BODY[] NIL", 5, std::nullopt, 0},
      {"UID 5 BODY[] nil FLAGS (a b c)", 5, std::nullopt, 3},
      {"UID 5 BODY[] \"a \\\"b\\\\ )\"", 5, "a \"b\\ )", 0},
      {"UID 5 BODY[] \"\"", 5, "", 0},
      {"UID 5 BODY[] {0}\r\n", 5, "", 0},
      {"UID 5 BODY[]<0> {1}\r\nx", 5, "x", 0},
      {"UID 5 BODY[] ~{3}\r\na)b", 5, "a)b", 0},
      {"uid 5 body[] {1}\r\nx", 5, "x", 0},
      {"MODSEQ (12) X-GM-MSGID 99 X-GM-LABELS (\"a)b\" {1}\r\n) c) UID 5 BODY[] {1}\r\nx", 5, "x", 0},
      {"BODYSTRUCTURE ((\"a\" NIL (\"x\" {3}\r\nUID)) (1 2 (3))) UID 5", 5, std::nullopt, 0},
      {"BODY[HEADER.FIELDS (SUBJECT FROM)] {1}\r\nh UID 5 BODY[] {1}\r\nx", 5, "x", 0},
      {"ENVELOPE (\"UID 9\" NIL NIL) UID 5", 5, std::nullopt, 0},
      {"RFC822 {1}\r\nx UID 5 RFC822.SIZE NIL", 5, "x", 0},
      {"FLAGS (\\Seen)", std::nullopt, std::nullopt, 1},
      {"", std::nullopt, std::nullopt, 0},
  };
  for (const Row& row : rows) {
    INFO(row.items);
    const auto response = only("* 3 FETCH (" + row.items + ")\r\n");
    CHECK(response.name == "FETCH");
    CHECK(response.fetch.sequence == 3);
    CHECK(response.fetch.uid == row.uid);
    CHECK(response.fetch.body == row.body);
    CHECK(response.fetch.flags.size() == row.flags);
  }
}

TEST_CASE("Numbers, dates, headers, searches and capabilities are read") {
  const auto fetch = only("* 3 FETCH (RFC822.SIZE 18446744073709551615 INTERNALDATE \"17-Jul-1996 02:44:25 -0700\" "
                          "BODY[HEADER] {4}\r\nA: b)\r\n");
  CHECK(fetch.fetch.size == 18446744073709551615u);
  CHECK(fetch.fetch.internal_date == "17-Jul-1996 02:44:25 -0700");
  CHECK(fetch.fetch.header == "A: b");
  CHECK(only("* 4294967295 EXISTS\r\n").number == 4294967295u);
  CHECK(only("* SEARCH\r\n").numbers.empty());
  CHECK(only("* SEARCH 3 1 2 (MODSEQ 9)\r\n").numbers == std::vector<std::uint32_t>{3, 1, 2});
  CHECK(only("* capability imap4rev1 idle\r\n").words == std::vector<std::string>{"IMAP4REV1", "IDLE"});
  CHECK(only("+ idling\r\n").kind == Response::Kind::continuation);
  CHECK(only("+\r\n").kind == Response::Kind::continuation);
  CHECK(only("* LIST () \"/\" {3}\r\na)b\r\n").name == "LIST");
  CHECK(only("* 1 EXISTS\n").number == 1); // a server that forgets its CR
}

TEST_CASE("What is split anywhere is understood as if it came in one piece") {
  const auto whole = parse(conversation);
  REQUIRE_FALSE(whole.error);
  REQUIRE(whole.responses.size() == 11);
  CHECK(whole.responses[6].fetch.body == "cvd1 OK done\r\n* BYE {9}\r\n)\r\n");
  CHECK(whole.responses[7].fetch.header == "A: b");
  CHECK(whole.responses[7].fetch.uid == 8u);
  const auto same = [&](const Parsed& parsed) {
    if (parsed.error || parsed.responses.size() != whole.responses.size()) return false;
    for (std::size_t i = 0; i < whole.responses.size(); ++i) {
      if (summary(parsed.responses[i]) != summary(whole.responses[i])) return false;
    }
    return true;
  };
  for (std::size_t split = 1; split < conversation.size(); ++split) {
    Parser parser;
    Parsed parsed;
    parser.feed(std::string_view(conversation).substr(0, split));
    drain(parser, parsed);
    parser.feed(std::string_view(conversation).substr(split));
    drain(parser, parsed);
    INFO("split at " << split);
    CHECK(same(parsed));
  }
  for (const std::size_t piece : {1, 2, 3, 7, 64}) {
    INFO("pieces of " << piece);
    CHECK(same(parse(conversation, piece)));
  }
}

TEST_CASE("Feeding twice without a look in between loses nothing") {
  Parser parser;
  Parsed parsed;
  parser.feed("* 1 FETCH (UID 1 BODY[] {4}\r\na");
  drain(parser, parsed);
  parser.feed("bc");
  parser.feed("d)\r\n* 2 EX");
  parser.feed("ISTS\r\n");
  drain(parser, parsed);
  REQUIRE(parsed.responses.size() == 2);
  CHECK(parsed.responses[0].fetch.body == "abcd");
  CHECK(parsed.responses[1].number == 2);
}

TEST_CASE("What is no IMAP is a protocol error, and stays one") {
  for (const std::string line : {"", " ", "HTTP/1.1 200 OK", "a1", "a1 MAYBE", "* ", "*", "* 1", "* 1 ", "* 1x FETCH ()",
                                 "* 4294967296 EXISTS", "* 1 FETCH", "* 1 FETCH (", "* 1 FETCH (UID)", "* 1 FETCH (UID x)",
                                 "* 1 FETCH (UID 4294967296)", "* 1 FETCH (UID 5", "* 1 FETCH (FLAGS (a",
                                 "* 1 FETCH (FLAGS ((a)))", "* 1 FETCH (BODY[] \"a)", "* 1 FETCH (BODY[] abc)",
                                 "* 1 FETCH (BODY[] (a))", "* 1 FETCH (BODY[ UID 5)", "* 1 FETCH (X ((a)", "* 1 FETCH (X )",
                                 "* 1 FETCH (\"UID\" 5)", "* SEARCH 1 x", "* SEARCH -1"}) {
    INFO("<" << line << ">");
    Parser parser;
    parser.feed(line + "\r\n");
    const auto first = parser.next();
    REQUIRE_FALSE(first);
    CHECK(first.error().kind == ErrorKind::protocol);
    parser.feed("a1 OK fine\r\n");
    CHECK_FALSE(parser.next());
  }
}

TEST_CASE("Every limit holds, before the bytes have come") {
  ParserLimits limits;
  limits.line = 100;
  limits.literal = 50;
  limits.response = 110;
  const auto kind = [&](const std::string& bytes) {
    const auto parsed = parse(bytes, 10, limits);
    REQUIRE(parsed.error);
    return parsed.error->kind;
  };
  CHECK(kind("* OK " + std::string(200, 'x')) == ErrorKind::too_big);
  CHECK(kind("* 1 FETCH (UID 5 BODY[] {51}\r\n") == ErrorKind::too_big);
  CHECK(kind("* 1 FETCH (UID 5 BODY[] {99999999999999}\r\n") == ErrorKind::too_big);
  CHECK(kind("* 1 FETCH (A {50}\r\n" + std::string(50, 'x') + " B {50}\r\n" + std::string(50, 'x')) == ErrorKind::too_big);
  std::string many = "* 1 FETCH (X (";
  for (int i = 0; i < 30; ++i) {
    many += "{0}\r\n y";
  }
  CHECK(kind(many) == ErrorKind::too_big);
  CHECK_FALSE(parse("* 1 FETCH (UID 5 BODY[] {50}\r\n" + std::string(50, 'x') + ")\r\n", 10, limits).error);
  // More digits than any size has: no announcement, and so no list that is closed.
  CHECK(parse("* 1 FETCH (BODY[] {99999999999999999999999}\r\n").error);
}

TEST_CASE("A status text is cut and freed of control characters") {
  CHECK(only("* OK a\x1b[31mb\x07\tc\r\n").text == "a[31mbc");
  CHECK(only("* OK " + std::string(5000, 'x') + "\r\n").text.size() <= 1000);
}

TEST_CASE("Nesting costs no stack") {
  const std::string deep(500'000, '(');
  CHECK(parse("* 1 FETCH (X " + deep + "\r\n").error);
  const std::string shut(400'000, ')');
  const std::string open(400'000, '(');
  CHECK_FALSE(parse("* 1 FETCH (X " + open + shut + " UID 5)\r\n").error);
}

TEST_CASE("A large literal in small pieces and many short lines cost linear time") {
  const auto seconds = [](auto&& work) {
    const auto begin = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  };
  // Quadratic work would take minutes here.
  CHECK(seconds([] {
          Parser parser;
          const std::size_t size = 64u << 20;
          const std::string piece(1024, 'x');
          parser.feed(fmt::format("* 1 FETCH (UID 1 BODY[] {{{}}}\r\n", size));
          for (std::size_t fed = 0; fed < size; fed += piece.size()) {
            if (parser.next()->has_value()) break;
            parser.feed(piece);
          }
          parser.feed(")\r\n");
          REQUIRE(parser.next()->value().fetch.body->size() == size);
        }) < 5);
  CHECK(seconds([] {
          Parser parser;
          std::string lines;
          for (int i = 0; i < 200'000; ++i) {
            lines += "* 1 EXISTS\r\n";
          }
          parser.feed(lines);
          int count = 0;
          while (parser.next()->has_value()) {
            ++count;
          }
          REQUIRE(count == 200'000);
        }) < 5);
  CHECK(seconds([] {
          Parser parser;
          const std::string byte = "x";
          parser.feed("* OK ");
          for (int i = 0; i < 900'000; ++i) {
            parser.feed(byte);
            if (parser.next()->has_value()) break;
          }
          parser.feed("\r\n");
          REQUIRE(parser.next()->value().status == "OK");
        }) < 5);
}
