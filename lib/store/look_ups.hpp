// Look-ups of certificates in the directories of their addresses' domains: each address at most once a day.
#pragma once

#include "store/view.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace cvdesk::store {

inline constexpr std::chrono::hours look_up_lifetime{24};

struct LookUp {
  Id id = 0;
  Id key_id = 0;
  std::string state; // waiting, asked, answered
  Instant owed;
  std::string address; // as its owner writes it
  std::string fingerprint; // of what was found; empty: nothing
  std::string blob;
};

// That of this address within the last day, whatever came of it.
Result<std::optional<LookUp>> look_up_of(View& view, std::string_view address, Instant at);
// Destroys those of more than a day ago.
Result<void> end_look_ups(Change& change, Instant at);
Result<bool> any_look_up_ended(View& view, Instant at); // there is one to destroy
// Owes one; ends the old ones.
Result<void> owe_look_up(Change& change, std::string_view address, Instant at);
Result<std::int64_t> count_look_ups(View& view, Instant since);
Result<bool> any_look_up_waits(View& view);
// The oldest that waits, now asked: from here on it is not made again, whatever happens.
Result<std::optional<LookUp>> begin_look_up(Change& change);
// fingerprint and blob as they are in `look_up`. Nothing where it has been forgotten meanwhile.
Result<void> answer_look_up(Change& change, const LookUp& look_up);
Result<void> forget_look_ups(Change& change, std::string_view address);

} // namespace cvdesk::store
