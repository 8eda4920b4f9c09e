// A confined reader reads like one that may do anything: nothing that it needs is still to be loaded. Each reader
// reads first; only then the same mail is read here, for comparison.
#include "reader/reader.hpp"

#include <catch2/catch.hpp>
#include <fmt/core.h>

#include <string>
#include <sys/resource.h>
#include <unicode/ucnv.h>
#include <vector>

using namespace cvdesk;

namespace {

reader::Reader& confined() {
  static const std::unique_ptr<reader::Reader> made = [] {
    auto created = reader::Reader::create({}, {});
    return created ? std::move(*created) : nullptr;
  }();
  REQUIRE(made);
  return *made;
}

void check_same(const std::string& mail) {
  const auto there = confined().inspect(mail, {});
  reader::Task task;
  task.raw = mail;
  static const report::Vantage nowhere;
  task.vantage = &nowhere;
  const auto here = reader::inspect(task);
  REQUIRE(here);
  INFO((there ? std::string() : there.error().what));
  REQUIRE(there);
  CHECK(to_json(there->inspection) == to_json(here->inspection));
}

std::string letter(std::string_view type, std::string_view body) {
  return fmt::format("From: Sam <sam@reporter.example>\r\nTo: cvd@desk.example\r\nSubject: A report\r\n"
                     "Date: Sun, 22 Nov 2026 10:00:00 +0100\r\nMIME-Version: 1.0\r\nContent-Type: {}\r\n"
                     "Content-Transfer-Encoding: 8bit\r\n\r\n{}",
                     type, body);
}

const std::string all_bytes = [] {
  std::string bytes;
  for (int byte = 32; byte < 256; ++byte)
    bytes.push_back(static_cast<char>(byte));
  return bytes + "\x1b$B8!:w\x1b(B and plain text\r\n";
}();

} // namespace

#ifndef CVDESK_SANITIZED
// First of all, so that the reader is forked from a small process. The kernel counts exactly: readers are waited for
// by their keeper, and the keeper by us.
TEST_CASE("A reader stays below 256 MiB with the largest mails") {
  auto reader = reader::Reader::create({}, {});
  REQUIRE(reader);
  constexpr std::size_t large = 62u << 20;
  const auto repeated = [](std::string_view line) {
    std::string body;
    body.reserve(large + line.size());
    while (body.size() < large)
      body += line;
    return body;
  };
  const std::string zeros = std::string(76, 'A') + "\r\n";
  const std::vector<std::string> mails = {
      letter("text/plain; charset=utf-16", repeated(std::string_view("a\0", 2))),
      letter("text/html", repeated("<p title='x'>y</p>\r\n")),
      "From: a@b.example\r\nContent-Type: application/zip\r\nContent-Transfer-Encoding: base64\r\n\r\n" + repeated(zeros),
      letter("multipart/encrypted; protocol=\"application/pgp-encrypted\"; boundary=b",
             "--b\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n\r\n--b\r\n\r\n"
             "-----BEGIN PGP MESSAGE-----\r\n\r\n" + repeated(zeros) + "-----END PGP MESSAGE-----\r\n--b--\r\n")};
  reader::Opening opening{"1", {}};
  opening.opened.verdict.decryption = openpgp::Decryption::ok;
  opening.opened.cleartext = "Content-Type: application/zip\r\nContent-Transfer-Encoding: base64\r\n\r\n" + repeated(zeros);
  for (const auto& mail : mails) {
    const auto first = (*reader)->inspect(mail, {});
    REQUIRE(first);
    if (first->pending.empty()) continue;
    opening.path = first->pending.front().path;
    const auto second = (*reader)->inspect(mail, {opening});
    REQUIRE(second);
    CHECK(second->inspection.attachments.size() == 1);
  }
  reader->reset();
  rusage usage{};
  REQUIRE(::getrusage(RUSAGE_CHILDREN, &usage) == 0);
  CHECK(usage.ru_maxrss / 1024 > 128); // it was the readers that were counted
  CHECK(usage.ru_maxrss / 1024 < 256);
}
#endif

TEST_CASE("Every character set is read by a confined reader, and one that nobody knows") {
  std::vector<std::string> names = {"x-unknown", "../../etc/passwd", "/etc/passwd", "utf-7", "", "ascii//TRANSLIT",
                                    "unicode-1-1-utf-7", "iso-8859-8-i", "x-mac-roman", "cp1252", "default"};
  for (int32_t i = 0; i < ucnv_countAvailable(); ++i)
    names.emplace_back(ucnv_getAvailableName(i));
  CHECK(names.size() > 200);
  for (const auto& name : names) {
    INFO(name);
    check_same(letter("text/plain; charset=\"" + name + "\"", all_bytes));
  }
  check_same("From: =?shift_jis?B?grGC8YLJgr+CzQ==?= <a@b.example>\r\nSubject: =?iso-2022-kr?Q?=1B$)C=0E?= "
             "=?gb18030?B?xOO6w6OhsKG51w==?= =?koi8-r?B?8NLJ18XUIQ==?=\r\n\r\ntext\r\n");
}

