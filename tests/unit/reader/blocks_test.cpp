#include "reader/blocks.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <string>

using namespace cvdesk::reader;

namespace {
const std::string armour_line = std::string(64, 'A') + "\n";
const std::string message =
    "-----BEGIN PGP MESSAGE-----\n\n" + armour_line + "=abcd\n-----END PGP MESSAGE-----\n";
const std::string signed_text =
    "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\nhello\n- -----BEGIN PGP MESSAGE-----\n"
    "-----BEGIN PGP SIGNATURE-----\n\n" +
    armour_line + "-----END PGP SIGNATURE-----\n";
} // namespace

TEST_CASE("Blocks are found with their exact borders, quoted or not") {
  const std::string text = "before\n" + message + "between\n" + signed_text + "> " +
                           "-----BEGIN PGP MESSAGE-----\n> " + armour_line +
                           "> -----END PGP MESSAGE-----\nafter\n";
  const auto blocks = find_blocks(text);
  REQUIRE(blocks.size() == 3);
  CHECK(blocks[0].in(text) == message);
  CHECK(blocks[1].in(text) == signed_text);
  CHECK(blocks[1].kind == Block::Kind::signed_text);
  CHECK(blocks[2].quoted);
  CHECK(blocks[2].in(text).starts_with("> -----BEGIN"));
  CHECK_FALSE(blocks[0].quoted);
}

TEST_CASE("Words about armour are text, armour that lost its end is not") {
  CHECK(find_blocks("-----BEGIN PGP MESSAGE-----\nis how it begins.\n").empty());
  CHECK(find_blocks("a -----BEGIN PGP MESSAGE-----\n" + armour_line).empty());
  const std::string cut = "-----BEGIN PGP MESSAGE-----\n\n" + armour_line + armour_line;
  REQUIRE(find_blocks(cut).size() == 1);
  CHECK(find_blocks(cut).front().size == cut.size());
}

TEST_CASE("Blocks are found in linear time and not without end") {
  std::string many;
  while (many.size() < 4u << 20)
    many += "-----BEGIN PGP MESSAGE-----\n";
  for (int i = 0; i < 100; ++i)
    many += message;
  const auto begin = std::chrono::steady_clock::now();
  CHECK(find_blocks(many).size() == 32);
  CHECK(find_blocks(std::string(4u << 20, '>')).empty());
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(2));
}
