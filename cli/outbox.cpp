// cvdesk outbox [show|retry|cancel]
#include "store/outbox.hpp"

#include "cli/context.hpp"
#include "cli/facts_json.hpp"
#include "cli/person.hpp"
#include "cli/terminal.hpp"
#include "desk/answer_task.hpp"
#include "desk/breaker.hpp"
#include "desk/deliver.hpp"
#include "store/audit.hpp"
#include "store/cases.hpp"

#include <CLI/CLI.hpp>
#include <fmt/core.h>

namespace cvdesk::cli {

namespace {

struct Shown {
  store::OutboxEntry entry;
  std::optional<std::string> reference;
  std::string recipient;
  std::string message_id;
  bool held = false; // by the breaker
};

Result<std::vector<Shown>> read_outbox(desk::Desk& desk) {
  return desk.store().read([](store::View& view) -> Result<std::vector<Shown>> {
    TRY_ASSIGN(auto entries, store::outbox(view));
    TRY_ASSIGN(const auto breaker, store::open_breaker(view));
    std::vector<Shown> rows;
    for (auto& entry : entries) {
      Shown row;
      if (entry.case_id) {
        TRY_ASSIGN(const auto found, store::find_case(view, *entry.case_id));
        if (found) row.reference = found->reference;
      }
      if (!entry.task.empty()) {
        TRY_ASSIGN(const auto task, desk::unpack_answer_task(entry.task));
        row.recipient = task.recipient;
        row.message_id = task.message_id;
      }
      row.held = breaker && entry.state == "waiting" && entry.purpose == "acknowledgement" && entry.id >= breaker->first_held;
      row.entry = std::move(entry);
      rows.push_back(std::move(row));
    }
    return rows;
  });
}

// What the row has come to: one that was sent may have come back.
std::string state_of(const store::OutboxEntry& entry) { return entry.bounced ? "bounced" : entry.state; }

Json row_json(const Shown& row) {
  const auto& entry = row.entry;
  return {{"id", entry.id},
          {"case", or_null(row.reference)},
          {"purpose", entry.purpose},
          {"state", state_of(entry)},
          {"to", row.recipient},
          {"message_id", row.message_id},
          {"attempts", entry.attempts},
          {"created", to_rfc3339(entry.created)},
          {"next_attempt", entry.state == "waiting" ? Json(to_rfc3339(entry.next_attempt)) : Json(nullptr)},
          {"finished", or_null(entry.finished)},
          {"bounced", or_null(entry.bounced)},
          {"held", row.held},
          {"error", entry.last_error.empty() ? Json(nullptr) : Json(entry.last_error)}};
}

Colour colour_of(const std::string& state) {
  return state == "sent" ? Colour::green : state == "failed" || state == "bounced" ? Colour::red : Colour::yellow;
}

Result<int> tell_of_breaker(desk::Desk& desk) {
  TRY_ASSIGN(const auto breaker, desk.store().read([](store::View& view) { return store::open_breaker(view); }));
  if (!breaker) return 0;
  fmt::print("\n{}\n", paint(Colour::red, fmt::format("Acknowledgements are held back since {}: {}.", desk.calendar().local_time(breaker->opened),
                                                      breaker->reason == "many-failures" ? "most were refused or came back" : "far too many were asked for")));
  fmt::print("They go on by themselves when it is over, or now: cvdesk outbox resume. cvdesk outbox cancel --acknowledgements drops them.\n");
  return 0;
}

Result<int> list(const Context& context) {
  TRY_ASSIGN(const auto desk, context.open_desk());
  TRY_ASSIGN(const auto rows, read_outbox(*desk));
  Table table({"ID", "CASE", "WHAT", "STATE", "TRIES", "WHEN", "TO", "ERROR"}, 7);
  for (const auto& row : rows) {
    if (context.json) {
      print_json(row_json(row));
      continue;
    }
    const auto& entry = row.entry;
    table.add({{std::to_string(entry.id), Colour::bold},
               {row.reference.value_or("-")},
               {entry.purpose},
               {row.held ? "held" : state_of(entry), colour_of(state_of(entry))},
               {std::to_string(entry.attempts)},
               {desk->calendar().local_time(entry.finished.value_or(entry.next_attempt))},
               {row.recipient},
               {entry.state == "sent" ? std::string() : entry.last_error}});
  }
  if (context.json) return 0;
  if (table.empty()) {
    fmt::print("the outbox is empty\n");
  } else {
    table.print();
  }
  return tell_of_breaker(*desk);
}

// The bytes as they went, or would go, over the wire; through safe_for_terminal on a terminal.
Result<int> show(const Context& context, store::Id id) {
  TRY_ASSIGN(Settings settings, context.settings());
  TRY_ASSIGN(const auto engine, desk::make_engine(settings));
  TRY_ASSIGN(const auto desk, desk::Desk::open(std::move(settings)));
  TRY_ASSIGN(const std::string mail, desk::compose_outgoing(*desk, *engine, id));
  if (is_terminal()) {
    print_text(mail, "");
  } else {
    std::fwrite(mail.data(), 1, mail.size(), stdout);
  }
  return 0;
}

Result<void> log(store::Change& change, const store::OutboxEntry& entry, std::string_view action) {
  return store::append_event(change, {entry.case_id, actor(), action, ""}, now());
}

Result<int> retry(const Context& context, std::optional<store::Id> id) {
  TRY_ASSIGN(const auto desk, context.open_desk());
  TRY_ASSIGN(const int count, desk->store().write([&](store::Change& change) -> Result<int> {
    TRY_ASSIGN(const auto entries, store::outbox(change));
    int again = 0;
    for (const auto& entry : entries) {
      const bool wanted = id ? entry.id == *id : entry.state == "waiting" || entry.state == "failed";
      if (!wanted || entry.state == "sent") continue;
      TRY(store::wait_again(change, entry.id, now()));
      TRY(log(change, entry, "outbox-retry"));
      ++again;
    }
    return again;
  }));
  if (id && count == 0) return fail(ErrorKind::not_found, fmt::format("there is no mail {} that waits or failed", *id), "cvdesk outbox");
  if (!context.json) fmt::print("{} due now: cvdeskd sends {} (or: cvdeskd --once)\n", count, count == 1 ? "it" : "them");
  return 0;
}

Result<int> resume(const Context& context) {
  TRY_ASSIGN(const auto desk, context.open_desk());
  TRY(desk::close_breaker(*desk, actor()));
  return 0;
}

// After a flood: nobody waits for these.
Result<int> cancel_acknowledgements(const Context& context) {
  TRY_ASSIGN(const auto desk, context.open_desk());
  TRY_ASSIGN(const int count, desk->store().write([&](store::Change& change) -> Result<int> {
    TRY_ASSIGN(const auto entries, store::outbox(change));
    int cancelled = 0;
    for (const auto& entry : entries) {
      if (entry.state != "waiting" || entry.purpose != "acknowledgement") continue;
      TRY(store::finish(change, entry, "cancelled", "", now()));
      TRY(log(change, entry, "outbox-cancelled"));
      ++cancelled;
    }
    return cancelled;
  }));
  if (!context.json) fmt::print("{} acknowledgements cancelled\n", count);
  return 0;
}

Result<int> cancel(const Context& context, std::optional<store::Id> mail, bool acknowledgements) {
  if (acknowledgements == mail.has_value()) return fail(ErrorKind::usage, "name one mail, or --acknowledgements", "cvdesk outbox");
  if (acknowledgements) return cancel_acknowledgements(context);
  const store::Id id = *mail;
  TRY_ASSIGN(const auto desk, context.open_desk());
  TRY(desk->store().write([&](store::Change& change) -> Result<void> {
    TRY_ASSIGN(const auto entry, store::find_outgoing(change, id));
    if (!entry) return fail(ErrorKind::not_found, fmt::format("there is no outgoing mail {}", id), "cvdesk outbox");
    if (entry->state == "sent") return fail(ErrorKind::refused, fmt::format("mail {} has been sent", id));
    TRY(store::finish(change, *entry, "cancelled", "", now()));
    return log(change, *entry, "outbox-cancelled");
  }));
  return 0;
}

} // namespace

void add_outbox(CLI::App& app, Context& context) {
  CLI::App* verb = add_verb(app, "outbox", "What waits to be sent, was sent or failed");
  add_json(*verb, context);
  auto id = std::make_shared<std::optional<store::Id>>();
  const auto add = [&](const std::string& name, const std::string& what, bool required, auto work) {
    CLI::App* sub = add_verb(*verb, name, what);
    auto* option = sub->add_option("ID", *id, "Number of the mail");
    if (required) option->required();
    add_json(*sub, context);
    sub->callback([&context, id, work] { context.action = [&context, id, work] { return work(context, *id); }; });
  };
  add("show", "One mail as it goes over the wire", true,
      [](const Context& c, std::optional<store::Id> mail) { return show(c, mail.value_or(0)); });
  add("retry", "Try again now: one mail, or all that wait or failed", false, retry);
  auto all = std::make_shared<bool>(false);
  add("cancel", "Do not send a mail", false,
      [all](const Context& c, std::optional<store::Id> mail) { return cancel(c, mail, *all); });
  verb->get_subcommand("cancel")->add_flag("--acknowledgements", *all, "All acknowledgements that wait");
  CLI::App* resumed = add_verb(*verb, "resume", "Send acknowledgements again that the breaker holds back");
  resumed->callback([&context] { context.action = [&context] { return resume(context); }; });
  verb->require_subcommand(0, 1);
  verb->callback([&context, verb] {
    if (verb->get_subcommands().empty()) context.action = [&context] { return list(context); };
  });
}

} // namespace cvdesk::cli
