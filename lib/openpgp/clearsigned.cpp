#include "openpgp/clearsigned.hpp"

#include "core/text.hpp"
#include "openpgp/armour.hpp"

namespace cvdesk::openpgp {

namespace {

constexpr std::string_view begin_mark = "-----BEGIN PGP SIGNED MESSAGE-----";
constexpr std::string_view signature_mark = "-----BEGIN PGP SIGNATURE-----";
constexpr std::size_t signature_bytes = 1u << 20;

std::string_view take_line(std::string_view& rest) {
  const auto end = rest.find('\n');
  const std::string_view line = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  return line;
}

std::string_view without_trailing_blanks(std::string_view line) {
  const auto last = line.find_last_not_of(" \t\r");
  return last == std::string_view::npos ? std::string_view() : line.substr(0, last + 1);
}

} // namespace

Result<ClearSigned> read_clearsigned(std::string_view text) {
  std::string_view rest = text;
  while (!rest.empty() && trim(rest.substr(0, rest.find('\n'))).empty())
    take_line(rest);
  if (without_trailing_blanks(take_line(rest)) != begin_mark) {
    return fail(ErrorKind::corrupt, "not a text signed in the clear");
  }
  // Other header lines (NotDashEscaped, Comment) are covered by no signature and have been used to smuggle.
  for (;;) {
    if (rest.empty()) return fail(ErrorKind::corrupt, "the signed text has no end");
    const std::string_view line = without_trailing_blanks(take_line(rest));
    if (line.empty()) break;
    if (!line.starts_with("Hash: ")) return fail(ErrorKind::corrupt, "an unknown header in the signed text");
  }
  ClearSigned parts;
  parts.covered.reserve(rest.size());
  bool first = true;
  for (;;) {
    if (rest.empty()) return fail(ErrorKind::corrupt, "the signed text has no signature");
    const std::string_view whole = rest;
    std::string_view line = without_trailing_blanks(take_line(rest));
    if (line == signature_mark) {
      rest = whole;
      break;
    }
    if (line.starts_with("- "))
      line.remove_prefix(2);
    else if (line.starts_with('-'))
      return fail(ErrorKind::corrupt, "a bare dash in the signed text");
    if (!first) parts.covered += "\r\n";
    first = false;
    parts.covered += line;
    parts.text.append(line).push_back('\n');
  }
  TRY_ASSIGN(auto block, read_armour(rest, signature_bytes));
  if (!trim(block.rest).empty()) return fail(ErrorKind::corrupt, "text after the signed text");
  parts.signature = std::move(block.bytes);
  return parts;
}

} // namespace cvdesk::openpgp
