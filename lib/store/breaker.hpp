// How many acknowledgements are asked for, and the breaker that holds them back when these are too many.
#pragma once

#include "store/view.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace cvdesk::store {

// One more mail deserved an acknowledgement, whether a cap left it without or not. Counts of over a day ago go.
Result<void> count_wanted(Change& change, Instant at);
Result<std::int64_t> wanted_since(View& view, Instant since); // by whole minutes

struct Breaker {
  Id id = 0;
  Instant opened;
  std::optional<Instant> closed;
  std::string reason; // many-acknowledgements, many-failures
  Id first_held = 0;  // acknowledgements from this row of the outbox on wait
};

// The newest there was, open or closed.
Result<std::optional<Breaker>> newest_breaker(View& view);
Result<std::optional<Breaker>> open_breaker(View& view); // the one that is open now
// Holds back all from the next row of the outbox on, or (`all`) what waits already, too.
Result<void> begin_breaker(Change& change, std::string_view reason, bool all, Instant at);
Result<void> close_breaker(Change& change, Id id, Instant at);

} // namespace cvdesk::store
