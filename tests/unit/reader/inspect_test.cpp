#include "../openpgp/gnupg_world.hpp"
#include "core/text.hpp"
#include "letters.hpp"
#include "openpgp/armour.hpp"

#include <catch2/catch.hpp>

using namespace cvdesk;
using namespace cvdesk::testing;
using reader::KeyOrigin;
using report::Kind;

namespace {

bool shows(const Read& read, std::string_view words) {
  return read.inspection.text.find(words) != std::string::npos;
}

std::size_t times(std::string_view text, std::string_view words) {
  std::size_t count = 0;
  for (auto at = text.find(words); at != std::string_view::npos; at = text.find(words, at + 1))
    ++count;
  return count;
}

} // namespace

TEST_CASE("A plain mail is read with its header and text") {
  const Read read = read_mail(header() + plain_part("Dear team,\nyour wiki has a hole.\n"));
  const auto& seen = read.inspection;
  CHECK(seen.subject == "A hole in your wiki");
  REQUIRE(seen.from.size() == 1);
  CHECK(seen.from.front().address == "rosa@reporter.example");
  CHECK(seen.to.front().address == "cvd@zonnedam.example");
  CHECK(seen.message_id == "m1@reporter.example");
  REQUIRE(seen.date);
  CHECK(to_rfc3339(*seen.date) == "2026-11-22T09:00:00Z");
  CHECK(seen.text == "Dear team,\nyour wiki has a hole.\n");
  CHECK_FALSE(seen.any_encrypted);
  CHECK_FALSE(seen.protection.encrypted);
  CHECK_FALSE(seen.protection.partial);
  CHECK(seen.protection.signature == openpgp::SignatureState::none);
  CHECK(seen.attachments.empty());
  CHECK(read.rounds == 0);
}

TEST_CASE("Of alternatives the plain text is shown, and HTML where it says more or stands alone") {
  const std::string html = "Content-Type: text/html; charset=utf-8\r\n\r\n<p>Your <b>wiki</b> has a hole: <a "
                           "href=\"https://wiki.zonnedam.example/x\">here</a></p>\r\n";
  const Read both =
      read_mail(header() + multipart("multipart/alternative", {plain_part("Your wiki has a hole.\n"), html}));
  CHECK(both.inspection.text == "Your wiki has a hole.\n");
  const Read alone = read_mail(header() + html);
  CHECK(shows(alone, "Your wiki has a hole"));
  CHECK(shows(alone, "https://wiki.zonnedam.example/x"));
  const Read empty = read_mail(header() + multipart("multipart/alternative", {plain_part(" \n"), html}));
  CHECK(shows(empty, "Your wiki has a hole"));
  std::string longer = "Content-Type: text/html; charset=utf-8\r\n\r\n";
  for (int i = 0; i < 400; ++i)
    longer += "<p>step " + std::to_string(i) + " of the report</p>\r\n";
  const Read more = read_mail(
      header() + multipart("multipart/alternative", {plain_part("Please use a HTML reader.\n"), longer}));
  CHECK(shows(more, "Please use a HTML reader"));
  CHECK(shows(more, "step 399 of the report"));
  const Read two =
      read_mail(header() + multipart("multipart/mixed", {plain_part("one\n"), plain_part("two\n")}));
  CHECK(shows(two, "one"));
  CHECK(shows(two, "two"));
}

TEST_CASE("Attachments have an id, a safe name, a size, a digest and can be taken out again") {
  const std::string raw =
      header() + multipart("multipart/mixed",
                           {plain_part("See the picture. " + std::string(700, 'x') + "\n"),
                            "Content-Type: image/png; "
                            "name=\"../../etc/passwd_CONSOLE.png\"\r\nContent-Transfer-Encoding: base64\r\n"
                            "Content-Disposition: attachment\r\n\r\naGVsbG8=\r\n",
                            "Content-Type: text/plain\r\nContent-Disposition: attachment; "
                            "filename=\"log.txt\"\r\n\r\nsecret words of a log\r\n",
                            "Content-Type: application/x-thing\r\n\r\nraw"});
  const Read read = read_mail(raw);
  const auto& files = read.inspection.attachments;
  REQUIRE(files.size() == 3);
  CHECK(files[0].id == 1);
  CHECK(files[0].filename.find('/') == std::string::npos);
  CHECK(files[0].media_type == "image/png");
  CHECK(files[0].size == 5);
  CHECK(files[0].sha256 == "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824");
  CHECK(attachment_of(raw, read, 1) == "hello");
  CHECK(attachment_of(raw, read, 2).starts_with("secret words"));
  CHECK(attachment_of(raw, read, 3) == "raw");
  CHECK_FALSE(shows(read, "secret words"));
  CHECK_THROWS(attachment_of(raw, read, 4));
}

