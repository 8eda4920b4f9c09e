// RFC 2047 encoded words. Inside mime only.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace cvdesk::mime {

struct EncodedWord {
  std::string_view charset; // without the language of RFC 2231, 5
  char encoding = 'q';      // 'b' or 'q'
  std::string_view text;
  std::size_t size = 0; // of the whole word, from =? to ?=
};

// The word that begins at `at`, if one does. Its text may hold spaces and question marks, as in the wild.
// Looks no further than the next "=?": linear over all calls on one text.
std::optional<EncodedWord> encoded_word_at(std::string_view text, std::size_t at);

// Its bytes, in its charset.
std::string decode_word(const EncodedWord& word);

} // namespace cvdesk::mime
