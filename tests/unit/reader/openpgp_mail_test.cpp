// PGP mail as it is really sent, opened with real keys.
#include "../openpgp/gnupg_world.hpp"
#include "core/random.hpp"
#include "core/text.hpp"
#include "letters.hpp"
#include "mime/compose.hpp"
#include "openpgp/armour.hpp"

#include <catch2/catch.hpp>
#include <fmt/core.h>

using namespace cvdesk;
using namespace cvdesk::testing;
using openpgp::Decryption;
using openpgp::SignatureState;
using report::Kind;

namespace {

const std::string words = "Your wiki runs whatever it is sent.\n";

bool shows(const Read& read, std::string_view text) {
  return read.inspection.text.find(text) != std::string::npos;
}

const reader::Protection& protection(const Read& read) {
  return read.inspection.protection;
}

} // namespace

TEST_CASE("PGP/MIME, encrypted and signed by the sender, is opened whole") {
  const World& world = World::get();
  const std::string raw = header("...") + encrypted_part(world.sealed(plain_part(words), world.reporter));
  const Read read = read_mail(raw, {world.certificate(world.reporter)});
  CHECK(read.inspection.text == words);
  CHECK(read.inspection.any_encrypted);
  CHECK(protection(read).encrypted);
  CHECK(protection(read).decryption == Decryption::ok);
  CHECK(protection(read).signature == SignatureState::good);
  CHECK(protection(read).signer == world.reporter);
  CHECK(protection(read).signer_is_sender);
  CHECK_FALSE(protection(read).partial);
  CHECK_FALSE(protection(read).subject_protected);
  CHECK_FALSE(protection(read).cause);
  CHECK(read.inspection.attachments.empty());
  CHECK(read.rounds == 1);

  const Read unknown = read_mail(raw);
  CHECK(protection(unknown).signature == SignatureState::unknown_key);
  CHECK_FALSE(protection(unknown).signer_is_sender);
  CHECK(unknown.inspection.text == words);
}

TEST_CASE("The subject inside counts, the sender inside does not") {
  const World& world = World::get();
  for (const auto* mark : {"; hp=\"cipher\"", "; protected-headers=\"v1\""}) {
    const std::string payload =
        crlf(
            "Subject: Remote code execution\nFrom: Boss <boss@zonnedam.example>\nIn-Reply-To: <secret@x>\n") +
        plain_part(words, mark);
    const Read read = read_mail(header("...") + encrypted_part(world.sealed(payload)));
    CHECK(read.inspection.subject == "Remote code execution");
    CHECK(protection(read).subject_protected);
    CHECK(read.inspection.from.front().address == "rosa@reporter.example");
    CHECK(read.inspection.thread == std::vector<std::string>{"secret@x"});
    bool warned = false;
    for (const auto& what : read.inspection.defects)
      warned |= what.find("From") != std::string::npos;
    CHECK(warned);
  }
  const Read unmarked = read_mail(
      header("outside") + encrypted_part(world.sealed(crlf("Subject: inside\n") + plain_part(words))));
  CHECK(unmarked.inspection.subject == "outside");
  CHECK_FALSE(protection(unmarked).subject_protected);
}

TEST_CASE("What the desk composes itself is read back with its protected subject") {
  const World& world = World::get();
  mime::Outgoing mail;
  mail.from = {"Rosa", "rosa@reporter.example"};
  mail.to = {{"", "cvd@zonnedam.example"}};
  mail.subject = "The real subject";
  mail.date = now();
  mail.message_id = "x@reporter.example";
  mail.text = "From here on\n.dots and -dashes \n";
  const std::string secret = mime::compose_payload(mail, mime::HeaderProtection::cipher);
  const Read sealed = read_mail(mime::compose_encrypted(mail, world.sealed(secret, world.reporter)),
                                {world.certificate(world.reporter)});
  CHECK(sealed.inspection.subject == "The real subject");
  CHECK(protection(sealed).subject_protected);
  CHECK(shows(sealed, "From here on\n.dots and -dashes"));
  CHECK(protection(sealed).signer_is_sender);
  const std::string open = mime::compose_payload(mail, mime::HeaderProtection::clear);
  const Read signed_only =
      read_mail(mime::compose_signed(mail, open, world.detached(open, world.reporter, "--digest-algo SHA512"),
                                     "pgp-sha512"),
                {world.certificate(world.reporter)});
  CHECK(protection(signed_only).signature == SignatureState::good);
  CHECK(protection(signed_only).subject_protected);
  CHECK(signed_only.inspection.subject == "The real subject");
  CHECK_FALSE(signed_only.inspection.any_encrypted);
}

