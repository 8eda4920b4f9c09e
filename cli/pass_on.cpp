// cvdesk pass-on REF PARTNER
#include "desk/pass_on.hpp"

#include "cli/context.hpp"
#include "cli/outgoing_preview.hpp"
#include "cli/person.hpp"
#include "cli/terminal.hpp"
#include "cli/text_input.hpp"
#include "core/text.hpp"
#include "desk/attachment.hpp"

#include <CLI/CLI.hpp>
#include <fmt/core.h>

namespace cvdesk::cli {

namespace {

struct Arguments {
  desk::PassOnWish wish;
  TextInput text;
  bool preview = false;
};

void print_files(const desk::PassOnPlan& plan) {
  if (plan.files.empty()) return;
  print_heading("Attachments of the reporter");
  for (const auto& file : plan.files) {
    print_field(fmt::format("{} {}", file.id, file.goes_along ? "goes along" : "stays"),
                fmt::format("{}  {}  {} bytes", file.filename, file.media_type, file.size));
    print_field("", file.tells.empty() ? std::string() : fmt::format("tells: {}", join(file.tells, "; ")), Colour::yellow);
  }
}

Json files_json(const desk::PassOnPlan& plan) {
  Json json = Json::array();
  for (const auto& file : plan.files) {
    json.push_back({{"id", file.id},
                    {"filename", file.filename},
                    {"media_type", file.media_type},
                    {"size", file.size},
                    {"tells", file.tells},
                    {"goes_along", file.goes_along}});
  }
  return json;
}

void print_result(const Context& context, const desk::PassOnPlan& plan, const desk::PassedOn& mails, bool preview) {
  for (std::size_t i = 0; i < mails.mails.size(); ++i) {
    const auto& mail = mails.mails[i];
    const auto remarks = i == 0 ? plan.remarks : std::vector<std::string>();
    if (context.json) {
      Json json = outgoing_json(mail, preview ? std::nullopt : std::optional(mails.ids[i]), remarks);
      json["attachments"] = i == 0 ? files_json(plan) : Json::array();
      print_json(json);
    } else if (preview) {
      if (i > 0) print_heading("To the reporter");
      print_outgoing(mail, remarks);
    } else {
      fmt::print("{}\n", outgoing_in_a_line(mail, mails.ids[i]));
    }
  }
  if (!context.json) print_files(plan);
}

Result<int> pass_on(const Context& context, Arguments& arguments) {
  auto& wish = arguments.wish;
  if (arguments.text.is_given()) {
    TRY_ASSIGN(wish.words, arguments.text.read("", {}));
  }
  TRY_ASSIGN(Settings settings, context.settings());
  // These fork: before the desk, which starts a thread.
  TRY_ASSIGN(const auto extractor, desk::make_extractor(settings));
  TRY_ASSIGN(const auto engine, desk::make_engine(settings));
  TRY_ASSIGN(const auto desk, desk::Desk::open(std::move(settings)));
  TRY_ASSIGN(const auto plan, desk::plan_pass_on(*desk, *extractor, wish));
  TRY_ASSIGN(auto mails, desk::compose_pass_on(*desk, *engine, plan));
  if (!arguments.preview) TRY(desk::send_pass_on(*desk, wish, plan, mails, actor()));
  print_result(context, plan, mails, arguments.preview);
  return 0;
}

} // namespace

void add_pass_on(CLI::App& app, Context& context) {
  CLI::App* verb = add_verb(app, "pass-on", "Pass a report on to the partner whose system it is about");
  auto arguments = std::make_shared<Arguments>();
  auto& wish = arguments->wish;
  verb->add_option("REF", wish.reference, "CVD-YYYY-NNNN, or the number of this year")->required();
  verb->add_option("PARTNER", wish.partner, "Its name, contact address or domain")->required();
  arguments->text.add_options(*verb);
  verb->add_flag("--clear", wish.clear, "Without a certificate of the partner: only what came in clear");
  verb->add_flag("--with-reporter", wish.with_reporter, "Name the reporter, whose consent is recorded");
  verb->add_flag("--follow-ups", wish.follow_ups, "What the reporter wrote later, too");
  verb->add_option("--attachment", wish.files, "Number of an attachment that goes along");
  verb->add_flag("--no-notice", wish.untold, "Do not tell the reporter");
  verb->add_flag("--again", wish.again, "Although it was passed on to them before");
  verb->add_flag("--preview", arguments->preview, "Show what would go out, and send nothing");
  add_json(*verb, context);
  verb->callback([&context, arguments] { context.action = [&context, arguments] { return pass_on(context, *arguments); }; });
}

} // namespace cvdesk::cli
