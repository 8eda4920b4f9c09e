#include "net/public_host.hpp"

#include "core/text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <string>

#include <netinet/in.h>

namespace cvdesk::net {

namespace {

struct Block {
  std::uint32_t network;
  unsigned bits;
};

constexpr std::uint32_t four(unsigned a, unsigned b, unsigned c, unsigned d) { return a << 24 | b << 16 | c << 8 | d; }

constexpr std::array<Block, 15> not_public = {{
    {four(0, 0, 0, 0), 8},       {four(10, 0, 0, 0), 8},      {four(100, 64, 0, 0), 10}, {four(127, 0, 0, 0), 8},
    {four(169, 254, 0, 0), 16},  {four(172, 16, 0, 0), 12},   {four(192, 0, 0, 0), 24},  {four(192, 0, 2, 0), 24},
    {four(192, 88, 99, 0), 24},  {four(192, 168, 0, 0), 16},  {four(198, 18, 0, 0), 15}, {four(198, 51, 100, 0), 24},
    {four(203, 0, 113, 0), 24},  {four(224, 0, 0, 0), 4},     {four(240, 0, 0, 0), 4},
}};

bool is_public_four(std::uint32_t address) {
  return std::none_of(not_public.begin(), not_public.end(), [&](const Block& block) {
    return (address ^ block.network) >> (32 - block.bits) == 0;
  });
}

std::uint32_t number32(const std::uint8_t* at) { return four(at[0], at[1], at[2], at[3]); }

bool is_public_six(const in6_addr& address) {
  const std::uint8_t* bytes = address.s6_addr;
  constexpr std::array<std::uint8_t, 12> nat64 = {0x00, 0x64, 0xff, 0x9b};
  if (std::memcmp(bytes, nat64.data(), nat64.size()) == 0) return is_public_four(number32(bytes + 12));
  if (bytes[0] >> 5 != 1) return false; // outside 2000::/3 nothing is global
  const std::uint32_t head = number32(bytes);
  if (head >> 16 == 0x2002) return is_public_four(number32(bytes + 2)); // 6to4
  const bool special = head >> 9 == 0x20010000u >> 9; // 2001::/23: Teredo, benchmarks, ORCHID and others
  const bool documentation = head == 0x20010db8 || head >> 12 == 0x3fff0000u >> 12;
  return !special && !documentation;
}

bool is_label(std::string_view label) {
  const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
  return !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
         std::all_of(label.begin(), label.end(), fits);
}

} // namespace

bool is_public_name(std::string_view host) {
  constexpr std::array<std::string_view, 7> local = {"localhost", "local", "localdomain", "internal", "lan", "onion", "arpa"};
  const std::string name = ascii_lower(host);
  const auto labels = split(name, '.');
  if (name.size() > 253 || labels.size() < 2 || !std::all_of(labels.begin(), labels.end(), is_label)) return false;
  const std::string_view last = labels.back();
  return last.front() >= 'a' && std::find(local.begin(), local.end(), last) == local.end();
}

bool is_public_address(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    sockaddr_in in{};
    std::memcpy(&in, &address, sizeof in);
    return is_public_four(ntohl(in.sin_addr.s_addr));
  }
  if (address.sa_family != AF_INET6) return false;
  sockaddr_in6 in{};
  std::memcpy(&in, &address, sizeof in);
  return is_public_six(in.sin6_addr);
}

} // namespace cvdesk::net
