// cvdesk reply REF
#include "desk/reply.hpp"

#include "cli/context.hpp"
#include "cli/outgoing_files.hpp"
#include "cli/outgoing_preview.hpp"
#include "cli/person.hpp"
#include "cli/terminal.hpp"
#include "cli/text_input.hpp"
#include "core/text.hpp"

#include <CLI/CLI.hpp>
#include <fmt/core.h>

namespace cvdesk::cli {

namespace {

struct Arguments {
  desk::ReplyWish wish;
  TextInput text;
  std::vector<std::string> attach;
  bool preview = false;
};

// What the person sees below the text while writing.
std::vector<std::string> comments_for(const desk::ReplyPlan& plan) {
  std::vector<std::string> comments;
  for (const auto& mail : plan.mails) {
    comments.push_back(safe_for_terminal(fmt::format("{}: to {}, {}", mail.entry.reference, mail.draft.recipient,
                                                     mail.draft.certificate.empty() ? "signed, NOT encrypted" : "signed and encrypted")));
  }
  for (const auto& remark : plan.remarks) {
    comments.push_back(safe_for_terminal(remark));
  }
  const auto& first = plan.mails.front();
  if (first.quotable.empty()) return comments;
  comments.emplace_back("");
  for (const auto line : split(first.quotable, '\n')) {
    comments.push_back(fmt::format("> {}", safe_for_terminal(line)));
  }
  return comments;
}

// The words of somebody who wrote in the editor are not lost with the mail that could not go out.
void give_back(const std::string& words) {
  if (trim(words).empty()) return;
  fmt::print("This is what you wrote:\n\n");
  print_text(words, "");
}

Result<int> finish(const Context& context, desk::Desk& desk, openpgp::Engine& engine, const Arguments& arguments,
                   const desk::ReplyPlan& plan, const desk::ReplyText& text, const std::vector<mime::OutgoingAttachment>& files, bool edited) {
  auto composed = desk::compose_reply(desk, engine, arguments.wish, plan, text, files);
  if (!composed) {
    if (!arguments.preview) TRY(desk::note_refusal(desk, plan, composed.error(), actor()));
    return tl::unexpected(std::move(composed).error());
  }
  std::vector<store::Id> ids;
  if (!arguments.preview) {
    TRY_ASSIGN(ids, desk::send_reply(desk, plan, *composed, edited, actor()));
  }
  for (std::size_t i = 0; i < composed->size(); ++i) {
    const auto& mail = (*composed)[i];
    if (context.json) {
      print_json(outgoing_json(mail, arguments.preview ? std::nullopt : std::optional(ids[i]), plan.remarks));
    } else if (arguments.preview) {
      if (i > 0) fmt::print("\n");
      print_outgoing(mail, plan.remarks);
    } else {
      fmt::print("{}\n", outgoing_in_a_line(mail, ids[i]));
    }
  }
  return 0;
}

Result<int> reply(const Context& context, const Arguments& arguments) {
  if (arguments.wish.ask_certificate && arguments.text.is_given()) {
    return fail(ErrorKind::usage, "--ask-certificate is a fixed text: no words of your own go along with it");
  }
  TRY_ASSIGN(const auto files, read_files(arguments.attach));
  TRY_ASSIGN(Settings settings, context.settings());
  // The engine forks: before the desk, which starts a thread.
  TRY_ASSIGN(const auto engine, desk::make_engine(settings));
  TRY_ASSIGN(auto desk, desk::Desk::open(settings));
  TRY_ASSIGN(const desk::ReplyPlan plan, desk::plan_reply(*desk, arguments.wish));
  const bool ready_text = arguments.wish.ask_certificate || (arguments.preview && !arguments.wish.template_name.empty());
  const bool edited = arguments.text.wants_editor() && !ready_text;
  desk::ReplyText text;
  // Nobody writes for an hour what then cannot be sent.
  if (edited) TRY(desk::check_certificates(*engine, plan));
  if (edited) {
    TRY_ASSIGN(const std::string begin, desk::begin_of_reply(*desk, arguments.wish, plan));
    // Not open while somebody writes: the daemon, a backup and an upgrade go their way.
    desk.reset();
    TRY_ASSIGN(text.words, arguments.text.read(begin, comments_for(plan)));
    text.whole = true;
    TRY_ASSIGN(desk, desk::Desk::open(std::move(settings)));
  } else if (!arguments.wish.ask_certificate && !arguments.text.wants_editor()) {
    TRY_ASSIGN(text.words, arguments.text.read("", {}));
  }
  auto done = finish(context, *desk, *engine, arguments, plan, text, files, edited);
  if (!done && edited) give_back(text.words);
  return done;
}

} // namespace

void add_reply(CLI::App& app, Context& context) {
  CLI::App* verb = add_verb(app, "reply", "Answer the reporter of a case, or the partner that it was passed on to");
  auto arguments = std::make_shared<Arguments>();
  auto& wish = arguments->wish;
  verb->add_option("REF", wish.reference, "CVD-YYYY-NNNN, or the number of this year")->required();
  arguments->text.add_options(*verb);
  auto* to = verb->add_option("--to", wish.to, "Whom to answer, of those that the case is talked about with");
  verb->add_flag("--all-reporters", wish.all_reporters, "Its reporter and those of its duplicates, each by a mail of their own")->excludes(to);
  verb->add_option("--subject", wish.subject, "Another subject; the reference is put before it");
  verb->add_option("--attach", arguments->attach, "A file to go along");
  auto* with_template = verb->add_option("--template", wish.template_name, "A text to begin with");
  verb->add_option("--language", wish.language, "Of the template, where it is not the reporter's");
  verb->add_flag("--ask-certificate", wish.ask_certificate, "A fixed text that asks for the reporter's certificate")->excludes(with_template);
  verb->add_flag("--preview", arguments->preview, "Show what would go out, and send nothing");
  add_json(*verb, context);
  verb->callback([&context, arguments] { context.action = [&context, arguments] { return reply(context, *arguments); }; });
}

} // namespace cvdesk::cli
