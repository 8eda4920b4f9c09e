#include "core/text.hpp"
#include "openpgp/armour.hpp"
#include "openpgp/certificate.hpp"
#include "openpgp/sha1.hpp"

#include <catch2/catch.hpp>

using namespace cvdesk;
using namespace cvdesk::openpgp;

TEST_CASE("SHA-1 gives the digests of FIPS 180") {
  CHECK(to_hex(sha1("abc")) == "a9993e364706816aba3e25717850c26c9cd0d89d");
  CHECK(to_hex(sha1("")) == "da39a3ee5e6b4b0d3255bfef95601890afd80709");
  CHECK(to_hex(sha1(std::string(1000000, 'a'))) == "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
}

TEST_CASE("Armour that was put on comes off again") {
  for (const std::size_t size : {0u, 1u, 2u, 3u, 47u, 48u, 49u, 1000u}) {
    std::string bytes;
    for (std::size_t i = 0; i < size; ++i)
      bytes.push_back(static_cast<char>(i * 37 + 200));
    const std::string armour = write_armour("MESSAGE", bytes);
    const std::string text = "some words before\n" + armour + "and after"; // block.rest points into it
    const auto block = read_armour(text, 2000);
    REQUIRE(block);
    CHECK(block->bytes == bytes);
    CHECK(block->label == "MESSAGE");
    CHECK(block->rest == "and after");
  }
}

TEST_CASE("Armour is read with CRLF, in quotes, with header lines and without its blank line") {
  const std::string armour =
      write_armour("MESSAGE", "\xa3hello, this is a longer piece of data than one line of armour can take");
  const auto expected = read_armour(armour, 1000)->bytes;
  std::string crlf, quoted;
  for (const auto line : split(armour, '\n')) {
    crlf += std::string(line) + "\r\n";
    quoted += "> " + std::string(line) + "\n";
  }
  CHECK(read_armour(crlf, 1000)->bytes == expected);
  CHECK(read_armour(quoted, 1000)->bytes == expected);
  std::string commented = armour;
  commented.insert(commented.find("\n\n") + 1, "Version: GnuPG v2\nComment: x\n");
  CHECK(read_armour(commented, 1000)->bytes == expected);
  commented.erase(commented.find("\n\n"), 1);
  CHECK(read_armour(commented, 1000)->bytes == expected);
}

TEST_CASE("Damaged armour is an error") {
  const std::string armour = write_armour("MESSAGE", std::string(100, 'x'));
  CHECK(read_armour(armour, 99).error().kind == ErrorKind::too_big);
  CHECK(read_armour(armour.substr(0, armour.find("-----END")), 1000).error().kind == ErrorKind::corrupt);
  std::string changed = armour;
  changed[changed.find("\n\n") + 5] = '*';
  CHECK(read_armour(changed, 1000).error().kind == ErrorKind::corrupt);
  CHECK(read_armour("no armour", 1000).error().kind == ErrorKind::corrupt);
}

TEST_CASE("A wrong checksum is no reason to refuse armour") {
  std::string armour = write_armour("MESSAGE", std::string(100, 'x'));
  const auto checksum = armour.find("\n=") + 2;
  armour[checksum] = armour[checksum] == 'A' ? 'B' : 'A';
  const auto block = read_armour(armour, 1000);
  REQUIRE(block);
  CHECK(block->bytes == std::string(100, 'x'));
}

TEST_CASE("Armour says which character set the text inside has") {
  CHECK(charset_of_armour("-----BEGIN PGP MESSAGE-----\nVersion: 1\ncharset: ISO-8859-15\n\nAAAA\n") ==
        "iso-8859-15");
  CHECK(charset_of_armour("-----BEGIN PGP MESSAGE-----\n\nAAAA\n").empty());
}

TEST_CASE("Data without armour comes back as it is") {
  CHECK(dearmour("\xa3 binary -----BEGIN PGP MESSAGE-----", 100).value() ==
        "\xa3 binary -----BEGIN PGP MESSAGE-----");
  CHECK(dearmour("plain", 100).value() == "plain");
  CHECK(dearmour("plain", 3).error().kind == ErrorKind::too_big);
}
