#include "openpgp/packets.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <random>

using namespace cvdesk::openpgp;
using Shape = Survey::Shape;

namespace {

std::string packet(int tag, std::string_view body) {
  std::string made(1, static_cast<char>(0xc0 | tag));
  made.push_back('\xff');
  for (int shift = 24; shift >= 0; shift -= 8)
    made.push_back(static_cast<char>(body.size() >> shift & 0xff));
  return made.append(body);
}

std::string session_key(std::string_view id) {
  return packet(1, std::string("\3").append(id).append("\x12rest"));
}
const std::string for_a = session_key("AAAAAAAA");
const std::string for_nobody = session_key(std::string(8, '\0'));
const std::string container = packet(18, "\1encrypted");

} // namespace

TEST_CASE("Packets of every length form are walked over") {
  std::string data = packet(13, "x");
  data += std::string("\xcd\x02yy", 4);  // new, one octet
  data += std::string("\xb4\x03zzz", 5); // old, one octet
  data += std::string("\xd2\xe1", 2) + "ab" + std::string("\xe0", 1) + "c" + std::string("\x01", 1) +
          "d";                                                         // partial
  data += "\xcd" + std::string("\xc0\x08", 2) + std::string(200, 'l'); // two octets
  PacketReader reader(data);
  std::vector<std::string> bodies;
  std::size_t total = 0;
  while (const auto found = reader.next()) {
    bodies.emplace_back(found->body);
    total += found->whole.size();
    CHECK(found->complete);
  }
  CHECK_FALSE(reader.broken());
  CHECK(total == data.size());
  CHECK(bodies == std::vector<std::string>{"x", "yy", "zzz", "ab", std::string(200, 'l')});
}

TEST_CASE("A packet that the data cuts off is incomplete, and no packet at all is broken") {
  PacketReader cut(std::string_view("\xcd\x05yy", 4));
  const auto found = cut.next();
  REQUIRE(found);
  CHECK_FALSE(found->complete);
  PacketReader text("text");
  CHECK_FALSE(text.next());
  CHECK(text.broken());
}

TEST_CASE("The shape of a message is seen from its outermost packets") {
  CHECK(survey(for_a + container).shape == Shape::encrypted);
  CHECK(survey(for_a + for_a + container).key_ids == std::vector<std::string>{"4141414141414141"});
  CHECK(survey(for_nobody + container).anonymous == 1);
  CHECK(survey(packet(3, "\4pass") + container).passphrases == 1);
  CHECK(survey(packet(10, "PGP") + for_a + container).shape == Shape::encrypted);
  CHECK(survey(for_a + packet(9, "x")).shape == Shape::unprotected);
  CHECK(survey(for_a + packet(18, "\2x")).shape == Shape::unsupported);
  CHECK(survey(packet(1, "\6x") + container).shape == Shape::unsupported);
  CHECK(survey(for_a + container + container).shape == Shape::several);
  CHECK(survey(packet(11, "b") + for_a + container).shape == Shape::several);
  CHECK(survey(for_a + container + "\n").shape == Shape::several);
  CHECK(survey(for_a).shape == Shape::several);
  CHECK(survey(packet(11, "b")).shape == Shape::clear);
  CHECK(survey(packet(4, "\3") + packet(11, "b") + packet(2, "\4")).shape == Shape::clear);
  CHECK(survey(packet(2, "\4")).shape == Shape::signatures);
  CHECK(survey(packet(6, "\4")).shape == Shape::key);
  CHECK(survey("text").shape == Shape::nothing);
  CHECK(survey("").shape == Shape::nothing);
}

TEST_CASE("Floods are too complex, and just below them is not") {
  std::string many;
  for (int i = 0; i < 64; ++i)
    many += for_a;
  CHECK(survey(many + container).shape == Shape::encrypted);
  CHECK(survey(many + for_a + container).shape == Shape::too_complex);
  std::string hidden;
  for (int i = 0; i < 8; ++i)
    hidden += for_nobody;
  CHECK(survey(hidden + container).shape == Shape::encrypted);
  CHECK(survey(hidden + for_nobody + container).shape == Shape::too_complex);
  std::string signatures;
  for (int i = 0; i < 16; ++i)
    signatures += packet(2, "\4");
  CHECK(survey(signatures).shape == Shape::signatures);
  CHECK(survey(signatures + packet(2, "\4")).shape == Shape::too_complex);
}

TEST_CASE("Any bytes are surveyed in linear time") {
  std::mt19937 random(1);
  for (int round = 0; round < 2000; ++round) {
    std::string bytes(random() % 200, '\0');
    for (auto& byte : bytes)
      byte = static_cast<char>(random());
    survey(bytes);
    without_passphrases(bytes);
    readable_signatures(bytes);
  }
  std::string partial = "\xd2";
  partial.append(8u << 20, '\xe0'); // each a length of one byte
  const auto begin = std::chrono::steady_clock::now();
  survey(partial);
  survey(std::string(8u << 20, '\xca'));
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(2));
}