TEST_CASE("A signed mail is good over exactly what was signed, with either kind of line end") {
  const World& world = World::get();
  const std::string raw = header() + signed_part(plain_part(words), world.reporter);
  const Read read = read_mail(raw, {world.certificate(world.reporter)});
  CHECK(read.inspection.text == words);
  CHECK(protection(read).signature == SignatureState::good);
  CHECK(protection(read).signer_is_sender);
  CHECK_FALSE(protection(read).encrypted);
  CHECK_FALSE(protection(read).partial);
  CHECK(read.inspection.attachments.empty());

  std::string lf = raw;
  std::erase(lf, '\r');
  CHECK(protection(read_mail(lf, {world.certificate(world.reporter)})).signature == SignatureState::good);

  std::string changed = raw;
  changed.replace(changed.find("wiki runs"), 4, "shop");
  const Read bad = read_mail(changed, {world.certificate(world.reporter)});
  CHECK(protection(bad).signature == SignatureState::bad);
  CHECK(shows(bad, "shop"));
}

TEST_CASE("Who signed is held against the one From address") {
  const World& world = World::get();
  const std::vector<std::string> known = {world.certificate(world.reporter)};
  const std::string body = signed_part(plain_part(words), world.reporter);
  const auto is_sender = [&](std::string_view from) {
    return protection(read_mail(header("x", from) + body, known)).signer_is_sender;
  };
  CHECK(is_sender("ROSA@Reporter.Example"));
  CHECK_FALSE(is_sender("Mallory <mallory@elsewhere.example>"));
  CHECK_FALSE(is_sender("\"rosa@reporter.example\" <mallory@elsewhere.example>"));
  CHECK_FALSE(is_sender("rosa@reporter.example, mallory@elsewhere.example"));
  CHECK_FALSE(is_sender("rosa@reporter.example\r\nFrom: mallory@elsewhere.example"));
  const Read stranger = read_mail(header() + signed_part(plain_part(words), world.stranger),
                                  {world.certificate(world.stranger)});
  CHECK(protection(stranger).signature == SignatureState::good);
  CHECK_FALSE(protection(stranger).signer_is_sender);
}

TEST_CASE("An inline block is opened, with the text around it shown apart") {
  const World& world = World::get();
  const std::string sealed = world.sealed(words);
  const Read pure = read_mail(header() + plain_part(sealed));
  CHECK(pure.inspection.text == words);
  CHECK(protection(pure).decryption == Decryption::ok);
  CHECK_FALSE(protection(pure).partial);
  const Read mixed = read_mail(header() + plain_part("Hello,\n\n" + sealed + "\n-- \nList footer\n"));
  CHECK(shows(mixed, "Hello,"));
  CHECK(shows(mixed, words));
  CHECK(shows(mixed, "List footer"));
  CHECK(mixed.inspection.text.find("Hello,") < mixed.inspection.text.find("wiki"));
  CHECK(mixed.inspection.text.find("wiki") < mixed.inspection.text.find("List footer"));
  CHECK(shows(mixed, "[not encrypted]"));
  CHECK(shows(mixed, "[encrypted]"));
  CHECK(protection(mixed).partial);
  CHECK_FALSE(shows(mixed, "BEGIN PGP"));
  const Read several = read_mail(header() + plain_part(sealed + world.sealed("The second one.\n")));
  CHECK(shows(several, words));
  CHECK(shows(several, "The second one."));
  CHECK_FALSE(protection(several).partial);
}

TEST_CASE("An inline block that is longer than what is shown is opened whole, and what is shown says that it goes on") {
  const World& world = World::get();
  std::string lines;
  while (lines.size() < 4u << 20) lines += ascii_upper(to_hex(random_bytes(30))) + "\n";
  const std::string text = std::string(words) + lines + "the last line\n";
  const std::string sealed = world.sealed(text, world.reporter);
  REQUIRE(sealed.size() > 2u << 20);
  const Read read = read_mail(header() + plain_part("Hello,\n\n" + sealed), {world.certificate(world.reporter)});
  REQUIRE(read.openings.size() == 1);
  CHECK(read.openings[0].opened.cleartext == text);
  CHECK(protection(read).decryption == Decryption::ok);
  CHECK(shows(read, "Hello,"));
  CHECK(shows(read, words));
  CHECK(shows(read, "The text goes on and is not shown"));
  CHECK_FALSE(shows(read, "the last line"));
  CHECK_FALSE(shows(read, "BEGIN PGP"));
}

