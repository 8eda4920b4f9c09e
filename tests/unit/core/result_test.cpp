#include "core/result.hpp"

#include <catch2/catch.hpp>

using namespace cvdesk;

namespace {
Result<int> half(int number) {
  if (number % 2 != 0) return fail(ErrorKind::usage, "odd");
  return number / 2;
}
Result<int> quarter(int number) {
  TRY_ASSIGN(const int first, half(number));
  TRY_ASSIGN(const int second, half(first));
  return second;
}
Result<void> is_even(int number) {
  TRY(half(number));
  return {};
}
} // namespace

TEST_CASE("TRY hands on the value, or the error to the caller") {
  CHECK(quarter(12) == 3);
  const auto failed = quarter(6);
  REQUIRE_FALSE(failed);
  CHECK(failed.error().kind == ErrorKind::usage);
  CHECK(is_even(2));
  CHECK_FALSE(is_even(3));
}

TEST_CASE("each kind of error has the exit status of the contract") {
  const auto status = [](ErrorKind kind, bool temporary) { return exit_status(Error{kind, temporary, "", ""}); };
  CHECK(status(ErrorKind::failed, false) == 1);
  CHECK(status(ErrorKind::io, false) == 1);
  CHECK(status(ErrorKind::corrupt, false) == 1);
  CHECK(status(ErrorKind::usage, false) == 2);
  CHECK(status(ErrorKind::not_found, false) == 3);
  CHECK(status(ErrorKind::configuration, false) == 4);
  CHECK(status(ErrorKind::refused, false) == 5);
  CHECK(status(ErrorKind::network, true) == 75);
  CHECK(status(ErrorKind::io, true) == 75);
}

TEST_CASE("a context stands before what failed, and changes nothing else") {
  const Error inner{ErrorKind::tls, true, "no certificate", "renew it"};
  const Error outer = within("mailbox cvd", inner);
  CHECK(outer.what == "mailbox cvd: no certificate");
  CHECK(outer.hint == inner.hint);
  CHECK(outer.kind == inner.kind);
  CHECK(outer.temporary);
}