TEST_CASE("An attached text file is read where the mail only points to it") {
  const Read read =
      read_mail(header() + multipart("multipart/mixed",
                                     {plain_part("Please see the attached report.\n"),
                                      "Content-Type: text/markdown\r\nContent-Disposition: attachment; "
                                      "filename=\"report.md\"\r\n\r\n# SQL injection in the shop\r\n"}));
  CHECK(shows(read, "SQL injection in the shop"));
  CHECK(read.inspection.attachments.size() == 1);
}

TEST_CASE("A forwarded message is read as such") {
  const std::string inner =
      "From: Finder <finder@elsewhere.example>\r\nSubject: XSS on your site\r\n\r\nIt pops an alert.\r\n";
  const Read read =
      read_mail(header() + multipart("multipart/mixed", {plain_part("Look at this.\n"),
                                                         "Content-Type: message/rfc822\r\n\r\n" + inner}));
  CHECK(shows(read, "Look at this."));
  CHECK(shows(read, "Forwarded message"));
  CHECK(shows(read, "finder@elsewhere.example"));
  CHECK(shows(read, "It pops an alert."));
  const Read encoded = read_mail(
      header() + multipart("multipart/mixed",
                           {plain_part("Look.\n"),
                            "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
                                base64_encode(inner) + "\r\n"}));
  CHECK(shows(encoded, "It pops an alert."));
}

TEST_CASE("A bounce gives the identifiers of what it returns") {
  const std::string bounce =
      "From: mailer-daemon@reporter.example\r\nReturn-Path: <>\r\nTo: cvd@zonnedam.example\r\nSubject: "
      "Undelivered\r\n" +
      multipart("multipart/report; report-type=delivery-status",
                {plain_part("It could not be delivered.\n"),
                 "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; "
                 "mx\r\n\r\nFinal-Recipient: rfc822; x@y\r\nAction: failed\r\n",
                 "Content-Type: message/rfc822\r\n\r\nFrom: cvd@zonnedam.example\r\nMessage-ID: "
                 "<ours.1@zonnedam.example>\r\nSubject: [CVD-2026-0004] Hello\r\n\r\nbody of ours\r\n"});
  const Read read = read_mail(bounce);
  CHECK(read.inspection.outer.delivery_status);
  CHECK(read.inspection.outer.return_path == "");
  CHECK(read.inspection.returned_message_ids == std::vector<std::string>{"ours.1@zonnedam.example"});
  CHECK(read.inspection.facts.kind == Kind::bounce);
  CHECK_FALSE(shows(read, "body of ours"));
  CHECK(shows(read, "could not be delivered"));
}

TEST_CASE("The outer header tells lists, automatic mail and who wants answers where") {
  const Read read =
      read_mail("From: a@b.example\r\nReply-To: c@d.example\r\nReturn-Path: "
                "<bounce@b.example>\r\nAuto-Submitted: Auto-Replied (vacation)\r\n"
                "Precedence: Bulk\r\nList-Id: News <news.b.example>\r\nX-Auto-Response-Suppress: "
                "All\r\nReferences: <1@x> <2@x>\r\n"
                "In-Reply-To: <1@x>\r\n\r\nhello\r\n");
  const auto& outer = read.inspection.outer;
  CHECK(outer.reply_to.front().address == "c@d.example");
  CHECK(outer.return_path == "bounce@b.example");
  CHECK(outer.auto_submitted == "auto-replied");
  CHECK(outer.precedence == "bulk");
  CHECK(outer.list_id == "news.b.example");
  CHECK(outer.list);
  CHECK(outer.automatic);
  CHECK(read.inspection.thread == std::vector<std::string>{"2@x", "1@x"});
  const Read own = read_mail("From: a@b.example\r\nList-Id: <CVD.zonnedam.example>\r\n\r\nhello\r\n");
  CHECK_FALSE(own.inspection.outer.list);
}