TEST_CASE("A text that is signed in the clear is verified whole, however much of it is shown") {
  const World& world = World::get();
  std::string lines = std::string(words);
  while (lines.size() < 3u << 20) lines += ascii_upper(to_hex(random_bytes(30))) + "\n";
  const std::string signed_text = testing::gpg(world.others, "--clear-sign --local-user " + world.reporter, lines);
  const Read read = read_mail(header() + plain_part(signed_text), {world.certificate(world.reporter)});
  CHECK(protection(read).signature == SignatureState::good);
  CHECK(shows(read, words));
  CHECK(shows(read, "The text goes on and is not shown"));
  std::string altered = signed_text;
  altered[altered.find(lines.substr(lines.size() - 20))] ^= 1; // beyond what is shown
  CHECK(protection(read_mail(header() + plain_part(altered), {world.certificate(world.reporter)})).signature == SignatureState::bad);
}

TEST_CASE("A block that goes on beyond what is read of a text is not begun with: it is too big") {
  std::string armour = "-----BEGIN PGP MESSAGE-----\n\n";
  const std::string line = std::string(64, 'A') + "\n";
  while (armour.size() < 33u << 20) armour += line;
  armour += "-----END PGP MESSAGE-----\n";
  const Read read = read_mail(header() + plain_part("Hello,\n\n" + armour));
  CHECK(read.openings.empty());
  CHECK(read.inspection.facts.kind == Kind::undecryptable);
  CHECK(read.inspection.any_encrypted);
  CHECK(protection(read).cause->find("too big") != std::string::npos);
  CHECK(shows(read, "Hello,"));
  CHECK_FALSE(shows(read, "AAAAAAAA"));
  std::string html = "<html><body><p>Hello,</p><pre>" + armour.substr(0, 3u << 20);
  const Read page = read_mail(header() + "Content-Type: text/html\r\n\r\n" + crlf(html + "</pre></body></html>\n"));
  CHECK(page.openings.empty());
  CHECK(protection(page).cause->find("too big") != std::string::npos);
}

TEST_CASE("Armour is opened in quotes, base64, quoted-printable, HTML and files") {
  const World& world = World::get();
  const std::string sealed = world.sealed(words);
  std::string quoted, html, printable;
  for (const auto line : split(sealed, '\n')) {
    quoted += "> " + std::string(line) + "\n";
    html += std::string(line) + "<br>\n";
    for (const char c : line)
      printable += c == '=' ? std::string("=3D") : std::string(1, c);
    printable += "\r\n";
  }
  const std::vector<std::string> bodies = {
      plain_part("You wrote:\n" + quoted),
      "Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64_encode(crlf(sealed)) +
          "\r\n",
      "Content-Type: text/plain\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" + printable,
      "Content-Type: text/html\r\n\r\n<html><body>" + crlf(html) + "</body></html>\r\n",
      "Content-Type: text/html\r\n\r\n<pre>" + crlf(sealed) + "</pre>\r\n",
      multipart("multipart/mixed",
                {plain_part("\n"),
                 "Content-Type: application/octet-stream; name=\"message.asc\"\r\n\r\n" + crlf(sealed)}),
      multipart("multipart/mixed",
                {plain_part("\n"),
                 "Content-Type: text/plain; name=\"msg.pgp\"\r\nContent-Disposition: attachment\r\n\r\n" +
                     crlf(sealed)}),
      multipart("multipart/mixed",
                {plain_part("\n"), "Content-Type: application/octet-stream\r\nContent-Disposition: "
                                   "attachment; filename=\"report.gpg\"\r\n"
                                   "Content-Transfer-Encoding: base64\r\n\r\n" +
                                       base64_encode(openpgp::read_armour(sealed, 100000)->bytes) + "\r\n"}),
  };
  for (const auto& body : bodies) {
    INFO(body);
    const Read read = read_mail(header() + body);
    CHECK(shows(read, "Your wiki runs whatever it is sent."));
    CHECK(protection(read).decryption == Decryption::ok);
    CHECK(read.inspection.any_encrypted);
    CHECK(read.inspection.facts.kind != Kind::undecryptable);
  }
}

TEST_CASE("PGP/MIME that a server mangled into multipart/mixed is opened like PGP/MIME") {
  const World& world = World::get();
  const std::string payload =
      crlf("Subject: inside\n") +
      multipart("multipart/mixed; protected-headers=\"v1\"",
                {plain_part(words),
                 "Content-Type: image/png; name=\"shot.png\"\r\nContent-Disposition: attachment\r\n\r\npng"});
  const std::string raw =
      header("...") + multipart("multipart/mixed",
                                {plain_part("\n"),
                                 "Content-Type: application/pgp-encrypted; name=\"PGPMIME version "
                                 "identification\"\r\nContent-Disposition: attachment\r\n\r\nVersion: 1\r\n",
                                 "Content-Type: application/octet-stream; "
                                 "name=\"encrypted.asc\"\r\nContent-Disposition: attachment\r\n\r\n" +
                                     crlf(world.sealed(payload, world.reporter))});
  const Read read = read_mail(raw, {world.certificate(world.reporter)});
  CHECK(read.inspection.text == words);
  CHECK(read.inspection.subject == "inside");
  CHECK(protection(read).signature == SignatureState::good);
  CHECK_FALSE(protection(read).partial);
  REQUIRE(read.inspection.attachments.size() == 1);
  CHECK(read.inspection.attachments.front().filename == "shot.png");
  CHECK(attachment_of(raw, read, 1) == "png");
}

