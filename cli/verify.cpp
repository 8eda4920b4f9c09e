// cvdesk verify
#include "cli/context.hpp"
#include "cli/facts_json.hpp"
#include "cli/terminal.hpp"
#include "store/integrity.hpp"

#include <CLI/CLI.hpp>
#include <fmt/core.h>

namespace cvdesk::cli {

namespace {

Result<int> verify(const Context& context) {
  TRY_ASSIGN(const auto desk, context.open_desk());
  TRY_ASSIGN(const auto report, store::check_integrity(desk->store()));
  const bool good = report.problems.empty();
  if (context.json) {
    print_json({{"good", good},
                {"messages", report.mails},
                {"cases", report.cases},
                {"seals", report.seals},
                {"erased", report.erased},
                {"events", report.events},
                {"head", report.chain_head},
                {"problems", report.problems}});
    return good ? 0 : 1;
  }
  for (const auto& problem : report.problems) {
    fmt::print("{}  {}\n", paint(Colour::red, "damaged"), problem);
  }
  fmt::print("{} messages, {} cases, {} seals intact, {} erased, {} audit entries\n", report.mails, report.cases, report.seals,
             report.erased, report.events);
  fmt::print("audit head {}\n", report.chain_head);
  fmt::print("{}\n", good ? paint(Colour::green, "The store is intact.") : paint(Colour::red, "The store is DAMAGED: restore a backup."));
  return good ? 0 : 1;
}

} // namespace

void add_verify(CLI::App& app, Context& context) {
  CLI::App* verb = add_verb(app, "verify", "Check store integrity, seals and the audit chain");
  add_json(*verb, context);
  verb->callback([&context] { context.action = [&context] { return verify(context); }; });
}

} // namespace cvdesk::cli
