// cvdesk doctor
#include "desk/doctor.hpp"

#include "cli/context.hpp"
#include "cli/facts_json.hpp"
#include "cli/terminal.hpp"
#include "core/text.hpp"

#include <CLI/CLI.hpp>
#include <fmt/core.h>

namespace cvdesk::cli {

namespace {

using Grade = desk::Finding::Grade;

std::string_view name_of(Grade grade) {
  return grade == Grade::ok ? "ok" : grade == Grade::warning ? "warning" : "failure";
}

Colour colour_of(Grade grade) {
  return grade == Grade::ok ? Colour::green : grade == Grade::warning ? Colour::yellow : Colour::red;
}

void print_finding(const desk::Finding& finding) {
  fmt::print("{}  {}  {}\n", paint(colour_of(finding.grade), fmt::format("{:<7}", name_of(finding.grade))),
             paint(Colour::bold, fmt::format("{:<16}", safe_for_terminal(finding.subject))), safe_for_terminal(finding.text));
  if (!finding.remedy.empty()) fmt::print("{}hint: {}\n", std::string(27, ' '), safe_for_terminal(finding.remedy));
  std::fflush(stdout);
}

Result<int> doctor(const Context& context) {
  TRY_ASSIGN(const Settings settings, context.settings());
  StopToken stop;
  const bool good = desk::examine(
      settings,
      [&](const desk::Finding& finding) {
        if (!context.json) return print_finding(finding);
        print_json({{"grade", name_of(finding.grade)},
                    {"subject", finding.subject},
                    {"text", finding.text},
                    {"remedy", finding.remedy.empty() ? Json(nullptr) : Json(finding.remedy)}});
      },
      stop);
  return good ? 0 : 1;
}

} // namespace

void add_doctor(CLI::App& app, Context& context) {
  CLI::App* verb = add_verb(app, "doctor", "Check configuration, permissions, store, keys, IMAP and SMTP log-in");
  add_json(*verb, context);
  verb->callback([&context] { context.action = [&context] { return doctor(context); }; });
}

} // namespace cvdesk::cli
