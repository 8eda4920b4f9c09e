// Randomness that cannot be guessed, and jitter that need not be.
#pragma once

#include <cstdint>
#include <string>

namespace cvdesk {

std::string random_bytes(std::size_t count);
std::string random_hex(std::size_t bytes); // two digits a byte
std::uint32_t random_below(std::uint32_t limit);

} // namespace cvdesk
