#include "reader/reader.hpp"

#include "openpgp/wire.hpp"
#include "process/worker.hpp"
#include "reader/warm_up.hpp"

#include <fmt/core.h>

#include <chrono>
#include <exception>

namespace cvdesk::reader {

namespace {

using process::PieceReader;
using process::PieceWriter;

constexpr std::chrono::seconds deadline{20};
constexpr std::size_t pending_limit = 16;
constexpr std::size_t answer_limit = 256u << 20;
constexpr process::Confinement confinement{.memory = std::size_t{3} << 30, .cpu = std::chrono::seconds(20)};

std::string pack(const std::vector<Opening>& openings) {
  PieceWriter pieces;
  pieces.add_number(static_cast<std::int64_t>(openings.size()));
  for (const auto& opening : openings) {
    pieces.add(opening.path).add(openpgp::pack(opening.opened));
  }
  return pieces.take();
}

std::string pack(const Reading& reading) {
  PieceWriter pieces;
  pieces.add_number(1)
      .add(to_json(reading.inspection))
      .add_number(static_cast<std::int64_t>(reading.pending.size()));
  for (const auto& pending : reading.pending) {
    pieces.add(pending.path).add(openpgp::pack(pending.request));
  }
  return pieces.take();
}

std::string pack(const Error& error) {
  return PieceWriter().add_number(0).add(openpgp::pack(error)).take();
}

// In the reader's process.
std::string perform(const report::Vantage& vantage, const mime::Limits& limits, std::string_view request) {
  PieceReader pieces(request);
  const std::string_view raw = pieces.view();
  const std::int64_t count = pieces.number();
  std::vector<Opening> openings;
  for (std::int64_t i = 0; i < count && pieces.ok(); ++i) {
    Opening opening;
    opening.path = pieces.text();
    PieceReader inner(pieces.view());
    opening.opened = openpgp::unpack_opened(inner);
    openings.push_back(std::move(opening));
  }
  Task task{raw, &openings, &vantage, limits};
  const auto reading = inspect(task);
  return reading ? pack(*reading) : pack(reading.error());
}

std::string answer(const report::Vantage& vantage, const mime::Limits& limits, std::string_view request) {
  try {
    return perform(vantage, limits, request);
  } catch (const std::exception&) {
    return pack(Error{ErrorKind::corrupt, false, "reading it needs more memory than a mail may use", {}});
  }
}

// Any answer is checked like what a stranger sends: its reader may have been taken over by the mail.
Result<Reading> unpack(std::string_view answer) {
  PieceReader pieces(answer);
  if (pieces.number() != 1) {
    PieceReader inner(pieces.view());
    Error error = openpgp::unpack_error(inner);
    if (!pieces.ok() || !inner.ok()) return fail(ErrorKind::corrupt, "the reader answered nonsense");
    error.temporary = false;
    error.kind = error.kind == ErrorKind::too_big ? ErrorKind::too_big : ErrorKind::corrupt;
    return tl::unexpected(std::move(error));
  }
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
    if (!inner.ok()) return fail(ErrorKind::corrupt, "the reader answered nonsense");
    reading.pending.push_back(std::move(pending));
  }
  if (!pieces.ok()) return fail(ErrorKind::corrupt, "the reader answered nonsense");
  return reading;
}

} // namespace

struct Reader::Impl {
  Impl(report::Vantage vantage, mime::Limits limits)
      : worker({.make_handler =
                    [vantage = std::move(vantage), limits](const std::filesystem::path&) {
                      return [vantage, limits](std::string_view request) {
                        return process::Reply{answer(vantage, limits, request), true};
                      };
                    },
                .name = "cvdesk-reader",
                .deadline = deadline,
                .answer_limit = answer_limit,
                .one_request = true,
                .confinement = confinement}) {}
  process::Worker worker;
};

Reader::Reader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Reader::~Reader() = default;

Result<std::unique_ptr<Reader>> Reader::create(report::Vantage vantage, mime::Limits limits) {
  warm_up(vantage);
  auto impl = std::make_unique<Impl>(std::move(vantage), limits);
  TRY(impl->worker.start());
  return std::unique_ptr<Reader>(new Reader(std::move(impl)));
}

Result<Reading> Reader::inspect(std::string_view raw, const std::vector<Opening>& openings) {
  const std::string head = PieceWriter().add_number(static_cast<std::int64_t>(raw.size())).take();
  const std::string rest = pack(openings);
  const std::string_view request[] = {head, raw, rest};
  Error last;
  for (int attempt = 0; attempt < 2; ++attempt) {
    TRY_ASSIGN(const process::Answer answer, impl_->worker.call(request));
    switch (answer.how) {
    case process::Answer::How::timed_out:
      last = {ErrorKind::corrupt, false, "reading it took too long", {}};
      break;
    case process::Answer::How::died:
      last = {ErrorKind::corrupt, false, "its reader died", {}};
      break;
    case process::Answer::How::answered: {
      auto reading = unpack(answer.payload.view());
      if (reading || reading.error().kind == ErrorKind::too_big) return reading;
      last = std::move(reading).error();
      break;
    }
    }
  }
  return tl::unexpected(std::move(last));
}

} // namespace cvdesk::reader
