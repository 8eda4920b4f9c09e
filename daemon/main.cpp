// cvdeskd: arguments, signals, exit status. The work is in service.cpp and lib/desk.
#include "core/log.hpp"
#include "core/settings.hpp"
#include "core/stop.hpp"
#include "core/text.hpp"
#include "daemon/service.hpp"
#include "desk/desk.hpp"
#include "net/access.hpp"
#include "process/private_memory.hpp"

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include <csignal>
#include <cstdlib>
#include <exception>

namespace {

using namespace cvdesk;

int tell(const Error& error) {
  fmt::print(stderr, "cvdeskd: {}\n", safe_for_terminal(error.what));
  if (!error.hint.empty()) fmt::print(stderr, "hint: {}\n", safe_for_terminal(error.hint));
  return exit_status(error);
}

std::string default_configuration() {
  const char* named = std::getenv("CVDESK_CONFIG");
  return named != nullptr && *named != '\0' ? named : "/etc/cvdesk/cvdesk.toml";
}

} // namespace

int main(int argc, char** argv) {
  CLI::App app{"cvdeskd takes in vulnerability reports from mailboxes, records them as cases and acknowledges them.\n"
               "See cvdeskd(8) and cvdesk.toml(5)."};
  std::string configuration = default_configuration();
  bool once = false;
  bool check = false;
  bool verbose = false;
  app.add_option("--config", configuration, "Configuration file")->capture_default_str();
  app.add_flag("--once", once, "Poll every mailbox once, finish the intake, try the outbox once, exit");
  app.add_flag("--check", check, "Read the configuration, say what is wrong, exit")->excludes("--once");
  app.add_flag("--verbose", verbose, "Log more");
  app.set_version_flag("--version", "cvdeskd " CVDESK_VERSION);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& wanted) {
    return app.exit(wanted);
  } catch (const CLI::ParseError& error) {
    return tell({ErrorKind::usage, false, error.what(), "cvdeskd --help"});
  }

  process::keep_memory_private();
  std::signal(SIGPIPE, SIG_IGN);
  if (verbose) set_log_level(LogLevel::debug);
  auto settings = load_settings(configuration);
  if (!settings) return tell(settings.error());
  if (const auto checked = desk::check_configuration(*settings); !checked) return tell(checked.error());
  if (check) {
    fmt::print("{}: good\n", configuration);
    return 0;
  }
  net::initialise();
  try {
    const auto served = daemon_service::serve(std::move(*settings), once);
    if (!served) return tell(served.error());
    return 0;
  } catch (const std::exception&) {
    return tell({ErrorKind::failed, true, "out of memory, or an error of the program itself", {}});
  }
}
