// Structured MIME fields: a value and its parameters (RFC 2045, 5.1; RFC 2183; RFC 2231). Inside mime only.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace cvdesk::mime {

struct StructuredField {
  std::string value;                             // before the first semicolon: lower case, no comments
  std::map<std::string, std::string> parameters; // lower-case name → bytes as sent, unquoted
  std::map<std::string, std::string> decoded;    // the same, RFC 2231 and RFC 2047 decoded, clean UTF-8
  bool repeated = false;                         // a parameter stands twice; the first was taken
};

// Understands continuations in any order, values unquoted though they hold blanks, quotes that never close,
// and encoded words where RFC 2231 was due.
StructuredField parse_structured_field(std::string_view body);

} // namespace cvdesk::mime
