// What the desk itself suffers from: noted while it lasts, told to the team once it has lasted for some time, and
// told again when it is over.
#pragma once

#include "desk/desk.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace cvdesk::desk {

// A trouble's name: what it is, and of which mailbox where it is of one ("mailbox-unreachable:cvd").
constexpr std::string_view breaker_trouble = "breaker-open";

// In a transaction of the caller's; nothing is written where it is known and there is nothing to tell.
Result<void> note_trouble(const Desk& desk, store::Change& change, std::string_view name, std::chrono::seconds patience,
                          Instant at);
Result<void> end_trouble(const Desk& desk, store::Change& change, std::string_view name, Instant at);

// On their own; what the store has against it is logged, for this must never keep work from being done.
void note_trouble(Desk& desk, std::string_view name, std::chrono::seconds patience);
void end_trouble(Desk& desk, std::string_view name);

// Disk, key, outbox. `engine` may be null: the key cannot be used.
void examine_self(Desk& desk, openpgp::Engine* engine);

// "mailbox cvd cannot be reached", in one of the four languages.
std::string describe_trouble(std::string_view name, std::string_view language);
// What would mend it, in English; empty: nothing known.
std::string_view remedy_for(std::string_view name);

} // namespace cvdesk::desk
