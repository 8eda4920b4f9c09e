#include "cli/context.hpp"

#include <CLI/CLI.hpp>
#include <fmt/core.h>

namespace cvdesk::cli {

Result<Settings> Context::settings() const { return load_settings(configuration); }

Result<std::unique_ptr<desk::Desk>> Context::open_desk() const {
  TRY_ASSIGN(Settings read, settings());
  return desk::Desk::open(std::move(read));
}

Result<Context::Opened> Context::open_desk_and_engine() const {
  TRY_ASSIGN(Settings read, settings());
  Opened opened;
  // First the engine: its worker is forked while there is one thread.
  auto engine = desk::make_engine(read);
  if (engine) {
    opened.engine = std::move(*engine);
  } else {
    fmt::print(stderr, "cvdesk: warning: encrypted mail cannot be opened: {}\n", engine.error().what);
  }
  TRY_ASSIGN(opened.desk, desk::Desk::open(std::move(read)));
  return opened;
}

CLI::App* add_verb(CLI::App& app, const std::string& name, const std::string& what) {
  CLI::App* verb = app.add_subcommand(name, what);
  verb->fallthrough(); // --config may stand behind the verb too
  return verb;
}

void add_json(CLI::App& verb, Context& context) { verb.add_flag("--json", context.json, "As JSON"); }

} // namespace cvdesk::cli
