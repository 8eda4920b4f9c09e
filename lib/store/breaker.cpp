#include "store/breaker.hpp"

namespace cvdesk::store {

namespace {
constexpr std::int64_t minute = 60;
constexpr std::int64_t day = 24 * 60;

Breaker to_breaker(const Row& row) {
  Breaker breaker{row.integer(0), from_unix(row.integer(1)), {}, row.bytes(3), row.integer(4)};
  if (const auto closed = row.maybe_integer(2)) breaker.closed = from_unix(*closed);
  return breaker;
}
} // namespace

Result<void> count_wanted(Change& change, Instant at) {
  const std::int64_t current = to_unix(at) / minute;
  TRY(change.database().execute("DELETE FROM acknowledgement_rate WHERE minute < ?", current - day));
  return change.database().execute("INSERT INTO acknowledgement_rate (minute, wanted) VALUES (?, 1) "
                                   "ON CONFLICT (minute) DO UPDATE SET wanted = wanted + 1",
                                   current);
}

Result<std::int64_t> wanted_since(View& view, Instant since) {
  TRY_ASSIGN(const auto sum, view.database().one("SELECT sum(wanted) FROM acknowledgement_rate WHERE minute > ?",
                                                 [](const Row& row) { return row.maybe_integer(0).value_or(0); },
                                                 to_unix(since) / minute));
  return sum.value_or(0);
}

Result<std::optional<Breaker>> newest_breaker(View& view) {
  return view.database().one("SELECT id, opened_at, closed_at, reason, first_held FROM breaker ORDER BY id DESC LIMIT 1", to_breaker);
}

Result<std::optional<Breaker>> open_breaker(View& view) {
  return view.database().one("SELECT id, opened_at, closed_at, reason, first_held FROM breaker WHERE closed_at IS NULL "
                             "ORDER BY id DESC LIMIT 1",
                             to_breaker);
}

Result<void> begin_breaker(Change& change, std::string_view reason, bool all, Instant at) {
  Id first_held = 0;
  if (!all) {
    TRY_ASSIGN(first_held, change.next_id("outbox"));
  }
  return change.database().execute("INSERT INTO breaker (opened_at, reason, first_held) VALUES (?, ?, ?)", to_unix(at), reason,
                                   first_held);
}

Result<void> close_breaker(Change& change, Id id, Instant at) {
  return change.database().execute("UPDATE breaker SET closed_at = ? WHERE id = ? AND closed_at IS NULL", to_unix(at), id);
}

} // namespace cvdesk::store
