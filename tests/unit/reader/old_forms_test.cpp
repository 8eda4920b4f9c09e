// Content that does not come as MIME parts, or not at all.
#include "letters.hpp"
#include "reader/inspect.hpp"

#include <catch2/catch.hpp>

using namespace cvdesk;
using namespace cvdesk::testing;

TEST_CASE("A uuencoded file in a text is an attachment, and its lines are not shown") {
  const std::string file = "begin 644 poc.sh\n+:&5L;&\\@=V]R;&0*\n`\nend\n";
  const std::string mail = header() + plain_part("The proof:\n\n" + file + "\nRosa\n");
  const auto& seen = read_mail(mail).inspection;
  CHECK(seen.text == "The proof:\n\n[file: poc.sh]\n\nRosa\n");
  REQUIRE(seen.attachments.size() == 1);
  CHECK(seen.attachments[0].filename == "poc.sh");
  CHECK(seen.attachments[0].size == 11);
  const auto content = reader::extract_attachment({mail, nullptr, nullptr, {}}, 1);
  REQUIRE(content);
  CHECK(*content == "hello world");
}

TEST_CASE("A uuencoded file larger than what is shown is whole") {
  std::string file = "begin 644 big.bin\n";
  while (file.size() < 3u << 20) {
    file += "M" + std::string(60, '`') + "\n";
  }
  const auto& seen = read_mail(header() + plain_part("See:\n" + file + "`\nend\n")).inspection;
  CHECK((seen.text == "See:\n[file: big.bin]\n"));
  REQUIRE(seen.attachments.size() == 1);
  CHECK(seen.attachments[0].size > 2'000'000);
}

TEST_CASE("Outlook's winmail.dat is listed under its name, also where that was not said") {
  const auto& seen = read_mail(header() + "Content-Type: application/ms-tnef\r\n"
                                          "Content-Transfer-Encoding: base64\r\n\r\neJ8+Ig==\r\n")
                         .inspection;
  REQUIRE(seen.attachments.size() == 1);
  CHECK(seen.attachments[0].filename == "winmail.dat");
}

TEST_CASE("What a mail only points to is said, and listed") {
  const auto& seen =
      read_mail(header() +
                "Content-Type: message/external-body; access-type=URL;\r\n"
                " url=\"https://files.example/poc.zip\"\r\n\r\nContent-Type: application/zip\r\n\r\n")
          .inspection;
  CHECK(seen.text == "[a file that is not in this mail, and was not fetched: access-type URL, url "
                     "https://files.example/poc.zip]\n");
  REQUIRE(seen.attachments.size() == 1);
  CHECK(seen.attachments[0].media_type == "message/external-body");
}

TEST_CASE("A piece of a mail that was sent in several is said to be one") {
  const auto& seen =
      read_mail(header() + "Content-Type: message/partial; number=1; total=2; id=\"x@y\"\r\n\r\n"
                           "Subject: all of it\r\n\r\nThe first half.\r\n")
          .inspection;
  CHECK(seen.text.find("[a piece of a mail that was sent in several: number 1, total 2, id x@y]") == 0);
  CHECK(seen.attachments.size() == 1);
}
