// How requests and answers travel between the engine and its worker process: length-prefixed pieces.
#pragma once

#include "core/result.hpp"
#include "openpgp/engine.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace cvdesk::openpgp {

enum class Operation : unsigned char { open, sign, sign_and_encrypt, own_certificate, own_key, ready };

class PieceWriter {
public:
  PieceWriter& add(std::string_view piece);
  PieceWriter& add(const std::vector<std::string>& pieces);
  PieceWriter& add_number(std::int64_t number);
  std::string take() { return std::move(bytes_); }

private:
  std::string bytes_;
};

// Both sides are ours: a malformed message is answered with empty pieces and ok() false.
class PieceReader {
public:
  explicit PieceReader(std::string_view bytes) : rest_(bytes) {}
  std::string text();
  std::vector<std::string> texts();
  std::int64_t number();
  bool ok() const { return ok_; }

private:
  std::string_view rest_;
  bool ok_ = true;
};

std::string pack(const Request& request);
Request unpack_request(PieceReader& pieces);

std::string pack(const Error& error);
std::string pack(const Opened& opened);
std::string pack(const OwnKey& key);
Opened unpack_opened(PieceReader& pieces);
OwnKey unpack_own_key(PieceReader& pieces);
Error unpack_error(PieceReader& pieces);

} // namespace cvdesk::openpgp
