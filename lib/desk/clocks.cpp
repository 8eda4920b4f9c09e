#include "desk/clocks.hpp"

#include "desk/sheet.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace cvdesk::desk {

namespace {

constexpr std::array<std::string_view, 5> statuses = {"new", "acknowledged", "assessed", "resolved", "closed"};

std::size_t rank(std::string_view status) {
  return static_cast<std::size_t>(std::find(statuses.begin(), statuses.end(), status) - statuses.begin());
}

// The rank of the status that meets it.
struct Promised {
  std::string_view name;
  std::size_t met_at;
};
constexpr std::array<Promised, 3> promised = {{{"acknowledge", 1}, {"assess", 2}, {"resolve", 3}}};

Result<void> run_again(const Desk& desk, store::Change& change, store::Id case_id, std::string_view name) {
  TRY_ASSIGN(const auto clocks, store::deadlines(change, case_id));
  const auto clock = std::find_if(clocks.begin(), clocks.end(), [&](const auto& c) { return c.name == name; });
  if (clock == clocks.end() || !clock->met) return {};
  const Instant at = now();
  // In whole days, as it was promised: the end of a day stays the end of a day.
  const auto& calendar = desk.calendar();
  const auto stood = std::chrono::sys_days(calendar.local_date(at)) - std::chrono::sys_days(calendar.local_date(*clock->met));
  const Instant left = calendar.due(clock->due, Promise{static_cast<int>(stood.count()), false});
  return store::restart_deadline(change, {case_id, clock->name, std::max(left, calendar.due(at, desk.settings().promise.assess)), {}});
}

} // namespace

Result<void> start_clocks(const Desk& desk, store::Change& change, const store::CaseEntry& entry) {
  const auto& promise = desk.settings().promise;
  const auto due = [&](const Promise& p) { return desk.calendar().due(entry.received, p); };
  TRY(store::set_deadline(change, {entry.id, "acknowledge", due(promise.acknowledge), {}}));
  TRY(store::set_deadline(change, {entry.id, "assess", due(promise.assess), {}}));
  return store::set_deadline(change, {entry.id, "resolve", due(promise.resolve), {}});
}

Result<void> reach_status(const Desk& desk, store::Change& change, store::CaseEntry& entry, std::string_view status) {
  const std::size_t reached = rank(status);
  entry.status = status;
  if (status != "closed") entry.resolution.reset();
  for (const auto& clock : promised) {
    if (reached >= clock.met_at) {
      TRY(store::meet_deadline(change, entry.id, clock.name, now()));
    } else if (clock.name == "resolve") {
      TRY(run_again(desk, change, entry.id, clock.name));
    } else if (clock.name == "assess") {
      TRY(store::unmeet_deadline(change, entry.id, clock.name));
    }
  }
  return {};
}

Result<std::vector<RunningClock>> running_clocks(Desk& desk) {
  return desk.store().read([](store::View& view) -> Result<std::vector<RunningClock>> {
    TRY_ASSIGN(const auto open, store::open_deadlines(view));
    std::map<store::Id, std::optional<RunningClock>> cases;
    std::vector<RunningClock> running;
    for (const auto& deadline : open) {
      if (!cases.contains(deadline.case_id)) {
        TRY_ASSIGN(const auto entry, store::find_case(view, deadline.case_id));
        auto& known = cases[deadline.case_id];
        if (entry && !entry->sheet.empty()) {
          TRY_ASSIGN(const Sheet sheet, sheet_from_json(entry->sheet));
          known = RunningClock{entry->reference, sheet.title, entry->status, sheet.assignee.value_or(""), {}, {}};
        }
      }
      const auto& known = cases[deadline.case_id];
      if (!known) continue;
      running.push_back(*known);
      running.back().name = deadline.name;
      running.back().due = deadline.due;
    }
    return running;
  });
}

} // namespace cvdesk::desk
