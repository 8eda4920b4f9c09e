// What of a large mail is shown and read, and that the rest is not passed over in silence.
#include "reader/exchange.hpp"
#include "reader/inspect.hpp"

#include <catch2/catch.hpp>

using namespace cvdesk;

namespace {

constexpr std::string_view notice = "The text goes on and is not shown";

reader::Inspection inspection_of(const std::string& raw) {
  reader::Task task;
  task.raw = raw;
  const auto reading = reader::inspect(task);
  REQUIRE(reading);
  return reading->inspection;
}

std::string lines(std::size_t bytes) {
  std::string text;
  while (text.size() < bytes)
    text += "See https://www.zonnedam.example/a?b=c for it.\r\n";
  return text;
}

} // namespace

TEST_CASE("Text is shown up to 2 MiB, and says that it goes on") {
  for (const std::string type : {"text/plain", "text/html"}) {
    INFO(type);
    const std::string header = "From: a@b.example\r\nContent-Type: " + type + "\r\n\r\n";
    const auto large = inspection_of(header + lines(5u << 20));
    CHECK(large.text.size() < (2u << 20) + 200);
    CHECK(large.text.find(notice) != std::string::npos);
    CHECK(reader::inspection_from_json(to_json(large)));
    CHECK(inspection_of(header + lines(100u << 10)).text.find(notice) == std::string::npos);
  }
  std::string many = "From: a@b.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n";
  for (int i = 0; i < 5; ++i)
    many += "--b\r\n\r\n" + lines(1u << 20) + "\r\n";
  const auto cut = inspection_of(many + "--b--\r\n");
  CHECK(cut.text.size() < (2u << 20) + 1000);
  CHECK(cut.text.find(notice) != std::string::npos);
}

TEST_CASE("A reader's answer is taken apart with distrust") {
  reader::Reading reading;
  reading.pending.push_back({"1", {openpgp::Request::Kind::decrypt, "data", "", {}}});
  const std::string honest = reader::pack_answer(reading);
  const auto read = reader::unpack_answer(honest);
  REQUIRE(read);
  CHECK(read->pending.at(0).request.data == "data");
  for (std::size_t size = 0; size < honest.size(); ++size)
    CHECK_FALSE(reader::unpack_answer(honest.substr(0, size)));
  CHECK_FALSE(reader::unpack_answer(honest + "x"));

  reading.pending.at(0).request.kind = static_cast<openpgp::Request::Kind>(7);
  CHECK_FALSE(reader::unpack_answer(reader::pack_answer(reading)));
  reading.pending.assign(reader::pending_limit + 1, {"1", {}});
  CHECK_FALSE(reader::unpack_answer(reader::pack_answer(reading)));

  // What it says went wrong is no way out for what the mail said, and no reason to try for ever.
  const auto failed = reader::unpack_answer(
      reader::pack_answer(fail_temporarily(ErrorKind::network, "secret\x1b[2J" + std::string(5000, 'x'))));
  REQUIRE_FALSE(failed);
  CHECK(failed.error().kind == ErrorKind::corrupt);
  CHECK_FALSE(failed.error().temporary);
  CHECK(failed.error().what.find("secret") == std::string::npos);
  const auto big = reader::unpack_answer(reader::pack_answer(fail(ErrorKind::too_big, std::string(5000, 'x'))));
  REQUIRE_FALSE(big);
  CHECK(big.error().kind == ErrorKind::too_big);
  CHECK(big.error().what.size() <= 200);
}
