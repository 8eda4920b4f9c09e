// cvdesk contacts REF, contacts accept|reject REF VALUE
#include "cli/claim_json.hpp"
#include "cli/context.hpp"
#include "cli/person.hpp"
#include "cli/terminal.hpp"
#include "desk/case_work.hpp"

#include <CLI/CLI.hpp>
#include <fmt/core.h>

namespace cvdesk::cli {

namespace {

using desk::Claim;

Colour colour_of(Claim::State state) {
  return state == Claim::State::accepted ? Colour::green : state == Claim::State::suggested ? Colour::yellow : Colour::dim;
}

Result<int> list(const Context& context, const std::string& reference) {
  TRY_ASSIGN(const auto desk, context.open_desk());
  TRY_ASSIGN(const auto entry, desk::find_case(*desk, reference));
  TRY_ASSIGN(const auto known, desk->store().read([&](store::View& view) -> Result<desk::Correspondents> {
    TRY_ASSIGN(const auto conversation, desk::read_conversation(view, entry.id));
    return desk::correspondents(view, desk->settings(), entry.id, conversation);
  }));
  Table table({"KIND", "VALUE", "STATE", "MESSAGE", "WHY"}, 1);
  for (const auto& claim : known.claims) {
    if (context.json) {
      print_json(claim_json(claim));
    } else {
      table.add({{claim.kind},
                 {claim.value, Colour::bold},
                 {std::string(desk::to_string(claim.state)), colour_of(claim.state)},
                 {claim.letter ? std::to_string(*claim.letter) : std::string()},
                 {claim.why}});
    }
  }
  if (context.json) return 0;
  if (table.empty()) {
    fmt::print("no mail of {} says how to reach its reporter\n", entry.reference);
    return 0;
  }
  table.print();
  if (!known.reporters.empty()) fmt::print("\n{}\n", fit(fmt::format("answers go to {}", known.reporters.front()), terminal_width()));
  return 0;
}

struct Decision {
  std::string reference;
  std::string value;
};

} // namespace

void add_contacts(CLI::App& app, Context& context) {
  CLI::App* verb = add_verb(app, "contacts", "What mails say of the reporter of a case, and what of it is believed");
  auto reference = std::make_shared<std::string>();
  verb->add_option("REF", *reference, "CVD-YYYY-NNNN, or the number of this year");
  add_json(*verb, context);
  for (const bool accept : {true, false}) {
    CLI::App* sub = add_verb(*verb, accept ? "accept" : "reject", accept ? "You know that it is the reporter's" : "It is not the reporter's");
    auto decision = std::make_shared<Decision>();
    sub->add_option("REF", decision->reference, "CVD-YYYY-NNNN, or the number of this year")->required();
    sub->add_option("VALUE", decision->value, "An address, a number, a fingerprint, or: anonymous")->required();
    sub->callback([&context, decision, accept] {
      context.action = [&context, decision, accept]() -> Result<int> {
        TRY_ASSIGN(const auto desk, context.open_desk());
        TRY(desk::decide_claims(*desk, decision->reference, decision->value, accept, actor()));
        return 0;
      };
    });
  }
  verb->require_subcommand(0, 1);
  verb->callback([&context, verb, reference] {
    if (!verb->get_subcommands().empty()) return;
    if (reference->empty()) throw CLI::RequiredError("REF");
    context.action = [&context, reference] { return list(context, *reference); };
  });
}

} // namespace cvdesk::cli
