// cvdesk log REF
#include "cli/context.hpp"
#include "cli/facts_json.hpp"
#include "cli/terminal.hpp"
#include "desk/case_work.hpp"
#include "store/audit.hpp"

#include <CLI/CLI.hpp>

namespace cvdesk::cli {

namespace {

Result<int> show_log(const Context& context, const std::string& reference) {
  TRY_ASSIGN(const auto desk, context.open_desk());
  TRY_ASSIGN(const auto found, desk::find_case(*desk, reference));
  TRY_ASSIGN(const auto events, desk->store().read([&](store::View& view) { return store::events(view, found.id); }));
  Table table({"WHEN", "WHO", "WHAT", "DETAIL"}, 3);
  for (const auto& event : events) {
    if (context.json) {
      print_json({{"id", event.id},
                  {"at", to_rfc3339(event.at)},
                  {"actor", event.actor},
                  {"action", event.action},
                  {"detail", event.detail.empty() ? Json(nullptr) : Json(event.detail)}});
    } else {
      table.add({{desk->calendar().local_time(event.at)}, {event.actor}, {event.action, Colour::bold}, {event.detail}});
    }
  }
  if (!context.json) table.print();
  return 0;
}

} // namespace

void add_log(CLI::App& app, Context& context) {
  CLI::App* verb = add_verb(app, "log", "Who did what when (the audit trail)");
  auto reference = std::make_shared<std::string>();
  verb->add_option("REF", *reference, "CVD-YYYY-NNNN, or the number of this year")->required();
  add_json(*verb, context);
  verb->callback([&context, reference] { context.action = [&context, reference] { return show_log(context, *reference); }; });
}

} // namespace cvdesk::cli
