// The circuit breaker of the acknowledgements: when far more are asked for than honest reporters would, or most
// are refused, somebody uses the desk to write to others. Then they wait (none is dropped) and the team is told.
#pragma once

#include "desk/desk.hpp"
#include "store/breaker.hpp"

#include <optional>
#include <string_view>

namespace cvdesk::desk {

// Called for each mail that deserves an acknowledgement, caps or not, in the transaction that records it. Opens
// the breaker when within ten minutes there were more than the settings allow; those owed before still go.
Result<void> note_wanted(const Desk& desk, store::Change& change, Instant at);

// Opens it when, within an hour, twenty acknowledgements and half of all were refused for good or came back: then
// all that wait are held. Closes it when it has been open for half an hour and the flood is over (an hour, where
// it was for failures).
Result<void> tend_breaker(Desk& desk);

// By hand. refused: it is not open.
Result<void> close_breaker(Desk& desk, std::string_view actor);

} // namespace cvdesk::desk
