#include "mime/authentication_results.hpp"

#include <catch2/catch.hpp>

using namespace cvdesk::mime;

namespace {
// "dmarc=pass dkim=fail", or the id alone.
std::string said(std::string_view body) {
  const auto parsed = parse_authentication_results(body);
  std::string text = parsed.authserv_id;
  for (const auto& result : parsed.results) text += " " + result.method + "=" + result.result;
  return text;
}
} // namespace

TEST_CASE("what a server found out is read with its properties") {
  const auto parsed = parse_authentication_results(
      "MX.zonnedam.example 1; spf=pass smtp.mailfrom=a@x.example;\r\n dkim=pass (2048-bit key) header.d=x.example header.b=\"abc/1\";"
      " DMARC=Pass (p=reject dis=none) header.from=x.example");
  CHECK(parsed.authserv_id == "mx.zonnedam.example");
  REQUIRE(parsed.results.size() == 3);
  CHECK(parsed.results[2].method == "dmarc");
  CHECK(parsed.results[2].result == "pass");
  CHECK(parsed.results[2].properties == std::vector<std::pair<std::string, std::string>>{{"header.from", "x.example"}});
  CHECK(parsed.results[1].properties.size() == 2);
}

TEST_CASE("no comment, quoted string or odd value adds a result") {
  CHECK(said("mx.example; dmarc=fail (; dmarc=pass) header.from=x.example") == "mx.example dmarc=fail");
  CHECK(said("mx.example; spf=pass smtp.mailfrom=\"; dmarc=pass\"@x.example; dmarc=fail") == "mx.example spf=pass dmarc=fail");
  CHECK(said("mx.example; spf=none (a \\) ; dmarc=pass); dmarc=none") == "mx.example spf=none dmarc=none");
  CHECK(said("mx.example (; dmarc=pass") == "mx.example");
  CHECK(said("(mx.example; dmarc=pass)") == "");
  CHECK(said("mx.example; none") == "mx.example");
  CHECK(said("\"mx.example; dmarc=pass\"") == "mx.example; dmarc=pass");
  CHECK(said("mx.example; dmarc/1=pass") == "mx.example dmarc=pass");
  CHECK(said("mx.example; =pass; dmarc=pass") == "mx.example");
  CHECK(said("") == "");
}

TEST_CASE("a long field is read in bounded time and number") {
  std::string many = "mx.example";
  for (int i = 0; i < 100'000; ++i) many += "; dkim=pass";
  CHECK(parse_authentication_results(many).results.size() == 100);
  CHECK(said("mx.example; dmarc=fail " + std::string(1'000'000, '(')) == "mx.example dmarc=fail");
}
