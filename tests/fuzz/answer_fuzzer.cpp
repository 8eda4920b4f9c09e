// What a process that was taken over by a mail may answer → an inspection that survives being written down, or an
// error. The first byte says whether the rest is a whole answer, the JSON in it alone, or the OpenPGP engine's.
#include "expect.hpp"
#include "openpgp/wire.hpp"
#include "reader/exchange.hpp"

#include <cstdint>

using namespace cvdesk;

namespace {

void expect_bounded(const reader::Inspection& inspection) {
  const std::string written = to_json(inspection);
  const auto again = reader::inspection_from_json(written);
  EXPECT(again.has_value());
  EXPECT(to_json(*again) == written);
}

void try_reader(std::string_view bytes) {
  const auto reading = reader::unpack_answer(bytes);
  if (!reading) {
    EXPECT(!reading.error().temporary);
    EXPECT(reading.error().what.size() <= 1000);
    expect_clean(reading.error().what, Lines::fold);
    return;
  }
  EXPECT(!reader::unpack_content(bytes)); // never both
  EXPECT(reading->pending.size() <= reader::pending_limit);
  for (const auto& pending : reading->pending)
    EXPECT(pending.request.kind <= openpgp::Request::Kind::verify_clear);
  expect_bounded(reading->inspection);
}

void try_content(std::string_view bytes) {
  if (const auto content = reader::unpack_content(bytes)) EXPECT(content->size() <= bytes.size());
}

void try_engine(std::string_view bytes) {
  process::PieceReader opened(bytes);
  const auto verdict = openpgp::unpack_opened(opened).verdict;
  EXPECT(!openpgp::to_string(verdict.decryption).empty());
  EXPECT(!openpgp::to_string(verdict.signature.state).empty());
  process::PieceReader key(bytes);
  (void)openpgp::unpack_own_key(key);
  process::PieceReader error(bytes);
  EXPECT(exit_status(openpgp::unpack_error(error)) != 0);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (*data % 3) {
  case 0:
    try_reader(bytes);
    try_content(bytes);
    break;
  case 1:
    if (const auto inspection = reader::inspection_from_json(bytes)) expect_bounded(*inspection);
    break;
  default:
    try_engine(bytes);
  }
  return 0;
}
