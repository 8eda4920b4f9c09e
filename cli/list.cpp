// cvdesk list
#include "cli/context.hpp"
#include "cli/facts_json.hpp"
#include "cli/terminal.hpp"
#include "desk/case_view.hpp"
#include "store/inbox.hpp"

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include <chrono>

namespace cvdesk::cli {

namespace {

struct Filter {
  bool all = false;
  std::string status;
  std::string assignee;
  bool overdue = false;
  std::string kind;
};

bool is_overdue(const desk::CaseSummary& summary) {
  return summary.next_deadline && summary.next_deadline->due < now();
}

bool is_wanted(const desk::CaseSummary& summary, const Filter& filter) {
  if (!filter.status.empty() && summary.entry.status != filter.status) return false;
  if (!filter.kind.empty() && summary.entry.kind != filter.kind) return false;
  if (!filter.assignee.empty() && summary.sheet.assignee != filter.assignee) return false;
  if (filter.overdue && !is_overdue(summary)) return false;
  // The law's clocks of an exploited vulnerability run on behind a closed case.
  return filter.all || filter.overdue || !filter.status.empty() || summary.entry.status != "closed";
}

Json to_json(const desk::CaseSummary& summary) {
  Json json = {{"reference", summary.entry.reference},
               {"title", summary.sheet.title},
               {"kind", summary.entry.kind},
               {"status", summary.entry.status},
               {"resolution", or_null(summary.entry.resolution)},
               {"severity", or_null(summary.sheet.severity)},
               {"assignee", or_null(summary.sheet.assignee)},
               {"mailbox", summary.entry.mailbox},
               {"language", or_null(summary.sheet.language)},
               {"received", to_rfc3339(summary.entry.received)},
               {"overdue", is_overdue(summary)}};
  if (summary.next_deadline) {
    json["next_deadline"] = {{"name", summary.next_deadline->name}, {"due", to_rfc3339(summary.next_deadline->due)}};
  } else {
    json["next_deadline"] = nullptr;
  }
  return json;
}

Colour colour_of_status(const std::string& status) {
  if (status == "new") return Colour::yellow;
  if (status == "closed" || status == "resolved") return Colour::dim;
  return Colour::green;
}

// "in 3 d", "2 h late"
Table::Cell due_in_words(const desk::CaseSummary& summary) {
  if (!summary.next_deadline) return {"", Colour::plain};
  const auto left = summary.next_deadline->due - now();
  const auto hours = std::chrono::duration_cast<std::chrono::hours>(left < left.zero() ? -left : left).count();
  const std::string span = hours >= 48 ? fmt::format("{} d", hours / 24) : fmt::format("{} h", hours);
  const bool late = left < left.zero();
  const std::string text = late ? fmt::format("{} {} late", summary.next_deadline->name, span)
                                : fmt::format("{} in {}", summary.next_deadline->name, span);
  return {text, late ? Colour::red : hours < 24 ? Colour::yellow : Colour::plain};
}

Result<int> list(const Context& context, const Filter& filter) {
  TRY_ASSIGN(const auto desk, context.open_desk());
  TRY_ASSIGN(const auto summaries, desk::list_cases(*desk));
  TRY_ASSIGN(const auto unreviewed, desk->store().read([](store::View& view) { return store::count_unreviewed(view); }));
  Table table({"CASE", "RECEIVED", "STATUS", "KIND", "NEXT", "WHO", "TITLE"}, 6);
  std::size_t shown = 0;
  for (const auto& summary : summaries) {
    if (!is_wanted(summary, filter)) continue;
    ++shown;
    if (context.json) {
      print_json(to_json(summary));
      continue;
    }
    table.add({{summary.entry.reference, Colour::bold},
               {desk->calendar().local_time(summary.entry.received)},
               {summary.entry.resolution ? *summary.entry.resolution : summary.entry.status, colour_of_status(summary.entry.status)},
               {summary.entry.kind},
               due_in_words(summary),
               {summary.sheet.assignee.value_or("-")},
               {summary.sheet.title}});
  }
  if (context.json) return 0;
  if (!table.empty()) table.print();
  fmt::print("{}{} case{}{}\n", table.empty() ? "" : "\n", shown, shown == 1 ? "" : "s",
             shown < summaries.size() ? fmt::format(" of {} (--all shows all)", summaries.size()) : "");
  if (unreviewed > 0) {
    fmt::print("{}\n", paint(Colour::yellow, fmt::format("{} message{} filed without a case and not reviewed: cvdesk inbox",
                                                         unreviewed, unreviewed == 1 ? "" : "s")));
  }
  return 0;
}

} // namespace

void add_list(CLI::App& app, Context& context) {
  CLI::App* verb = add_verb(app, "list", "The open cases");
  auto filter = std::make_shared<Filter>();
  verb->add_flag("--all", filter->all, "Closed ones too");
  verb->add_option("--status", filter->status, "Only this status")
      ->check(CLI::IsMember({"new", "acknowledged", "assessed", "resolved", "closed"}));
  verb->add_option("--assignee", filter->assignee, "Only those that this person handles");
  verb->add_flag("--overdue", filter->overdue, "Only those with a promise that was missed");
  verb->add_option("--kind", filter->kind, "Only this kind")
      ->check(CLI::IsMember({"report", "followup", "beg-bounty", "undecryptable", "unreadable"}));
  add_json(*verb, context);
  verb->callback([&context, filter] { context.action = [&context, filter] { return list(context, *filter); }; });
}

} // namespace cvdesk::cli
