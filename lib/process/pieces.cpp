#include "process/pieces.hpp"

#include <cstring>

namespace cvdesk::process {

PieceWriter& PieceWriter::add_number(std::int64_t number) {
  char raw[sizeof number];
  std::memcpy(raw, &number, sizeof number);
  bytes_.append(raw, sizeof raw);
  return *this;
}

PieceWriter& PieceWriter::add(std::string_view piece) {
  add_number(static_cast<std::int64_t>(piece.size()));
  bytes_ += piece;
  return *this;
}

PieceWriter& PieceWriter::begin_piece() {
  piece_ = bytes_.size();
  return add_number(0);
}

PieceWriter& PieceWriter::end_piece() {
  const auto size = static_cast<std::int64_t>(bytes_.size() - piece_ - sizeof(std::int64_t));
  std::memcpy(bytes_.data() + piece_, &size, sizeof size);
  return *this;
}

PieceWriter& PieceWriter::add(const std::vector<std::string>& pieces) {
  add_number(static_cast<std::int64_t>(pieces.size()));
  for (const auto& piece : pieces)
    add(piece);
  return *this;
}

void PieceReader::spoil() {
  ok_ = false;
  rest_ = {};
}

std::int64_t PieceReader::number() {
  std::int64_t number = 0;
  if (rest_.size() < sizeof number) {
    spoil();
    return 0;
  }
  std::memcpy(&number, rest_.data(), sizeof number);
  rest_.remove_prefix(sizeof number);
  return number;
}

std::string_view PieceReader::view() {
  const auto size = static_cast<std::uint64_t>(number());
  if (size > rest_.size()) {
    spoil();
    return {};
  }
  const auto piece = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return piece;
}

std::vector<std::string> PieceReader::texts() {
  std::vector<std::string> pieces;
  for (std::int64_t left = number(); left > 0 && ok_; --left) {
    const auto piece = view();
    if (ok_) pieces.emplace_back(piece);
  }
  return pieces;
}

} // namespace cvdesk::process
