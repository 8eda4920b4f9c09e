// What the desk itself suffers from, from when on, and whether the team knows.
#pragma once

#include "store/view.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cvdesk::store {

struct Trouble {
  std::string name; // "mailbox cvd", "submission", "disk": stands in clear
  Instant since;
  bool told = false;
};

Result<std::vector<Trouble>> troubles(View& view); // by name
Result<std::optional<Trouble>> find_trouble(View& view, std::string_view name);
// The first time counts.
Result<void> begin_trouble(Change& change, std::string_view name, Instant since);
Result<void> mark_trouble_told(Change& change, std::string_view name);
Result<void> end_trouble(Change& change, std::string_view name);

} // namespace cvdesk::store
