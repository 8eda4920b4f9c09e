// cvdesk take, assign, set, note, close, reopen
#include "cli/context.hpp"
#include "cli/person.hpp"
#include "cli/text_input.hpp"
#include "desk/case_work.hpp"

#include <CLI/CLI.hpp>
#include <fmt/core.h>

namespace cvdesk::cli {

namespace {

struct Arguments {
  std::string reference;
  std::string who;
  std::vector<std::string> settings;
  std::string why;
  TextInput text;
};

// A verb on one case: REF, more options, and what it does to the open desk.
using Work = std::function<Result<void>(desk::Desk&, const Arguments&)>;
CLI::App* add_case_verb(CLI::App& app, Context& context, const std::string& name, const std::string& what,
                        const std::shared_ptr<Arguments>& arguments, Work work) {
  CLI::App* verb = add_verb(app, name, what);
  verb->add_option("REF", arguments->reference, "CVD-YYYY-NNNN, or the number of this year")->required();
  verb->callback([&context, arguments, work] {
    context.action = [&context, arguments, work]() -> Result<int> {
      TRY_ASSIGN(const auto desk, context.open_desk());
      TRY(work(*desk, *arguments));
      return 0;
    };
  });
  return verb;
}

Result<void> set(desk::Desk& desk, const Arguments& arguments) {
  std::vector<desk::Setting> settings;
  for (const auto& text : arguments.settings) {
    const auto equals = text.find('=');
    if (equals == std::string::npos) return fail(ErrorKind::usage, "set takes KEY=VALUE", "cvdesk set --help");
    settings.push_back({text.substr(0, equals), text.substr(equals + 1)});
  }
  return desk::set(desk, arguments.reference, settings, actor());
}

Result<void> note(desk::Desk& desk, const Arguments& arguments) {
  TRY_ASSIGN(const auto found, desk::find_case(desk, arguments.reference));
  TRY_ASSIGN(const std::string text, arguments.text.read("", {fmt::format("A note on {}. It stays within the team.", found.reference)}));
  return desk::note(desk, arguments.reference, text, actor());
}

} // namespace

void add_handling(CLI::App& app, Context& context) {
  const auto fresh = [] { return std::make_shared<Arguments>(); };
  add_case_verb(app, context, "take", "Take a case: you handle it", fresh(), [](desk::Desk& desk, const Arguments& a) {
    return desk::assign(desk, a.reference, actor(), actor());
  });
  auto assigned = fresh();
  add_case_verb(app, context, "assign", "Say who handles a case", assigned, [](desk::Desk& desk, const Arguments& a) {
    return desk::assign(desk, a.reference, a.who, actor());
  })->add_option("WHO", assigned->who, "Login name")->required();
  auto changed = fresh();
  add_case_verb(app, context, "set", "Correct or complete a case: title status severity cwe cve cvss disclose_on language",
                changed, set)
      ->add_option("KEY=VALUE", changed->settings, "What to set; an empty value takes back what was set")
      ->required();
  auto noted = fresh();
  noted->text.add_options(*add_case_verb(app, context, "note", "Write a note for the team", noted, note));
  auto closed = fresh();
  add_case_verb(app, context, "close", "Close a case", closed, [](desk::Desk& desk, const Arguments& a) {
    return desk::close(desk, a.reference, a.why, actor());
  })->add_option("--as", closed->why, "fixed, rejected, duplicate, out-of-scope, passed-on or spam")->required();
  add_case_verb(app, context, "reopen", "Open a closed case again", fresh(), [](desk::Desk& desk, const Arguments& a) {
    return desk::reopen(desk, a.reference, actor());
  });
}

} // namespace cvdesk::cli
