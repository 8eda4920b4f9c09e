#include "core/text.hpp"
#include "mime/compose.hpp"
#include "mime/message.hpp"

#include <catch2/catch.hpp>

using namespace cvdesk;
using namespace cvdesk::mime;

namespace {

Outgoing sample() {
  Outgoing mail;
  mail.from = {"Zonnedam, CVD-desk", "cvd@zonnedam.example"};
  mail.to = {{"Jöhn Doe", "john@example.org"}, {"", "second@example.org"}};
  mail.subject = "Re: een lek in café Zonnedam";
  mail.date = from_unix(1795341600);
  mail.message_id = "id@zonnedam.example";
  mail.in_reply_to = "parent@example.org";
  mail.references = {"root@example.org", "parent@example.org"};
  mail.fields = {{"Auto-Submitted", "auto-replied"}};
  mail.text = "Beste,\n\nFrom here on\n.\n-- \nwé hebben het =\t\n" + std::string(200, 'x') + "\n";
  return mail;
}

// Every line of what goes out: CRLF, 7-bit, short enough, not changed by any server.
void check_wire(std::string_view raw) {
  std::size_t at = 0;
  while (at < raw.size()) {
    const auto end = raw.find("\r\n", at);
    REQUIRE(end != std::string_view::npos);
    const auto line = raw.substr(at, end - at);
    INFO(std::string(line));
    CHECK(line.size() <= 78);
    CHECK(line.find_first_of("\r\n") == std::string_view::npos);
    CHECK(std::all_of(line.begin(), line.end(), [](char c) { return c == '\t' || (c >= ' ' && c < 0x7F); }));
    CHECK_FALSE((line.ends_with(' ') || line.ends_with('\t')));
    at = end + 2;
  }
}

Message parsed(std::string_view raw) {
  auto message = parse(raw);
  REQUIRE(message);
  CHECK(message->defects.empty());
  return std::move(*message);
}

} // namespace

