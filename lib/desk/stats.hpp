// Figures over all cases: how many, of what, and how the promises were kept.
#pragma once

#include "desk/desk.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace cvdesk::desk {

// How long it took from the moment a mail was received, over the cases in which it has happened.
struct Kept {
  std::string name; // acknowledge, assess, resolve
  int met = 0;
  int on_time = 0;
  int running_late = 0; // not met, and overdue
  std::optional<std::int64_t> median; // seconds
  std::optional<std::int64_t> p90;
};

struct Stats {
  int cases = 0;
  int open = 0;
  int erased = 0;
  std::map<std::string, int> by_month; // "2026-11", in the organisation's zone; no month between is left out
  std::map<std::string, int> by_status;
  std::map<std::string, int> by_kind;
  std::map<std::string, int> by_resolution; // of closed cases
  std::map<std::string, int> by_weakness;   // "CWE-79"; a case may have several
  int without_weakness = 0;
  std::vector<Kept> promises;
};

Result<Stats> collect_stats(Desk& desk);

} // namespace cvdesk::desk
