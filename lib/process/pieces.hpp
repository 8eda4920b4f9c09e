// What requests and answers between our processes are made of: numbers and length-prefixed pieces.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cvdesk::process {

class PieceWriter {
public:
  PieceWriter& add(std::string_view piece);
  PieceWriter& add(const std::vector<std::string>& pieces);
  PieceWriter& add_number(std::int64_t number);
  // One piece, made of all that is added until the piece is ended. Not to be nested.
  PieceWriter& begin_piece();
  PieceWriter& end_piece();
  void reserve(std::size_t bytes) { bytes_.reserve(bytes_.size() + bytes); }
  std::string take() { return std::move(bytes_); }

private:
  std::string bytes_;
  std::size_t piece_ = 0; // where the size of the piece begun stands
};

// Reads what anybody may have written: a malformed message is answered with empty pieces and ok() false, and
// nothing larger than the message itself is ever made of it.
class PieceReader {
public:
  explicit PieceReader(std::string_view bytes) : rest_(bytes) {}
  std::string_view view(); // into the bytes that the reader was given
  std::string text() { return std::string(view()); }
  std::vector<std::string> texts();
  std::int64_t number();
  bool ok() const { return ok_; }
  void spoil(); // the caller found that what it read makes no sense
  bool at_end() const { return rest_.empty(); }

private:
  std::string_view rest_;
  bool ok_ = true;
};

} // namespace cvdesk::process
