// cvdesk link, unlink, duplicate
#include "cli/context.hpp"
#include "cli/person.hpp"
#include "desk/relations.hpp"

#include <CLI/CLI.hpp>

namespace cvdesk::cli {

namespace {

using Relate = Result<void> (*)(desk::Desk&, std::string_view, std::string_view, std::string_view);

void add_relation(CLI::App& app, Context& context, const std::string& name, const std::string& what,
                  const std::string& other_name, Relate relate) {
  struct Arguments {
    std::string reference;
    std::string other;
  };
  CLI::App* verb = add_verb(app, name, what);
  auto arguments = std::make_shared<Arguments>();
  verb->add_option("REF", arguments->reference, "CVD-YYYY-NNNN, or the number of this year")->required();
  verb->add_option(other_name, arguments->other, "The other case")->required();
  verb->callback([&context, arguments, relate] {
    context.action = [&context, arguments, relate]() -> Result<int> {
      TRY_ASSIGN(const auto desk, context.open_desk());
      TRY(relate(*desk, arguments->reference, arguments->other, actor()));
      return 0;
    };
  });
}

} // namespace

void add_relations(CLI::App& app, Context& context) {
  add_relation(app, context, "link", "Two cases are about one matter: confirms a suggested link", "OTHER", desk::link);
  add_relation(app, context, "unlink", "Two cases have nothing to do with each other", "OTHER", desk::unlink);
  add_relation(app, context, "duplicate", "A case reports what another one reported before", "OF", desk::mark_duplicate);
}

} // namespace cvdesk::cli
