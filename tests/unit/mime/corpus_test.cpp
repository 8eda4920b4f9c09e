// Mails as real programs write them (tests/data/mime), each with what a reader must see of it.
#include "core/file.hpp"
#include "mime/header_text.hpp"
#include "mime/html.hpp"
#include "mime/message.hpp"

#include <catch2/catch.hpp>

using namespace cvdesk;
using namespace cvdesk::mime;

namespace {

struct Mail {
  std::string raw;
  Message message;
  std::string subject;
  std::vector<Mailbox> from;
  std::string text; // of the first leaf
};

Mail read(const std::string& name) {
  auto raw = read_file(std::string(CVDESK_TEST_DATA) + "/mime/" + name, 1 << 20);
  REQUIRE(raw);
  auto message = parse(*raw);
  REQUIRE(message);
  Mail mail{std::move(*raw), std::move(*message), {}, {}, {}};
  mail.subject = decode_unstructured(mail.message.header().first("Subject").value_or(""));
  mail.from = parse_mailboxes(mail.message.header().first("From").value_or(""));
  for (const auto& part : mail.message.parts) {
    if (part.children.empty() && mail.text.empty()) mail.text = decode_text(mail.raw, part, 1 << 20);
  }
  CHECK(mail.message.defects.empty());
  return mail;
}

} // namespace

TEST_CASE("Thunderbird: flowed paragraphs and quotes are whole lines") {
  const auto mail = read("thunderbird_flowed.eml");
  CHECK(mail.subject == "Kwetsbaarheid in het portaal – meldpunt");
  CHECK(mail.from == std::vector<Mailbox>{{"Jörg Müller", "joerg@example.org"}});
  CHECK(mail.text ==
        "Beste beheerder,\n\nop het portaal kan men zonder wachtwoord de gegevens van anderen "
        "opvragen. De stappen staan hieronder.\n\n> wat een eerdere mail zei, die ook lang was\n\n"
        "-- \nJörg\n");
}

TEST_CASE("Outlook: windows-1252 that calls itself iso-8859-1") {
  const auto mail = read("outlook_windows_1252.eml");
  CHECK(mail.from == std::vector<Mailbox>{{"Jansen, Piet", "piet@example.net"}});
  const auto html = html_to_text(mail.text);
  CHECK(html.text == "De “testomgeving” kost € 100.\n\nZie hier <https://poc.example/1>.");
  CHECK_FALSE(html.hidden);
}

TEST_CASE("Apple Mail: alternatives, a picture, and spaces that are to go") {
  const auto mail = read("apple_alternative.eml");
  REQUIRE(mail.message.parts.size() == 5);
  CHECK(mail.text == "A very long line that the sender's program broke in the middle, twice.\n");
  CHECK(mail.message.parts[4].filename == "schéma.png");
  CHECK(mail.message.parts[4].disposition == "inline");
  CHECK(decode_body(mail.raw, mail.message.parts[4], 100) == "\x89PNG\r\n\x1a\n");
}

TEST_CASE("Japanese in seven bits") {
  const auto mail = read("iso_2022_jp.eml");
  CHECK(mail.subject == "脆弱性");
  CHECK(mail.from == std::vector<Mailbox>{{"山田", "yamada@example.jp"}});
  CHECK(mail.text == "脆弱性 XSS\n");
}

TEST_CASE("a list's footer behind base64 is not taken for base64") {
  CHECK(read("list_footer_behind_base64.eml").text == "Het lek zit in /login.\n");
}

TEST_CASE("a mail exported from an mbox") {
  const auto mail = read("mbox_line_and_bare_lf.eml");
  CHECK(mail.subject == "exported");
  CHECK(mail.text == "A mail from an mbox file.\n");
}

TEST_CASE("Latin-1 that nobody declared") {
  const auto mail = read("no_charset_latin1.eml");
  CHECK(mail.subject == "Faille très grave");
  CHECK(mail.from == std::vector<Mailbox>{{"René", "rene@example.fr"}});
  CHECK(mail.text == "Voilà.\n");
}
