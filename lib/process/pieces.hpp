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
  std::string take() { return std::move(bytes_); }

private:
  std::string bytes_;
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
  bool at_end() const { return rest_.empty(); }

private:
  void give_up();
  std::string_view rest_;
  bool ok_ = true;
};

} // namespace cvdesk::process
