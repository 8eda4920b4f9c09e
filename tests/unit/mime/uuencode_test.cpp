#include "mime/uuencode.hpp"

#include <catch2/catch.hpp>

#include <chrono>

using namespace cvdesk::mime;

namespace {
const std::string file = "begin 644 poc.txt\n+:&5L;&\\@=V]R;&0*\n`\nend\n";
} // namespace

TEST_CASE("a uuencoded file is found where it stands in a text") {
  const std::string text = "See below.\n\n" + file + "Regards\nbegin with the first step\n" + file;
  const auto found = find_uuencoded(text);
  REQUIRE(found.size() == 2);
  CHECK(found[0].filename == "poc.txt");
  CHECK(found[0].span.in(text) == file);
  CHECK(found[1].span.offset == text.size() - file.size());
  CHECK(decode_uuencode(file, 100) == "hello world");
  CHECK(decode_uuencode(file, 5) == "hello");
}

TEST_CASE("line ends, lost blanks and other signs of age do not matter") {
  CHECK(find_uuencoded("begin 0644 ../../etc/a b.txt\r\n#86)C\r\n \r\nend").at(0).filename == "a b.txt");
  const std::string blanks = "begin 600 x\n$``$\n\nend\n"; // two characters and a line end were lost
  REQUIRE(find_uuencoded(blanks).size() == 1);
  CHECK(decode_uuencode(blanks, 100) == std::string("\0\1\0\0", 4));
}

TEST_CASE("what only looks like a uuencoded file stays text") {
  CHECK(find_uuencoded("begin 644 x\nThis is a sentence, no data.\nend\n").empty());
  CHECK(find_uuencoded("begin 644 x\n#86)C\n").empty());
  CHECK(find_uuencoded("begin 999 x\n`\nend\n").empty());
  CHECK(find_uuencoded("begin 644 \n`\nend\n").empty());
  CHECK(find_uuencoded(" begin 644 x\n`\nend\n").empty());
  CHECK(find_uuencoded("").empty());
}

TEST_CASE("a megabyte of beginnings takes no time to speak of") {
  std::string text;
  while (text.size() < 1u << 20) {
    text += "begin 644 x\n#86)C\n\n";
  }
  const auto began = std::chrono::steady_clock::now();
  CHECK(find_uuencoded(text).empty());
  CHECK(std::chrono::steady_clock::now() - began < std::chrono::seconds(2));
}