TEST_CASE("Certificates are offered from attachments, text and Autocrypt") {
  const World& world = World::get();
  const std::string certificate = world.certificate(world.reporter);
  const std::string armour = openpgp::write_armour("PUBLIC KEY BLOCK", certificate);
  const auto offered = [](const Read& read) {
    std::vector<KeyOrigin> origins;
    for (const auto& one : read.inspection.certificates) {
      CHECK(one.fingerprint == World::get().reporter);
      CHECK(one.addresses == std::vector<std::string>{"rosa@reporter.example"});
      origins.push_back(one.origin);
    }
    return origins;
  };
  const auto attached = std::vector{KeyOrigin::attached};
  const Read part = read_mail(
      header() + multipart("multipart/mixed",
                           {plain_part("hi\n"),
                            "Content-Type: application/pgp-keys; name=\"key.asc\"\r\n\r\n" + crlf(armour)}));
  CHECK(offered(part) == attached);
  CHECK(part.inspection.attachments.size() == 1);
  const Read text = read_mail(header() + plain_part("hi\n" + armour + "bye\n"));
  CHECK(offered(text) == attached);
  CHECK(shows(text, "bye"));
  CHECK_FALSE(shows(text, "BEGIN PGP"));
  const std::string autocrypt =
      "Autocrypt: addr=rosa@reporter.example; prefer-encrypt=mutual; keydata=" + base64_encode(certificate) +
      "\r\n";
  const std::string body = plain_part("hi\n");
  CHECK(offered(read_mail(autocrypt + header() + body)) == std::vector{KeyOrigin::autocrypt});
  CHECK(offered(read_mail(autocrypt + autocrypt + header() + body)).empty());
  CHECK(offered(read_mail(autocrypt + header("x", "Mallory <mallory@elsewhere.example>") + body)).empty());
  CHECK(offered(read_mail("Autocrypt: addr=rosa@reporter.example; critical=1; keydata=" +
                          base64_encode(certificate) + "\r\n" + header() + body))
            .empty());
}

TEST_CASE("S/MIME is recognised and named") {
  const Read enveloped = read_mail(
      header() + "Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=\"smime.p7m\"\r\n"
                 "Content-Transfer-Encoding: base64\r\n\r\nMIAGCSqGSIb3DQEHA6CA\r\n");
  CHECK(enveloped.inspection.smime);
  CHECK(enveloped.inspection.any_encrypted);
  CHECK(enveloped.inspection.protection.encrypted);
  CHECK(enveloped.inspection.protection.cause.value_or("").find("S/MIME") != std::string::npos);
  CHECK(enveloped.inspection.facts.kind == Kind::undecryptable);
  CHECK(enveloped.inspection.attachments.size() == 1);
  const Read clear =
      read_mail(header() + multipart("multipart/signed; protocol=\"application/pkcs7-signature\"",
                                     {plain_part("signed words\n"),
                                      "Content-Type: application/pkcs7-signature\r\n\r\nMIAG\r\n"}));
  CHECK(clear.inspection.smime);
  CHECK_FALSE(clear.inspection.any_encrypted);
  CHECK(shows(clear, "signed words"));
}

TEST_CASE("Very much text and very many parts are cut, not refused") {
  std::vector<std::string> parts;
  for (int i = 0; i < 8; ++i)
    parts.push_back(plain_part(std::string(500000, 'x') + "\n"));
  const Read text = read_mail(header() + multipart("multipart/mixed", parts));
  CHECK(text.inspection.text.size() <= (2u << 20) + 100);
  CHECK(times(text.inspection.text, "x") > 1000000);
  parts.clear();
  for (int i = 0; i < 600; ++i)
    parts.emplace_back("Content-Type: image/png; name=\"a.png\"\r\n\r\nx");
  const Read files = read_mail(header() + multipart("multipart/mixed", parts));
  CHECK(files.inspection.attachments.size() == 500);
  CHECK_FALSE(files.inspection.defects.empty());
}
