// The wrapping of S/MIME (CMS, RFC 5652), taken off where it is nothing but wrapping. Nothing is verified or
// decrypted. Pure; linear; no recursion.
#pragma once

#include <string>
#include <string_view>

namespace cvdesk::reader {

struct Cms {
  enum class Kind { none, signed_data, enveloped, compressed, other };
  Kind kind = Kind::none;
  std::string content; // of signed data: what was signed, where it is inside and complete; else empty
};

// `data`: DER, or BER with indefinite lengths as clients that stream write it. none: no CMS at all.
Cms read_cms(std::string_view data);

} // namespace cvdesk::reader
