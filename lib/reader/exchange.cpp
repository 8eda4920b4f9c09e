#include "reader/exchange.hpp"

#include "core/text.hpp"
#include "openpgp/wire.hpp"
#include "process/pieces.hpp"

#include <algorithm>

namespace cvdesk::reader {

namespace {

using process::PieceReader;
using process::PieceWriter;

constexpr std::size_t reason_limit = 200;
constexpr std::size_t path_limit = 1000;

tl::unexpected<Error> nonsense() { return fail(ErrorKind::corrupt, "the reader answered nonsense"); }

// Words of the reader only for what cannot be worded here, which limit it was; and few of them.
tl::unexpected<Error> unpack_failure(PieceReader& pieces) {
  PieceReader inner(pieces.view());
  const Error error = openpgp::unpack_error(inner);
  if (!pieces.ok() || !inner.ok()) return nonsense();
  if (error.kind == ErrorKind::too_big)
    return fail(ErrorKind::too_big, shorten(safe_for_terminal(error.what), reason_limit));
  return fail(ErrorKind::corrupt, "reading it needs more memory than a mail may use");
}

} // namespace

std::string pack_length(std::string_view raw) {
  return PieceWriter().add_number(static_cast<std::int64_t>(raw.size())).take();
}

std::string pack(const std::vector<Opening>& openings, int wanted_attachment) {
  PieceWriter pieces;
  pieces.add_number(wanted_attachment);
  pieces.add_number(static_cast<std::int64_t>(openings.size()));
  for (const auto& opening : openings)
    pieces.add(opening.path).add(openpgp::pack(opening.opened));
  return pieces.take();
}

ReadingRequest unpack_request(std::string_view bytes) {
  ReadingRequest request;
  PieceReader pieces(bytes);
  request.raw = pieces.view();
  request.packed_openings = bytes.substr(std::min(bytes.size(), sizeof(std::int64_t) + request.raw.size()));
  request.wanted_attachment = static_cast<int>(pieces.number());
  for (std::int64_t left = pieces.number(); left > 0 && pieces.ok(); --left) {
    Opening opening;
    opening.path = pieces.text();
    PieceReader inner(pieces.view());
    opening.opened = openpgp::unpack_opened(inner);
    request.openings.push_back(std::move(opening));
  }
  return request;
}

std::string pack_answer(const Result<Reading>& reading) {
  if (!reading) return PieceWriter().add_number(0).add(openpgp::pack(reading.error())).take();
  PieceWriter pieces;
  pieces.add_number(1)
      .add(to_json(reading->inspection))
      .add_number(static_cast<std::int64_t>(reading->pending.size()));
  std::size_t bytes = 0;
  for (const auto& pending : reading->pending)
    bytes += pending.path.size() + openpgp::size_of(pending.request);
  pieces.reserve(bytes);
  for (const auto& pending : reading->pending) {
    pieces.add(pending.path).begin_piece();
    openpgp::pack(pieces, pending.request);
    pieces.end_piece();
  }
  return pieces.take();
}

Result<Reading> unpack_answer(std::string_view bytes) {
  PieceReader pieces(bytes);
  if (pieces.number() != 1) return unpack_failure(pieces);
  Reading reading;
  TRY_ASSIGN(reading.inspection, inspection_from_json(pieces.view()));
  const std::int64_t count = pieces.number();
  if (count < 0 || count > static_cast<std::int64_t>(pending_limit))
    return fail(ErrorKind::corrupt, "the reader asked for too much");
  for (std::int64_t i = 0; i < count; ++i) {
    Pending pending;
    pending.path = pieces.text();
    PieceReader inner(pieces.view());
    pending.request = openpgp::unpack_request(inner);
    if (!inner.ok() || !inner.at_end() || pending.path.size() > path_limit) return nonsense();
    reading.pending.push_back(std::move(pending));
  }
  if (!pieces.ok() || !pieces.at_end()) return nonsense();
  return reading;
}

std::string pack_content(const Result<std::string>& content) {
  if (!content) return PieceWriter().add_number(0).add(openpgp::pack(content.error())).take();
  PieceWriter pieces;
  pieces.add_number(2);
  pieces.reserve(content->size());
  return pieces.add(*content).take();
}

Result<std::string> unpack_content(std::string_view bytes) {
  PieceReader pieces(bytes);
  if (pieces.number() != 2) return unpack_failure(pieces);
  std::string content(pieces.view());
  if (!pieces.ok() || !pieces.at_end()) return nonsense();
  return content;
}

} // namespace cvdesk::reader
