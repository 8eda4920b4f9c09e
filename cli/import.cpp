// cvdesk import PATH…
#include "cli/context.hpp"
#include "cli/facts_json.hpp"
#include "cli/terminal.hpp"
#include "core/text.hpp"
#include "desk/intake.hpp"
#include "desk/mail_source.hpp"

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include <cstdio>
#include <unistd.h>

namespace cvdesk::cli {

namespace {

struct Arguments {
  std::vector<std::string> paths;
  std::string mailbox;
  bool no_acknowledge = false;
};

// A bar on a terminal; nothing where output goes elsewhere.
class Progress {
public:
  explicit Progress(std::size_t total) : total_(total), shown_(::isatty(STDERR_FILENO) == 1 && total > 1) {}
  ~Progress() { clear(); }
  void step() {
    ++done_;
    if (!shown_) return;
    constexpr std::size_t width = 30;
    const std::size_t filled = std::min(width, done_ * width / std::max(total_, std::size_t{1}));
    std::string bar;
    for (std::size_t i = 0; i < width; ++i) {
      bar += i < filled ? "█" : "░";
    }
    fmt::print(stderr, "\r{} {}/{} ", bar, done_, std::max(done_, total_));
  }
  void clear() const {
    if (shown_) fmt::print(stderr, "\r\033[K");
  }

private:
  std::size_t total_;
  std::size_t done_ = 0;
  bool shown_;
};

class Importer {
public:
  Importer(const Context& context, const Arguments& arguments, desk::Desk& desk, desk::Hands& hands)
      : context_(context), arguments_(arguments), desk_(desk), hands_(hands), progress_(total(arguments)) {}

  int run() {
    const auto take = [this](const std::string& source, std::string_view bytes) { import(source, bytes); };
    const auto failed = [this](const std::string& source, const Error& error) { tell_failure(source, error); };
    for (const auto& path : arguments_.paths) {
      const auto result = desk::for_each_mail(path, desk_.settings().limits.message, take, failed);
      if (!result) tell_failure(path, result.error());
    }
    return any_failed_ ? 1 : 0;
  }

private:
  static std::size_t total(const Arguments& arguments) {
    std::size_t count = 0;
    for (const auto& path : arguments.paths) {
      count += desk::count_sources(path);
    }
    return count;
  }

  void import(const std::string& source, std::string_view bytes) {
    store::NewMail mail;
    mail.mailbox = arguments_.mailbox;
    mail.source = "import";
    mail.acknowledge = !arguments_.no_acknowledge;
    mail.size = static_cast<std::int64_t>(bytes.size());
    mail.received = now();
    mail.raw = bytes;
    const auto imported = desk::import_mail(desk_, hands_, mail);
    progress_.step();
    if (!imported) return tell_failure(source, imported.error());
    const auto& recorded = imported->recorded;
    tell(source, recorded.message, imported->known ? "duplicate" : recorded.result, recorded.reference, recorded.kind,
         recorded.case_tag);
  }

  void tell(const std::string& source, store::Id message, const std::string& result,
            const std::optional<std::string>& reference, const std::string& kind, const std::optional<std::string>& tag) {
    progress_.clear();
    if (context_.json) {
      print_json({{"source", to_valid_utf8(source)},
                  {"message", message},
                  {"result", result},
                  {"case", or_null(reference)},
                  {"kind", kind},
                  {"case_tag", or_null(tag)}});
      std::fflush(stdout); // who reads along knows what is done
    } else {
      fmt::print("{}: {} ({}){}\n", safe_for_terminal(source), result, kind, reference ? " " + *reference : std::string());
    }
  }

  void tell_failure(const std::string& source, const Error& error) {
    any_failed_ = true;
    progress_.clear();
    if (context_.json) {
      print_json({{"source", to_valid_utf8(source)},
                  {"message", nullptr},
                  {"result", "failed"},
                  {"case", nullptr},
                  {"kind", nullptr},
                  {"case_tag", nullptr}});
    }
    fmt::print(stderr, "cvdesk: {}: {}\n", safe_for_terminal(source), safe_for_terminal(error.what));
    if (!error.hint.empty()) fmt::print(stderr, "hint: {}\n", safe_for_terminal(error.hint));
  }

  const Context& context_;
  const Arguments& arguments_;
  desk::Desk& desk_;
  desk::Hands& hands_;
  Progress progress_;
  bool any_failed_ = false;
};

Result<int> import(const Context& context, Arguments arguments) {
  TRY_ASSIGN(auto working, context.open_working_desk());
  const auto& settings = working.desk->settings();
  if (arguments.mailbox.empty()) arguments.mailbox = settings.mailboxes.front().name;
  if (settings.find_mailbox(arguments.mailbox) == nullptr) {
    return fail(ErrorKind::usage, fmt::format("there is no mailbox {} in the configuration", arguments.mailbox));
  }
  return Importer(context, arguments, *working.desk, working.hands).run();
}

} // namespace

void add_import(CLI::App& app, Context& context) {
  CLI::App* verb = add_verb(app, "import", "Take in .eml files, mbox files and Maildirs as if they had been fetched");
  auto arguments = std::make_shared<Arguments>();
  verb->add_option("PATH", arguments->paths, "Files or folders")->required();
  verb->add_option("--mailbox", arguments->mailbox, "As if it came in this mailbox (default: the first)");
  verb->add_flag("--no-acknowledge", arguments->no_acknowledge, "Send no acknowledgements");
  add_json(*verb, context);
  verb->callback([&context, arguments] { context.action = [&context, arguments] { return import(context, *arguments); }; });
}

} // namespace cvdesk::cli