TEST_CASE("Every language is read by a confined reader") {
  const std::vector<std::string> texts = {
      "Beste mensen, ik heb een lek gevonden in www.zonnedam.example en wil het graag melden. Bel mij: 06-12345678.",
      "Sehr geehrte Damen und Herren, ich habe eine Schwachstelle gefunden. Bitte rufen Sie an: 030 23125000.",
      "Bonjour, j'ai trouvé une faille de sécurité sur votre site. Je publierai le 14 janvier 2027. Tél. 01 42 68 53 00",
      "Hola, he encontrado una vulnerabilidad en su sitio y quiero informarles de ella: +34 912 345 678.",
      "Buongiorno, ho trovato una vulnerabilità nel vostro sito e vorrei segnalarla. +39 06 6982 1234",
      "Olá, encontrei uma vulnerabilidade no vosso sítio e gostaria de a comunicar. +351 21 123 4567",
      "Dzień dobry, znalazłem lukę w zabezpieczeniach waszej strony. +48 22 123 45 67",
      "Здравствуйте, я нашёл уязвимость на вашем сайте и хочу сообщить о ней. +7 495 123-45-67",
      "Доброго дня, я знайшов вразливість на вашому сайті. +380 44 123 4567",
      "您好,我在贵公司的网站上发现了一个安全漏洞,希望向您报告。+86 10 1234 5678",
      "こんにちは。御社のウェブサイトに脆弱性を発見しましたので報告します。+81 3-1234-5678",
      "안녕하세요, 귀사의 웹사이트에서 보안 취약점을 발견했습니다. +82 2-1234-5678",
      "مرحبا، لقد وجدت ثغرة أمنية في موقعكم وأود الإبلاغ عنها. +966 11 123 4567",
      "שלום, מצאתי פרצת אבטחה באתר שלכם ואני רוצה לדווח עליה. +972 2-123-4567",
      "नमस्ते, मुझे आपकी वेबसाइट में एक सुरक्षा भेद्यता मिली है। +91 11 2345 6789",
      "Γειά σας, βρήκα μια ευπάθεια στον ιστότοπό σας. +30 21 0123 4567",
      "สวัสดี ฉันพบช่องโหว่ด้านความปลอดภัยในเว็บไซต์ของคุณ +66 2 123 4567",
      "Xin chào, tôi đã tìm thấy một lỗ hổng bảo mật trên trang web của bạn. +84 24 1234 5678",
      "Hej, jag har hittat en sårbarhet på er webbplats. +46 8 123 456 78",
      "Hei, löysin haavoittuvuuden sivustoltanne. +358 9 1234 567",
      "Merhaba, web sitenizde bir güvenlik açığı buldum. +90 212 123 45 67",
      "Hello, please find CVE-2026-12345 (CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H, CWE-79) at "
      "https://xn--bcher-kva.example/?q=1 and https://bücher.example on 192.0.2.1 and [2001:db8::1]. We publish on "
      "2027-01-14, in 90 days, next Tuesday. +1 212-555-0123 @sam@mastodon.example PGP "
      "0123 4567 89AB CDEF 0123 4567 89AB CDEF 0123 4567"};
  for (const auto& text : texts) {
    INFO(text);
    check_same(letter("text/plain; charset=utf-8", text + "\r\n\r\n1. Open it.\r\n2. Look.\r\n"));
    check_same(letter("text/html; charset=utf-8", "<html><body style='color:red'><p>" + text +
                                                      "<ul><li>&eacute;&#8364;<a href='https://a.example/'>b</a></ul>"
                                                      "<table><tr><td>x</table><span hidden>y</span></body>"));
  }
}

TEST_CASE("Every form of a mail is read by a confined reader") {
  const std::string parts =
      "--b\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\nSGVsbG8gd29ybGQ=\r\n"
      "--b\r\nContent-Type: application/zip; name*=utf-8''%e2%82%ac.zip\r\nContent-Disposition: attachment\r\n\r\nPK\r\n"
      "--b\r\nContent-Type: message/rfc822\r\n\r\nFrom: x@y.example\r\nSubject: inner\r\n\r\ninner\r\n"
      "--b\r\nContent-Type: application/pgp-keys\r\n\r\n-----BEGIN PGP PUBLIC KEY BLOCK-----\r\n\r\nmDM=\r\n"
      "-----END PGP PUBLIC KEY BLOCK-----\r\n--b--\r\n";
  check_same(letter("multipart/mixed; boundary=b", parts));
  check_same(letter("multipart/report; report-type=delivery-status; boundary=b", parts));
  check_same(letter("multipart/encrypted; protocol=\"application/pgp-encrypted\"; boundary=b", parts));
  check_same(letter("multipart/signed; protocol=\"application/pgp-signature\"; boundary=b", parts));
  check_same(letter("application/pkcs7-mime", "MIIB"));
  check_same(letter("text/plain; format=flowed; delsp=yes", "a \r\nb\r\n> c \r\n> d\r\n"));
  check_same(letter("text/plain", "begin 644 a.txt\r\n#86)C\r\n`\r\nend\r\n"));
  check_same(letter("text/plain", "-----BEGIN PGP MESSAGE-----\r\n\r\nhQ==\r\n-----END PGP MESSAGE-----\r\n"));
}

TEST_CASE("An attachment is taken out of its mail by a process of its own, whole, or the error is one of ours") {
  const std::string content(100'000, 'c');
  const std::string mail = letter("multipart/mixed; boundary=B", "--B\r\n\r\ntext\r\n--B\r\nContent-Disposition: attachment; filename=a.txt\r\n\r\n" +
                                                                    content + "\r\n--B--\r\n");
  const auto taken = confined().extract(mail, {}, 1);
  REQUIRE(taken);
  CHECK(*taken == content);
  const auto none = confined().extract(mail, {}, 2);
  REQUIRE_FALSE(none);
  CHECK(none.error().kind == ErrorKind::corrupt);
  check_same(mail); // the same reader goes on
}
