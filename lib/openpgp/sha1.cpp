#include "openpgp/sha1.hpp"

#include <array>
#include <bit>
#include <cstdint>

namespace cvdesk::openpgp {

namespace {

using State = std::array<std::uint32_t, 5>;

void add_block(State& state, const char* block) {
  std::array<std::uint32_t, 80> w{};
  for (std::size_t i = 0; i < 16; ++i) {
    for (std::size_t k = 0; k < 4; ++k)
      w[i] = w[i] << 8 | static_cast<unsigned char>(block[4 * i + k]);
  }
  for (std::size_t i = 16; i < 80; ++i)
    w[i] = std::rotl(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);

  auto [a, b, c, d, e] = state;
  for (std::size_t i = 0; i < 80; ++i) {
    std::uint32_t f = b ^ c ^ d;
    std::uint32_t k = i < 40 ? 0x6ed9eba1u : 0xca62c1d6u;
    if (i < 20) {
      f = (b & c) | (~b & d);
      k = 0x5a827999u;
    } else if (i >= 40 && i < 60) {
      f = (b & c) | (b & d) | (c & d);
      k = 0x8f1bbcdcu;
    }
    const std::uint32_t next = std::rotl(a, 5) + f + e + k + w[i];
    e = d;
    d = c;
    c = std::rotl(b, 30);
    b = a;
    a = next;
  }
  const State worked = {a, b, c, d, e};
  for (std::size_t i = 0; i < 5; ++i)
    state[i] += worked[i];
}

} // namespace

std::string sha1(std::string_view bytes) {
  State state = {0x67452301u, 0xefcdab89u, 0x98badcfeu, 0x10325476u, 0xc3d2e1f0u};
  const std::uint64_t bits = std::uint64_t{bytes.size()} * 8;
  std::size_t at = 0;
  for (; at + 64 <= bytes.size(); at += 64)
    add_block(state, bytes.data() + at);

  std::string tail(bytes.substr(at));
  tail.push_back('\x80');
  while (tail.size() % 64 != 56)
    tail.push_back('\0');
  for (int shift = 56; shift >= 0; shift -= 8)
    tail.push_back(static_cast<char>(bits >> shift & 0xffu));
  for (std::size_t i = 0; i < tail.size(); i += 64)
    add_block(state, tail.data() + i);

  std::string digest;
  for (const std::uint32_t word : state) {
    for (int shift = 24; shift >= 0; shift -= 8)
      digest.push_back(static_cast<char>(word >> shift & 0xffu));
  }
  return digest;
}

} // namespace cvdesk::openpgp
