// cvdesk: arguments, exit status. The verbs stand in files of their own, the work in lib/desk.
#include "cli/context.hpp"
#include "cli/person.hpp"
#include "core/file.hpp"
#include "core/log.hpp"
#include "core/text.hpp"
#include "net/access.hpp"
#include "process/private_memory.hpp"

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <system_error>

namespace {

using namespace cvdesk;

constexpr const char* system_configuration = "/etc/cvdesk/cvdesk.toml";

int tell(const Error& error) {
  std::fflush(stdout);
  fmt::print(stderr, "cvdesk: {}\n", safe_for_terminal(error.what));
  if (!error.hint.empty()) fmt::print(stderr, "hint: {}\n", safe_for_terminal(error.hint));
  return exit_status(error);
}

std::string default_configuration() {
  const char* named = std::getenv("CVDESK_CONFIG");
  return named != nullptr && *named != '\0' ? named : system_configuration;
}

Error cannot_write() { return {ErrorKind::io, false, fmt::format("cannot write the output: {}", errno_text()), {}}; }

// "A subcommand is required" helps nobody who mistyped one, or named one that this version does not have.
Error usage_error(const CLI::App& app, const CLI::ParseError& error) {
  const auto given = app.get_subcommands();
  if (!given.empty()) {
    return {ErrorKind::usage, false, error.what(), fmt::format("cvdesk {} --help", given.front()->get_name())};
  }
  if (dynamic_cast<const CLI::RequiredError*>(&error) == nullptr) {
    return {ErrorKind::usage, false, error.what(), "cvdesk --help"};
  }
  const auto left = app.remaining();
  const auto verb = std::find_if(left.begin(), left.end(), [](const std::string& word) { return !word.starts_with('-'); });
  return {ErrorKind::usage, false, verb == left.end() ? "no verb is given" : fmt::format("there is no verb {}", *verb),
          "cvdesk --help lists the verbs"};
}

void add_verbs(CLI::App& app, cli::Context& context) {
  cli::add_list(app, context);
  cli::add_show(app, context);
  cli::add_search(app, context);
  cli::add_handling(app, context);
  cli::add_acknowledge(app, context);
  cli::add_reply(app, context);
  cli::add_pass_on(app, context);
  cli::add_contacts(app, context);
  cli::add_relations(app, context);
  cli::add_attachments(app, context);
  cli::add_deadlines(app, context);
  cli::add_stats(app, context);
  cli::add_log(app, context);
  cli::add_inbox(app, context);
  cli::add_outbox(app, context);
  cli::add_certificates(app, context);
  cli::add_import(app, context);
  cli::add_init(app, context);
  cli::add_doctor(app, context);
  cli::add_verify(app, context);
}

} // namespace

int main(int argc, char** argv) {
  CLI::App app{"cvdesk shows and handles the vulnerability reports that cvdeskd took in. See cvdesk(1)."};
  cli::Context context;
  context.configuration = default_configuration();
  app.add_option("--config", context.configuration, "Configuration file")->capture_default_str();
  app.set_version_flag("--version", "cvdesk " CVDESK_VERSION);
  app.require_subcommand(1);
  add_verbs(app, context);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& wanted) {
    return app.exit(wanted);
  } catch (const CLI::ParseError& error) {
    return tell(usage_error(app, error));
  }
  process::keep_memory_private();
  std::signal(SIGPIPE, SIG_DFL);
  // The log of the shared code is for the daemon; what concerns the person who types is in the error.
  set_log_level(LogLevel::error);
  const bool init = app.got_subcommand("init");
  if (!init && context.configuration == system_configuration) {
    if (const auto changed = cli::become_service_user(argv); !changed) return tell(changed.error());
  }
  net::initialise();
  try {
    const auto status = context.action();
    if (!status) return tell(status.error());
    if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) return tell(cannot_write());
    return *status;
  } catch (const std::system_error&) {
    // fmt::print throws where standard output is full or closed.
    return tell(cannot_write());
  } catch (const std::exception&) {
    return tell({ErrorKind::failed, false, "out of memory, or an error of the program itself", {}});
  }
}
