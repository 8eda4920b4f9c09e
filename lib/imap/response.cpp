#include "imap/response.hpp"

#include "core/text.hpp"
#include "imap/grammar.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace cvdesk::imap {

namespace {

constexpr std::size_t most_literals = 1000;    // in one response
constexpr std::size_t first_piece = 64 * 1024; // a size that is only announced reserves no more

// In a status line a trailing {n} is text: servers quote what they like there.
bool may_hold_literals(std::string_view line) {
  if (line.substr(0, 2) != "* ") return false;
  line.remove_prefix(2);
  const std::string_view word = line.substr(0, line.find(' '));
  for (const std::string_view status : {"OK", "NO", "BAD", "BYE", "PREAUTH"}) {
    if (equal_ignoring_case(word, status)) return false;
  }
  return true;
}

// The size in a trailing {n}; its text, with a "~" before it (literal8), is cut off.
std::optional<std::uint64_t> cut_announcement(std::string& line) {
  if (line.empty() || line.back() != '}') return std::nullopt;
  std::size_t digits = line.size() - 1;
  std::uint64_t size = 0;
  std::uint64_t place = 1;
  while (digits > 0 && line[digits - 1] >= '0' && line[digits - 1] <= '9' && place < 10'000'000'000'000'000) {
    size += static_cast<std::uint64_t>(line[--digits] - '0') * place;
    place *= 10;
  }
  if (place == 1 || digits == 0 || line[digits - 1] != '{') return std::nullopt;
  line.resize(digits - 1);
  if (!line.empty() && line.back() == '~') line.pop_back();
  return size;
}

} // namespace

Parser::Parser(ParserLimits limits) : limits_(limits) {}

void Parser::feed(std::string_view bytes) {
  if (literal_left_ > 0) {
    const std::size_t taken = std::min<std::uint64_t>(literal_left_, bytes.size());
    literals_.back().bytes.append(bytes.substr(0, taken));
    literal_left_ -= taken;
    bytes.remove_prefix(taken);
  }
  buffer_.append(bytes);
}

Result<std::optional<Response>> Parser::next() {
  if (broken_) return tl::unexpected(*broken_);
  while (literal_left_ == 0) {
    const std::size_t end = buffer_.find('\n', scanned_);
    if (end == std::string::npos) {
      scanned_ = buffer_.size();
      compact();
      if (line_.size() + buffer_.size() - consumed_ <= limits_.line) return std::nullopt;
      return broken({ErrorKind::too_big, false, fmt::format("a response of more than {} bytes", limits_.line), {}});
    }
    if (auto taken = take_line(end); !taken) return broken(std::move(taken).error());
    if (const auto size = may_hold_literals(line_) ? cut_announcement(line_) : std::nullopt) {
      if (auto begun = begin_literal(*size); !begun) return broken(std::move(begun).error());
      continue;
    }
    auto response = parse_response(line_, literals_);
    line_.clear();
    literals_.clear();
    literal_total_ = 0;
    if (!response) return broken(std::move(response).error());
    return std::optional<Response>(std::move(*response));
  }
  compact();
  return std::nullopt;
}

// Moves the bytes up to the line feed at `end` to line_.
Result<void> Parser::take_line(std::size_t end) {
  std::string_view piece = std::string_view(buffer_).substr(consumed_, end - consumed_);
  if (!piece.empty() && piece.back() == '\r') piece.remove_suffix(1);
  if (line_.size() + piece.size() > limits_.line) {
    return fail(ErrorKind::too_big, fmt::format("a response of more than {} bytes", limits_.line));
  }
  line_.append(piece);
  consumed_ = scanned_ = end + 1;
  return {};
}

Result<void> Parser::begin_literal(std::uint64_t size) {
  literal_total_ += size;
  if (size > limits_.literal || literal_total_ + line_.size() > limits_.response) {
    return fail(ErrorKind::too_big, fmt::format("a literal of {} bytes", size));
  }
  if (literals_.size() >= most_literals) {
    return fail(ErrorKind::too_big, fmt::format("more than {} literals in one response", most_literals));
  }
  const std::size_t here = std::min<std::uint64_t>(size, buffer_.size() - consumed_);
  Literal literal{line_.size(), {}};
  literal.bytes.reserve(std::min<std::uint64_t>(size, first_piece));
  literal.bytes.append(buffer_, consumed_, here);
  literals_.push_back(std::move(literal));
  line_.push_back('{');
  literal_left_ = size - here;
  consumed_ += here;
  scanned_ = consumed_;
  return {};
}

Result<std::optional<Response>> Parser::broken(Error error) {
  broken_ = error;
  buffer_.clear();
  consumed_ = scanned_ = 0;
  literals_.clear();
  literal_left_ = 0;
  return tl::unexpected(std::move(error));
}

// Only when at least half is of no use any more: each byte is then moved once at most, on average.
void Parser::compact() {
  if (consumed_ < buffer_.size() - consumed_) return;
  buffer_.erase(0, consumed_);
  scanned_ -= consumed_;
  consumed_ = 0;
}

} // namespace cvdesk::imap
