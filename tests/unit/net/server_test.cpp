#include "net/server.hpp"

#include <catch2/catch.hpp>

using namespace cvdesk;
using namespace cvdesk::net;

TEST_CASE("The URL of a server gives host, port and folder") {
  const auto plain = parse_address("imaps://imap.example.net/INBOX").value();
  CHECK(plain.scheme == "imaps");
  CHECK(plain.name() == "imap.example.net:993");
  CHECK(plain.path == "INBOX");
  CHECK(parse_address("imap://h/").value().port == "143");
  CHECK(parse_address("smtps://h").value().port == "465");
  CHECK(parse_address("SMTP://h:587").value().scheme == "smtp");
  CHECK(parse_address("SMTP://h:587").value().name() == "h:587");
  CHECK(parse_address("imaps://h/a%20b/c%C3%A9").value().path == "a b/c\xc3\xa9");
  CHECK(parse_address("imaps://[::1]:1993/").value().name() == "[::1]:1993");
}

TEST_CASE("A URL that cannot be read, or has a password in it, is a configuration error that does not repeat it") {
  for (const std::string url : {"", "imaps//x", "http://", "imaps://u:Secret-1@h/", "imaps://h:99999999/"}) {
    const auto address = parse_address(url);
    INFO(url);
    REQUIRE_FALSE(address);
    CHECK(address.error().kind == ErrorKind::configuration);
    CHECK(address.error().what.find("Secret-1") == std::string::npos);
  }
}

TEST_CASE("Loopback is localhost, 127/8 and ::1, and nothing that only looks like it") {
  for (const std::string host : {"localhost", "LOCALHOST", "127.0.0.1", "127.9.9.9", "[::1]"}) {
    CHECK(parse_address("imap://" + host + "/").value().loopback());
  }
  for (const std::string host : {"localhost.example.net", "127.0.0.1.example.net", "128.0.0.1", "[::2]", "10.0.0.1"}) {
    CHECK_FALSE(parse_address("imap://" + host + "/").value().loopback());
  }
}

TEST_CASE("What a server says is quoted without addresses, secrets, control characters and excess") {
  const Credentials credentials{Mechanism::plain, "cvd", Secret("Horse-9")};
  CHECK(quote_server("550 5.1.1 <a@b.example>: unknown", credentials) == "550 5.1.1 ... unknown");
  CHECK(quote_server("wrong: 'Horse-9'", credentials) == "wrong: ...");
  CHECK(quote_server("a\r\nb\tc", credentials) == "a b c");
  CHECK(quote_server("x\x1b[31mred", credentials).find('\x1b') == std::string::npos);
  CHECK(quote_server(std::string(5000, 'x'), credentials).size() <= 300);
  CHECK(quote_server("", Credentials()).empty());
}
