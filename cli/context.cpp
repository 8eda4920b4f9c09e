#include "cli/context.hpp"

#include <CLI/CLI.hpp>

namespace cvdesk::cli {

Result<Settings> Context::settings() const { return load_settings(configuration); }

Result<std::unique_ptr<desk::Desk>> Context::open_desk() const {
  TRY_ASSIGN(Settings read, settings());
  return desk::Desk::open(std::move(read));
}

Result<Context::Working> Context::open_working_desk() const {
  TRY_ASSIGN(Settings read, settings());
  Working working;
  TRY_ASSIGN(working.hands, desk::make_hands(read));
  TRY_ASSIGN(working.desk, desk::Desk::open(std::move(read)));
  return working;
}

CLI::App* add_verb(CLI::App& app, const std::string& name, const std::string& what) {
  CLI::App* verb = app.add_subcommand(name, what);
  verb->fallthrough(); // --config may stand behind the verb too
  return verb;
}

void add_json(CLI::App& verb, Context& context) { verb.add_flag("--json", context.json, "As JSON"); }

} // namespace cvdesk::cli
