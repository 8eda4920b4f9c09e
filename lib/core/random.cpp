#include "core/random.hpp"

#include "core/text.hpp"

#include <sodium.h>

namespace cvdesk {

std::string random_bytes(std::size_t count) {
  std::string bytes(count, '\0');
  randombytes_buf(bytes.data(), bytes.size());
  return bytes;
}

std::string random_hex(std::size_t bytes) { return to_hex(random_bytes(bytes)); }

std::uint32_t random_below(std::uint32_t limit) { return randombytes_uniform(limit); }

} // namespace cvdesk
