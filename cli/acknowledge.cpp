// cvdesk acknowledge REF
#include "cli/context.hpp"
#include "cli/facts_json.hpp"
#include "cli/person.hpp"
#include "cli/terminal.hpp"
#include "desk/withheld.hpp"

#include <CLI/CLI.hpp>
#include <fmt/core.h>

namespace cvdesk::cli {

namespace {

struct Arguments {
  std::string reference;
  bool preview = false;
};

void print(const Context& context, const desk::CaseAcknowledgement& found) {
  const bool encrypted = found.owed && !found.task.sent_text.empty() ? found.task.sent_encrypted : !found.task.certificate.empty();
  if (context.json) {
    print_json({{"case", found.entry.reference},
                {"id", or_null(found.owed)},
                {"to", found.task.recipient},
                {"signed", true},
                {"encrypted", encrypted},
                {"language", found.task.language},
                {"subject", found.text.subject},
                {"text", found.text.text}});
    return;
  }
  print_field("to", found.task.recipient);
  print_field("protection", encrypted ? "signed and encrypted" : "signed, NOT encrypted", encrypted ? Colour::green : Colour::yellow);
  print_field("subject", found.text.subject);
  print_field("outbox", found.owed ? std::to_string(*found.owed) : std::string("not there yet"));
  fmt::print("\n");
  print_text(found.text.text, "    ");
}

Result<int> acknowledge(const Context& context, const Arguments& arguments) {
  TRY_ASSIGN(const auto desk, context.open_desk());
  TRY_ASSIGN(auto found, desk::acknowledgement_of(*desk, arguments.reference));
  if (!arguments.preview) {
    TRY_ASSIGN(found.owed, desk::send_withheld(*desk, found, actor()));
  }
  if (arguments.preview || context.json) {
    print(context, found);
  } else {
    fmt::print("{}\n", fit(fmt::format("to {} (outbox {})", found.task.recipient, *found.owed), terminal_width()));
  }
  return 0;
}

} // namespace

void add_acknowledge(CLI::App& app, Context& context) {
  CLI::App* verb = add_verb(app, "acknowledge", "The acknowledgement of a case: look at it, or send one that was withheld");
  auto arguments = std::make_shared<Arguments>();
  verb->add_option("REF", arguments->reference, "CVD-YYYY-NNNN, or the number of this year")->required();
  verb->add_flag("--preview", arguments->preview, "Show it, and send nothing");
  add_json(*verb, context);
  verb->callback([&context, arguments] { context.action = [&context, arguments] { return acknowledge(context, *arguments); }; });
}

} // namespace cvdesk::cli
