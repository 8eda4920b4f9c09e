#include "mime/message.hpp"

#include <catch2/catch.hpp>

using namespace cvdesk::mime;

namespace {
Part part_of(const std::string& fields) {
  auto message = parse(fields + "\r\n\r\nbody");
  REQUIRE(message);
  return message->parts.front();
}
std::string filename_of(const std::string& disposition) {
  return part_of("Content-Disposition: attachment; " + disposition).filename;
}
} // namespace

TEST_CASE("a media type with its parameters is understood") {
  auto part = part_of("Content-Type: Text/HTML; Charset=\"UTF-8\"; Format = flowed");
  CHECK(part.media_type == "text/html");
  CHECK(part.charset == "utf-8");
  CHECK(part.parameters.at("format") == "flowed");
  part = part_of("Content-Type: text/plain; charset=us-ascii (Plain text)");
  CHECK(part.charset == "us-ascii");
  part = part_of("Content-Type: (a comment) text/plain (another); charset=\"x;y\"");
  CHECK(part.media_type == "text/plain");
  CHECK(part.charset == "x;y");
}

TEST_CASE("a media type that is malformed or missing is text/plain") {
  for (const auto* type : {"text", "", "/", "text/", "/plain", "a/b/c", "text plain", "text/ht ml", ";"}) {
    CHECK(part_of(std::string("Content-Type: ") + type).media_type == "text/plain");
  }
  CHECK(part_of("Subject: x").media_type == "text/plain");
}

TEST_CASE("file names in RFC 2231: encoded, continued, in any order") {
  CHECK(filename_of("filename*=utf-8''caf%C3%A9.txt") == "café.txt");
  CHECK(filename_of("filename*=iso-8859-1'fr'caf%E9.txt") == "café.txt");
  CHECK(filename_of("filename*0=\"long\"; filename*1=\"name.txt\"") == "longname.txt");
  CHECK(filename_of("filename*1*=%A9.txt; filename*0*=utf-8''caf%C3") == "café.txt");
  CHECK(filename_of("filename*0*=utf-8''%E2%82%AC; filename*1=\"%41.txt\"") == "€%41.txt");
  CHECK(filename_of("filename=\"fallback.txt\"; filename*=utf-8''real.txt") == "real.txt");
}

TEST_CASE("file names as broken senders write them") {
  CHECK(filename_of("filename=\"=?utf-8?Q?caf=C3=A9.txt?=\"") == "café.txt");
  CHECK(filename_of("filename==?utf-8?B?Y2Fmw6kudHh0?=") == "café.txt");
  CHECK(filename_of("filename=my report (1).pdf") == "my report (1).pdf");
  CHECK(filename_of("filename=\"a;b.txt\"") == "a;b.txt");
  CHECK(filename_of("filename=\"open.txt") == "open.txt");
  CHECK(filename_of("filename=\"caf\xE9.txt\"") == "café.txt");
  CHECK(filename_of("filename=\"say \\\"hi\\\".txt\"") == "say \"hi\".txt");
  CHECK(part_of("Content-Type: image/png; name=\"x.png\"").filename == "x.png");
  CHECK(part_of("Content-Type: image/png; name=x.png\r\nContent-Disposition: inline; filename=y.png")
            .filename == "y.png");
}

TEST_CASE("a file name is never a path and hides nothing") {
  CHECK(filename_of("filename=\"../../etc/passwd\"") == "passwd");
  CHECK(filename_of("filename=\"C:\\\\dir\\\\evil.exe\"") == "evil.exe");
  CHECK(filename_of("filename=\"C:\\dir\\evil.exe\"") == "evil.exe");
  CHECK(filename_of("filename=\"..\"") == "");
  CHECK(filename_of("filename=\"/\"") == "");
  CHECK(filename_of("filename*=utf-8''..%2F..%2Fx") == "x");
  CHECK(filename_of("filename*=utf-8''gpj%E2%80%AEexe.jpg") == "gpjexe.jpg");
  CHECK(filename_of("filename*=utf-8''a%00b%0D%0A%1B[2J.txt") == "ab [2J.txt");
  CHECK(filename_of("filename*=utf-8''%2E%E2%80%8B%2E") == "");
  const auto name = filename_of("filename=\"" + std::string(500, 'a') + ".pdf.exe\"");
  CHECK(name.size() <= 200);
  CHECK(name.ends_with(".exe"));
}

TEST_CASE("a disposition that is not known is an attachment") {
  CHECK(part_of("Content-Disposition: INLINE").disposition == "inline");
  CHECK(part_of("Content-Disposition: attachment; filename=x").disposition == "attachment");
  CHECK(part_of("Content-Disposition: something").disposition == "attachment");
  CHECK(part_of("Subject: x").disposition.empty());
}

TEST_CASE("a transfer encoding is trimmed and in lower case") {
  CHECK(part_of("Content-Transfer-Encoding:  BASE64 ").transfer_encoding == "base64");
  CHECK(part_of("Content-Transfer-Encoding: quoted-printable (qp); x").transfer_encoding ==
        "quoted-printable");
  CHECK(part_of("Content-Transfer-Encoding: \"base64\"").transfer_encoding == "base64");
}

TEST_CASE("of a parameter that stands twice the first counts, and it is said") {
  auto message = parse("Content-Type: text/plain; charset=a; charset=b\r\n\r\n");
  REQUIRE(message);
  CHECK(message->parts[0].charset == "a");
  CHECK(message->defects == std::vector<std::string>{"a parameter stands twice"});
}

TEST_CASE("a forgotten semicolon costs nothing") {
  const auto part = part_of(
      "Content-Type: application/pdf name=\"a b.pdf\"\r\nContent-Disposition: attachment filename=c.pdf");
  CHECK(part.media_type == "application/pdf");
  CHECK(part.parameters.at("name") == "a b.pdf");
  CHECK(part.filename == "c.pdf");
}
