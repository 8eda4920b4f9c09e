// How requests and answers travel between the engine and its worker process.
#pragma once

#include "core/result.hpp"
#include "openpgp/engine.hpp"
#include "process/pieces.hpp"

#include <string>

namespace cvdesk::openpgp {

enum class Operation : unsigned char { open, sign, sign_and_encrypt, own_certificate, own_key, ready };

using process::PieceReader;
using process::PieceWriter;

std::size_t size_of(const Request& request); // about, for the memory to be taken at once
void pack(PieceWriter& pieces, const Request& request);
Request unpack_request(PieceReader& pieces);

std::string pack(const Error& error);
std::string pack(const Opened& opened);
std::string pack(const OwnKey& key);
Opened unpack_opened(PieceReader& pieces);
OwnKey unpack_own_key(PieceReader& pieces);
Error unpack_error(PieceReader& pieces);

} // namespace cvdesk::openpgp
