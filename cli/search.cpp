// cvdesk search WORDS…
#include "desk/search.hpp"

#include "cli/context.hpp"
#include "cli/facts_json.hpp"
#include "cli/terminal.hpp"

#include <CLI/CLI.hpp>
#include <fmt/core.h>

namespace cvdesk::cli {

namespace {

Result<int> search(const Context& context, const std::vector<std::string>& words) {
  TRY_ASSIGN(const auto desk, context.open_desk());
  TRY_ASSIGN(const auto hits, desk::search(*desk, words));
  Table table({"CASE", "INBOX", "WHERE", "TEXT"}, 3);
  for (const auto& hit : hits) {
    if (context.json) {
      print_json({{"reference", hit.reference.empty() ? Json(nullptr) : Json(hit.reference)},
                  {"message", hit.message == 0 ? Json(nullptr) : Json(hit.message)},
                  {"where", hit.where},
                  {"excerpt", hit.excerpt}});
    } else {
      table.add({{hit.reference.empty() ? "(filed)" : hit.reference, Colour::bold},
                 {hit.message == 0 ? "-" : std::to_string(hit.message)},
                 {hit.where, Colour::dim},
                 {hit.excerpt}});
    }
  }
  if (!context.json && !table.empty()) table.print();
  if (!context.json && table.empty()) fmt::print("nothing found\n");
  return 0;
}

} // namespace

void add_search(CLI::App& app, Context& context) {
  CLI::App* verb = add_verb(app, "search", "Full text over cases and conversations: all the words, in any order");
  auto words = std::make_shared<std::vector<std::string>>();
  verb->add_option("WORDS", *words, "Words")->required();
  add_json(*verb, context);
  verb->callback([&context, words] { context.action = [&context, words] { return search(context, *words); }; });
}

} // namespace cvdesk::cli
