// cvdesk deadlines, exploited, fix-available
#include "cli/context.hpp"
#include "cli/facts_json.hpp"
#include "cli/person.hpp"
#include "cli/terminal.hpp"
#include "desk/case_work.hpp"
#include "desk/clocks.hpp"
#include "desk/exploited.hpp"

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include <chrono>

namespace cvdesk::cli {

namespace {

constexpr std::chrono::hours near{24};

Json to_json(const desk::RunningClock& clock) {
  return {{"reference", clock.reference},
          {"name", clock.name},
          {"due", to_rfc3339(clock.due)},
          {"met", nullptr},
          {"overdue", clock.due < now()},
          {"status", clock.status},
          {"assignee", clock.assignee.empty() ? Json(nullptr) : Json(clock.assignee)},
          {"title", clock.title}};
}

// "3 d", "5 h", "12 min"
std::string span(Instant due) {
  const auto left = due - now();
  const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(left < left.zero() ? -left : left).count();
  if (minutes >= 48 * 60) return fmt::format("{} d", minutes / (24 * 60));
  return minutes >= 120 ? fmt::format("{} h", minutes / 60) : fmt::format("{} min", minutes);
}

Result<int> list(const Context& context) {
  TRY_ASSIGN(const auto desk, context.open_desk());
  TRY_ASSIGN(const auto clocks, desk::running_clocks(*desk));
  Table table({"CASE", "CLOCK", "DUE", "LEFT", "STATUS", "WHO", "TITLE"}, 6);
  int overdue = 0;
  for (const auto& clock : clocks) {
    if (context.json) {
      print_json(to_json(clock));
      continue;
    }
    const bool late = clock.due < now();
    overdue += late ? 1 : 0;
    const Colour colour = late ? Colour::red : clock.due - now() < near ? Colour::yellow : Colour::plain;
    table.add({{clock.reference, Colour::bold},
               {clock.name},
               {desk->calendar().local_time(clock.due)},
               {late ? fmt::format("{} OVERDUE", span(clock.due)) : span(clock.due), colour},
               {clock.status},
               {clock.assignee.empty() ? "-" : clock.assignee},
               {clock.title}});
  }
  if (context.json) return 0;
  if (!table.empty()) {
    table.print();
    fmt::print("\n");
  }
  fmt::print("{} clock{} running, {} overdue\n", clocks.size(), clocks.size() == 1 ? "" : "s", overdue);
  return 0;
}

struct Arguments {
  std::string reference;
  std::string since;
  std::string reported;
};

Result<std::optional<Instant>> time_of(const std::string& text) {
  if (text.empty()) return std::optional<Instant>();
  const auto at = from_rfc3339(text);
  if (!at) return fail(ErrorKind::usage, "a time is written in UTC, like 2026-11-22T10:00:00Z");
  return at;
}

// The clocks of the case as they are now.
Result<void> show(const Context& context, desk::Desk& desk, const std::string& reference) {
  TRY_ASSIGN(const auto entry, desk::find_case(desk, reference));
  TRY_ASSIGN(const auto clocks, desk.store().read([&](store::View& view) { return store::deadlines(view, entry.id); }));
  if (context.json) {
    Json json = {{"reference", entry.reference}, {"deadlines", Json::array()}};
    for (const auto& clock : clocks) {
      json["deadlines"].push_back({{"name", clock.name}, {"due", to_rfc3339(clock.due)}, {"met", or_null(clock.met)}});
    }
    print_json(json);
    return {};
  }
  for (const auto& clock : clocks) {
    fmt::print("{}  {} {}\n", entry.reference, clock.name,
               clock.met ? fmt::format("met {}", desk.calendar().local_time(*clock.met))
                         : fmt::format("due {}", desk.calendar().local_time(clock.due)));
  }
  return {};
}

Result<int> exploited(const Context& context, const Arguments& arguments) {
  TRY_ASSIGN(const auto desk, context.open_desk());
  TRY_ASSIGN(const auto at, time_of(arguments.since));
  if (arguments.reported.empty()) {
    TRY(desk::exploited(*desk, arguments.reference, at, actor()));
  } else {
    TRY(desk::reported(*desk, arguments.reference, arguments.reported, at, actor()));
  }
  TRY(show(context, *desk, arguments.reference));
  return 0;
}

Result<int> fix_available(const Context& context, const Arguments& arguments) {
  TRY_ASSIGN(const auto desk, context.open_desk());
  TRY_ASSIGN(const auto at, time_of(arguments.since));
  TRY(desk::fix_available(*desk, arguments.reference, at, actor()));
  TRY(show(context, *desk, arguments.reference));
  return 0;
}

} // namespace

void add_deadlines(CLI::App& app, Context& context) {
  CLI::App* deadlines = add_verb(app, "deadlines", "Every clock that runs, the nearest first");
  add_json(*deadlines, context);
  deadlines->callback([&context] { context.action = [&context] { return list(context); }; });

  auto arguments = std::make_shared<Arguments>();
  const auto add = [&](const std::string& name, const std::string& what, auto work) {
    CLI::App* verb = add_verb(app, name, what);
    verb->add_option("REF", arguments->reference, "CVD-YYYY-NNNN, or the number of this year")->required();
    verb->add_option("--since,--at", arguments->since, "When, in UTC: 2026-11-22T10:00:00Z; without it: now");
    add_json(*verb, context);
    verb->callback([&context, arguments, work] { context.action = [&context, arguments, work] { return work(context, *arguments); }; });
    return verb;
  };
  add("exploited", "The vulnerability is actively exploited: the clocks of the Cyber Resilience Act start", exploited)
      ->add_option("--reported", arguments->reported,
                   "Say instead that a report was made: early-warning, notification or final-report");
  add("fix-available", "A fix is available: the clock of the final report starts", fix_available);
}

} // namespace cvdesk::cli