TEST_CASE("a payload reads back as what was composed") {
  const auto mail = sample();
  const auto payload = compose_payload(mail, HeaderProtection::clear);
  check_wire(payload);
  const auto message = parsed(payload);
  REQUIRE(message.parts.size() == 1);
  CHECK(decode_text(payload, message.parts[0], 10'000) == mail.text);
  CHECK(decode_unstructured(*message.header().first("Subject")) == mail.subject);
  CHECK(parse_mailboxes(*message.header().first("From")) == std::vector<Mailbox>{mail.from});
  CHECK(parse_mailboxes(*message.header().first("To")) == mail.to);
  CHECK(parse_message_ids(*message.header().first("References")) == mail.references);
  CHECK(parse_message_ids(*message.header().first("Message-ID")) ==
        std::vector<std::string>{mail.message_id});
  CHECK(parse_date(*message.header().first("Date")) == mail.date);
  CHECK(message.header().first("Auto-Submitted") == "auto-replied");
  CHECK(message.parts[0].parameters.at("hp") == "clear");
  CHECK(message.parts[0].parameters.at("protected-headers") == "v1");
  CHECK(message.header().count("HP-Outer") == 0);
}

TEST_CASE("no line of the text begins or ends with what servers change") {
  const auto payload = compose_payload(sample(), HeaderProtection::clear);
  CHECK(payload.find("\r\n=46rom here on\r\n") != std::string::npos);
  CHECK(payload.find("\r\n=2E\r\n") != std::string::npos);
  CHECK(payload.find("\r\n=2D-=20\r\n") != std::string::npos);
  CHECK(payload.find("=3D=09\r\n") != std::string::npos);
  auto mail = sample();
  mail.text = std::string(75, 'a') + "." + std::string(74, 'b') + "-From" + std::string(80, ' ') + "\n\n\n";
  const auto long_line = compose_payload(mail, HeaderProtection::clear);
  check_wire(long_line);
  CHECK(decode_text(long_line, parsed(long_line).parts[0], 10'000) == mail.text);
}

TEST_CASE("an encrypted mail hides its subject and says on the inside what stands outside") {
  const auto mail = sample();
  const auto payload = compose_payload(mail, HeaderProtection::cipher);
  check_wire(payload);
  const auto inside = parsed(payload);
  CHECK(inside.parts[0].parameters.at("hp") == "cipher");
  CHECK(decode_unstructured(*inside.header().first("Subject")) == mail.subject);

  const auto raw = compose_encrypted(mail, "-----BEGIN PGP MESSAGE-----\n\nx\n-----END PGP MESSAGE-----\n");
  check_wire(raw);
  CHECK(raw.find("Zonnedam bug") == std::string::npos);
  const auto outside = parsed(raw);
  CHECK(outside.header().first("Subject") == "[...]");
  CHECK(outside.parts[0].media_type == "multipart/encrypted");
  CHECK(outside.parts[0].parameters.at("protocol") == "application/pgp-encrypted");
  REQUIRE(outside.parts.size() == 3);
  CHECK(outside.parts[1].media_type == "application/pgp-encrypted");
  CHECK(outside.parts[1].body.in(raw) == "Version: 1\r\n");
  CHECK(outside.parts[2].media_type == "application/octet-stream");

  const auto said = inside.header().all("HP-Outer");
  std::size_t compared = 0;
  for (const auto& field : outside.header().fields) {
    if (field.name == "MIME-Version" || field.name == "Content-Type") continue;
    CHECK(std::find(said.begin(), said.end(), field.name + ": " + field.body) != said.end());
    ++compared;
  }
  CHECK(compared == said.size());
}

TEST_CASE("a signed mail carries its payload unchanged") {
  const auto mail = sample();
  const auto payload = compose_payload(mail, HeaderProtection::clear);
  const auto raw = compose_signed(
      mail, payload, "-----BEGIN PGP SIGNATURE-----\nx\n-----END PGP SIGNATURE-----", "pgp-sha256");
  check_wire(raw);
  const auto message = parsed(raw);
  REQUIRE(message.parts.size() == 3);
  CHECK(message.parts[0].media_type == "multipart/signed");
  CHECK(message.parts[0].parameters.at("micalg") == "pgp-sha256");
  CHECK(message.parts[0].closed);
  CHECK(message.parts[1].whole.in(raw) == payload);
  CHECK(message.parts[2].media_type == "application/pgp-signature");
  CHECK(decode_unstructured(*message.header().first("Subject")) == mail.subject);
}

TEST_CASE("attachments come back byte for byte, under safe names and types") {
  auto mail = sample();
  std::string bytes;
  for (int i = 0; i < 5000; ++i) {
    bytes += static_cast<char>(i);
  }
  mail.attachments = {
      {"../sleutel café 密钥 " + std::string(100, 'y') + ".asc", "application/pgp-keys", bytes},
      {"a\"b\r\nBcc: x.txt", "text/plain\r\nBcc: evil", ""},
      {"", "message/rfc822", "x"}};
  const auto payload = compose_payload(mail, HeaderProtection::clear);
  check_wire(payload);
  const auto message = parsed(payload);
  REQUIRE(message.parts.size() == 5);
  CHECK(message.parts[0].parameters.at("hp") == "clear");
  CHECK(decode_text(payload, message.parts[1], 10'000) == mail.text);
  CHECK(message.parts[2].media_type == "application/pgp-keys");
  CHECK(message.parts[2].filename == "sleutel café 密钥 " + std::string(100, 'y') + ".asc");
  CHECK(decode_body(payload, message.parts[2], 10'000) == bytes);
  CHECK(message.parts[3].media_type == "application/octet-stream");
  CHECK(message.parts[3].filename == "a\"b Bcc: x.txt");
  CHECK(message.parts[4].media_type == "application/octet-stream");
}

TEST_CASE("nothing in any field can begin another one") {
  Outgoing mail;
  const std::string evil = "x\r\nBcc: victim@example.org\r\n\r\nbody";
  mail.from = {evil, "a@b\r\nBcc: victim@example.org"};
  mail.to = {{evil, evil}};
  mail.subject = evil;
  mail.message_id = evil;
  mail.in_reply_to = evil;
  mail.references = {evil};
  mail.fields = {{evil, "x"}, {"X-Fine", evil}, {"X-Also", "é" + evil}};
  mail.text = "text";
  for (const auto& raw : {compose_payload(mail, HeaderProtection::cipher), compose_encrypted(mail, "x"),
                          compose_signed(mail, "p", "s", evil)}) {
    const auto header = parse_header(raw);
    REQUIRE(header);
    CHECK(header->count("Bcc") == 0);
    CHECK(header->first("X-Fine"));
    check_wire(raw);
  }
}

TEST_CASE("any subject comes back as it was, in short lines") {
  for (const std::string& subject :
       {std::string("plain"), std::string("=?utf-8?q?literal?="), std::string(300, 'x'),
        std::string("é") + std::string(300, 'y'), std::string("two  spaces"),
        std::string("日本語日本語日本語日本語日本語日本語日本語日本語日本語日本語"),
        std::string("word ") + std::string(74, 'z'),
        std::string(
            "many words that together are longer than what fits on a single line of seventy-six letters")}) {
    const auto body = encode_unstructured(subject, 9);
    check_wire("Subject: " + body + "\r\n");
    const auto header = parse_header("Subject: " + body + "\r\n\r\n");
    REQUIRE(header);
    CHECK(decode_unstructured(*header->first("Subject")) == subject);
  }
}

TEST_CASE("mailboxes come back as they were") {
  for (const Mailbox& mailbox : std::vector<Mailbox>{{"", "a@b"},
                                                     {"Plain Name", "a@b"},
                                                     {"Doe, John", "a@b"},
                                                     {"a \"quoted\" \\ name", "a@b"},
                                                     {"Jöhn <x@y>", "a@b"},
                                                     {"=?utf-8?q?x?=", "a@b"},
                                                     {"evil@x", "\"a b\"@c"}}) {
    CHECK(parse_mailboxes(format_mailbox(mailbox)) == std::vector<Mailbox>{mailbox});
  }
  CHECK(format_mailbox({"", "x@zoë.example"}) == "x@xn--zo-ija.example");
}

TEST_CASE("a long structured field is folded, never encoded") {
  auto mail = sample();
  mail.fields = {{"Autocrypt", "addr=a@b; keydata=" + std::string(3000, 'A')}};
  const auto header = parse_header(compose_payload(mail, HeaderProtection::clear));
  REQUIRE(header);
  std::string body(*header->first("Autocrypt"));
  std::erase(body, ' ');
  CHECK(body == "addr=a@b;keydata=" + std::string(3000, 'A'));
}
