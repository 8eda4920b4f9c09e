#include "reader/reader.hpp"

#include "process/shared_heap.hpp"
#include "process/worker.hpp"
#include "reader/exchange.hpp"
#include "reader/warm_up.hpp"

#include <fmt/core.h>

#include <chrono>
#include <exception>

namespace cvdesk::reader {

namespace {

constexpr std::chrono::seconds deadline{20};
constexpr std::size_t answer_limit = 160u << 20;
// A reader stays below 256 MiB: about 40 of the template, 64 of a mail, and these of its own. What was opened of
// the mail is mapped as well, and given back once it has been copied.
process::Confinement confinement(std::size_t memory) {
  return {.memory = memory, .mapped = 1u << 30, .cpu = std::chrono::seconds(20)};
}

// In the reader's process.
std::string perform(const report::Vantage& vantage, const mime::Limits& limits, std::string_view bytes) {
  try {
    const ReadingRequest request = unpack_request(bytes);
    process::give_back(request.packed_openings);
    const Task task{request.raw, &request.openings, &vantage, limits};
    if (request.wanted_attachment != 0) return pack_content(extract_attachment(task, request.wanted_attachment));
    return pack_answer(inspect(task));
  } catch (const std::exception&) {
    return pack_answer(fail(ErrorKind::corrupt, "out of memory"));
  }
}

// What reading a mail of common size takes.
constexpr std::size_t heap = 512u << 10;

// Once, for all readers: they share it.
void load_tables(const report::Vantage& vantage) {
  static const bool loaded = [&] {
    warm_up(vantage);
    process::close_heap();
    return true;
  }();
  (void)loaded;
}

} // namespace

struct Reader::Impl {
  Impl(report::Vantage vantage, mime::Limits limits, std::size_t memory)
      : worker({.make_handler =
                    [vantage = std::move(vantage), limits](const std::filesystem::path&) {
                      return [vantage, limits](std::string_view request) {
                        return process::Reply{perform(vantage, limits, request), true};
                      };
                    },
                .name = "cvdesk-reader",
                .deadline = deadline,
                .answer_limit = answer_limit,
                .one_request = true,
                .confinement = confinement(memory),
                .heap = heap}) {}

  // What unpack makes of the answer; asked twice before the mail is taken for the reason.
  template <class T>
  Result<T> ask(std::string_view raw, const std::string& rest, Result<T> (*unpack)(std::string_view)) {
    const std::string head = pack_length(raw);
    const std::string_view request[] = {head, raw, rest};
    Error last;
    for (int attempt = 0; attempt < 2; ++attempt) {
      TRY_ASSIGN(const process::Answer answer, worker.call(request));
      switch (answer.how) {
      case process::Answer::How::timed_out:
        last = {ErrorKind::corrupt, false, "reading it took too long", {}};
        break;
      case process::Answer::How::died:
        last = {ErrorKind::corrupt, false, "its reader died", {}};
        break;
      case process::Answer::How::answered: {
        auto unpacked = unpack(answer.payload.view());
        if (unpacked || unpacked.error().kind == ErrorKind::too_big) return unpacked;
        last = std::move(unpacked).error();
        break;
      }
      }
    }
    return tl::unexpected(std::move(last));
  }

  process::Worker worker;
};

Reader::Reader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Reader::~Reader() = default;

Result<std::unique_ptr<Reader>> Reader::create(report::Vantage vantage, mime::Limits limits, std::size_t memory) {
  load_tables(vantage);
  auto impl = std::make_unique<Impl>(std::move(vantage), limits, memory);
  TRY(impl->worker.start());
  return std::unique_ptr<Reader>(new Reader(std::move(impl)));
}

Result<Reading> Reader::inspect(std::string_view raw, const std::vector<Opening>& openings) {
  return impl_->ask(raw, pack(openings), &unpack_answer);
}

Result<std::string> Reader::extract(std::string_view raw, const std::vector<Opening>& openings, int attachment) {
  return impl_->ask(raw, pack(openings, attachment), &unpack_content);
}

} // namespace cvdesk::reader