TEST_CASE("An encrypted file beside the text becomes the file that it holds") {
  const World& world = World::get();
  const std::string raw =
      header() +
      multipart("multipart/mixed", {plain_part("The scan is attached.\n"),
                                    "Content-Type: application/octet-stream\r\nContent-Disposition: "
                                    "attachment; filename=\"scan.pdf.gpg\"\r\n\r\n" +
                                        crlf(world.sealed(std::string("%PDF\0x", 6)))});
  const Read read = read_mail(raw);
  REQUIRE(read.inspection.attachments.size() == 1);
  CHECK(read.inspection.attachments.front().filename == "scan.pdf");
  CHECK(attachment_of(raw, read, 1) == std::string("%PDF\0x", 6));
  CHECK(shows(read, "The scan is attached."));
  CHECK(protection(read).partial);
}

TEST_CASE("Text signed in the clear is verified in its own charset and shown apart from what surrounds it") {
  const World& world = World::get();
  const std::vector<std::string> known = {world.certificate(world.reporter)};
  const std::string latin =
      testing::gpg(world.others, "--clearsign -u " + world.reporter, "Een lek in het caf\xe9 \n-- \nRosa\n");
  const std::string start = "Content-Type: text/plain; charset=iso-8859-1; "
                            "format=flowed\r\nContent-Transfer-Encoding: 8bit\r\n\r\n";
  const Read pure = read_mail(header() + start + crlf(latin), known);
  CHECK(shows(pure, "Een lek in het caf\xc3\xa9\n--\nRosa"));
  CHECK(protection(pure).signature == SignatureState::good);
  CHECK(protection(pure).signer_is_sender);
  const Read around = read_mail(header() + start + "Hello\r\n" + crlf(latin) + "footer\r\n", known);
  CHECK(protection(around).partial);
  CHECK(protection(around).signature == SignatureState::none);
  CHECK(shows(around, "footer"));
  CHECK(shows(around, "[without a signature]"));
  std::string changed = latin;
  changed.replace(changed.find("lek"), 3, "lok");
  const Read bad = read_mail(header() + start + crlf(changed), known);
  CHECK(protection(bad).signature == SignatureState::bad);
  CHECK(shows(bad, "Een lok"));
}

TEST_CASE("A mail that cannot be opened is undecryptable and says for whom it is") {
  const World& world = World::get();
  const std::string foreign = testing::gpg(world.others, "-a -e -r " + world.stranger, plain_part(words));
  const Read read = read_mail(header("[...]") + encrypted_part(foreign));
  CHECK(read.inspection.facts.kind == Kind::undecryptable);
  CHECK(protection(read).encrypted);
  CHECK(protection(read).decryption == Decryption::no_key);
  CHECK(protection(read).key_ids.size() == 1);
  CHECK(protection(read).cause);
  CHECK(read.inspection.text.empty());
  CHECK(read.inspection.subject == "[...]");
  CHECK_FALSE(protection(read).partial);
  const Read inline_block = read_mail(
      header() + plain_part("Hi\n" + testing::gpg(world.others, "-a -e -r " + world.stranger, words)));
  CHECK(inline_block.inspection.facts.kind == Kind::undecryptable);
  CHECK(shows(inline_block, "Hi"));
  CHECK(protection(inline_block).partial);
}

TEST_CASE("Without an engine a mail says what is pending, each with its own path") {
  const World& world = World::get();
  const std::string raw =
      header() + multipart("multipart/mixed", {encrypted_part(world.sealed(plain_part(words))),
                                               plain_part(world.sealed(words) + world.sealed(words))});
  reader::Task task;
  task.raw = raw;
  const auto reading = reader::inspect(task);
  REQUIRE(reading);
  REQUIRE(reading->pending.size() == 3);
  CHECK(reading->pending[0].path == "1.1");
  CHECK(reading->pending[1].path == "1.2/0");
  CHECK(reading->pending[2].path == "1.2/1");
  CHECK(reading->inspection.facts.kind == Kind::undecryptable);
  CHECK(reading->inspection.any_encrypted);
}
