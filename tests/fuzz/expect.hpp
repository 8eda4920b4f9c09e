// What a fuzzer says when a promise was broken: it stops, and libFuzzer keeps the input.
#pragma once

#include "core/text.hpp"

#include <cstdio>
#include <cstdlib>
#include <string_view>

#define EXPECT(condition)                                                                                    \
  do {                                                                                                       \
    if (!(condition)) {                                                                                      \
      std::fputs("broken promise: " #condition "\n", stderr);                                                \
      std::abort();                                                                                          \
    }                                                                                                        \
  } while (false)

// Valid UTF-8 without control characters; LF and tab where there may be several lines.
inline void expect_clean(std::string_view text, cvdesk::Lines lines) {
  EXPECT(cvdesk::is_valid_utf8(text));
  for (const char c : text) {
    const bool layout = lines == cvdesk::Lines::keep && (c == '\n' || c == '\t');
    EXPECT(layout || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F));
  }
}
