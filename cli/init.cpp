// cvdesk init DIR
#include "cli/context.hpp"
#include "desk/setup.hpp"

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include <iostream>

#include <unistd.h>

namespace cvdesk::cli {

namespace {

Result<std::string> ask(const std::string& given, const char* question, const char* option) {
  if (!given.empty()) return given;
  if (::isatty(STDIN_FILENO) != 1) return fail(ErrorKind::usage, fmt::format("{} is missing", option), "cvdesk init --help");
  fmt::print("{}: ", question);
  std::fflush(stdout);
  std::string answer;
  std::getline(std::cin, answer);
  if (answer.empty()) return fail(ErrorKind::usage, fmt::format("{} is missing", option));
  return answer;
}

Result<int> init(const desk::SetupRequest& given) {
  desk::SetupRequest request = given;
  TRY_ASSIGN(request.organisation, ask(given.organisation, "Name of the organisation", "--name"));
  TRY_ASSIGN(request.address, ask(given.address, "E-mail address of the desk", "--address"));
  TRY_ASSIGN(const auto result, desk::set_up(request));
  const std::string configuration = result.configuration.string();
  fmt::print("A desk for {} <{}>:\n\n"
             "  configuration  {}\n"
             "  OpenPGP key    {}\n\n"
             "Next:\n"
             "  1. Edit the configuration: scope, the servers of mailbox and submission.\n"
             "  2. Put the passwords in imap.pass and smtp.pass beside it (mode 0600).\n"
             "  3. cvdesk --config {} doctor\n"
             "  4. cvdesk --config {} certificates own   (publish this with your policy)\n"
             "  5. Keep copies of store.key and gnupg/ elsewhere: without them nothing can be read.\n",
             request.organisation, request.address, configuration, result.fingerprint, configuration, configuration);
  return 0;
}

} // namespace

void add_init(CLI::App& app, Context& context) {
  CLI::App* verb = add_verb(app, "init", "Write a configuration, store, store key and OpenPGP key that work together");
  auto request = std::make_shared<desk::SetupRequest>();
  verb->add_option("DIR", request->folder, "Where; made when it is not there")->required();
  verb->add_option("--name", request->organisation, "Name of the organisation");
  verb->add_option("--address", request->address, "E-mail address of the desk");
  verb->callback([&context, request] { context.action = [request] { return init(*request); }; });
}

} // namespace cvdesk::cli
