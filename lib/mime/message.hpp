// Bytes of a mail → its tree of parts, with exact spans into those bytes (RFC 5322, 2045, 2046, 2231).
#pragma once

#include "core/result.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cvdesk::mime {

// Beyond any of these: too_big, with the limit's name in `what`. Checked before anything is allocated or
// recursed into.
struct Limits {
  std::size_t message = 64u << 20;
  std::size_t header_block = 512u << 10;
  std::size_t logical_line = 64u << 10; // one header field, unfolded; a longer one is cut, which is a defect
  std::size_t fields = 2000;
  std::size_t depth = 32;
  std::size_t parts = 2000;
  std::size_t boundary = 200;
};

// A range of bytes in the buffer that was given to parse().
struct Span {
  std::size_t offset = 0;
  std::size_t size = 0;
  std::string_view in(std::string_view buffer) const { return buffer.substr(offset, size); }
};

// One header field: its name as written, its body unfolded (RFC 5322, 2.2.3), bytes otherwise as sent.
struct Field {
  std::string name;
  std::string body;
};

class Header {
public:
  std::vector<Field> fields; // in the order of the mail

  // Names are compared without regard to case. first: unset when absent.
  std::optional<std::string_view> first(std::string_view name) const;
  std::vector<std::string_view> all(std::string_view name) const;
  std::size_t count(std::string_view name) const;
};

struct Part {
  int parent = -1;           // index in Message::parts; -1 for the root
  std::vector<int> children; // indices, in order
  std::size_t depth = 0;
  Header header;
  Span whole; // header and body: what a signature over this part covers (RFC 3156, 5)
  Span body;  // as sent, still transfer-encoded
  std::string media_type = "text/plain"; // type/subtype, lower case; the default where absent or malformed
  std::map<std::string, std::string> parameters; // of Content-Type: lower-case name → decoded value, UTF-8
  std::string charset;                           // as declared, lower case; empty when not
  std::string disposition;                       // "inline", "attachment" or empty
  // Decoded, UTF-8, NFC, safe: no path, no control or bidirectional character, at most 200 bytes. Empty:
  // none.
  std::string filename;
  std::string transfer_encoding; // lower case; empty when absent
  bool closed = true;            // a multipart whose closing delimiter was seen

  bool is_multipart() const { return media_type.starts_with("multipart/"); }
};

// parts[0] is the root; a part stands before its children (pre-order). message/rfc822 has one child: the
// message inside (where it is transfer-encoded in base64 or quoted-printable, it is a leaf).
struct Message {
  std::vector<Part> parts;
  std::vector<std::string> defects; // what was not as the standards say, in words; at most 50
  const Header& header() const { return parts.front().header; }
};

// Never throws, never recurses with the input. Fails only with too_big; whatever else is wrong with a mail,
// some tree comes out of it and `defects` says what was wrong.
Result<Message> parse(std::string_view raw, const Limits& limits = {});

// Only the header block, at most limits.header_block of it.
Result<Header> parse_header(std::string_view raw, const Limits& limits = {});

// The body with its transfer encoding undone (base64 and quoted-printable with the damage found in the
// wild, x-uuencode, else as it is), cut at `limit` bytes.
std::string decode_body(std::string_view raw, const Part& part, std::size_t limit);

// A text part as UTF-8, NFC, line ends LF, no control characters but LF and tab: transfer encoding, charset
// (declared, wrong, missing or unknown) and format=flowed undone. HTML stays HTML.
std::string decode_text(std::string_view raw, const Part& part, std::size_t limit);

} // namespace cvdesk::mime
