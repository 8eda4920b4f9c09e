// What an IMAP server says (RFC 3501, 7), as values. Pure: bytes in, responses out, bounded.
#pragma once

#include "core/result.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cvdesk::imap {

struct FetchItem {
  std::uint32_t sequence = 0;
  std::optional<std::uint32_t> uid;
  std::vector<std::string> flags;
  std::optional<std::uint64_t> size;    // RFC822.SIZE
  std::string internal_date;            // as sent; empty when absent
  std::optional<std::string> body;      // BODY[]; unset when absent or NIL
  std::optional<std::string> header;    // BODY[HEADER]
};

struct Response {
  enum class Kind { untagged, tagged, continuation };
  Kind kind = Kind::untagged;
  std::string tag;    // of a tagged one
  std::string status; // OK NO BAD BYE PREAUTH, upper case; empty for data
  std::string code;   // in brackets after the status: "UIDVALIDITY 42"; empty when absent
  std::string text;   // the rest of a status, at most 1,000 bytes, control characters removed
  std::string name;   // of untagged data, upper case: CAPABILITY FLAGS LIST SEARCH EXISTS FETCH ...
  std::uint32_t number = 0;              // EXISTS, RECENT, EXPUNGE, FETCH
  std::vector<std::uint32_t> numbers;    // SEARCH
  std::vector<std::string> words;        // CAPABILITY
  FetchItem fetch;                       // FETCH
};

// A literal, and where it stands in the line that it was cut out of.
struct Literal {
  std::size_t offset = 0;
  std::string bytes;
};

struct ParserLimits {
  std::size_t line = 1u << 20;      // one response without its literals
  std::size_t literal = 64u << 20;  // one literal
  std::size_t response = 80u << 20; // one response with them
};

// Incremental: feed() what arrived, then next() until it is unset. Every byte is looked at once and a literal
// is collected in the string that the response hands out: the cost is linear, however small the pieces.
class Parser {
public:
  explicit Parser(ParserLimits limits = {});
  void feed(std::string_view bytes);
  // The next whole response; unset when more bytes are needed. protocol: what came is no IMAP; too_big: it is
  // beyond a limit. The connection is of no use after either, and every later call fails likewise.
  Result<std::optional<Response>> next();

private:
  Result<void> take_line(std::size_t end);
  Result<void> begin_literal(std::uint64_t size);
  Result<std::optional<Response>> broken(Error error);
  void compact();

  ParserLimits limits_;
  std::string buffer_;          // what was fed and is no part of line_ or literals_ yet, from consumed_ on
  std::size_t consumed_ = 0;
  std::size_t scanned_ = 0;     // no line ends before it
  std::string line_;            // the response so far, each literal replaced by one '{'
  std::vector<Literal> literals_;
  std::uint64_t literal_left_ = 0;
  std::uint64_t literal_total_ = 0;
  std::optional<Error> broken_;
};

} // namespace cvdesk::imap
