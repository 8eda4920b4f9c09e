// cvdesk outbox [show|retry|cancel]
#include "store/outbox.hpp"

#include "cli/context.hpp"
#include "cli/facts_json.hpp"
#include "cli/person.hpp"
#include "cli/terminal.hpp"
#include "desk/answer_task.hpp"
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
};

Result<std::vector<Shown>> read_outbox(desk::Desk& desk) {
  return desk.store().read([](store::View& view) -> Result<std::vector<Shown>> {
    TRY_ASSIGN(auto entries, store::outbox(view));
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
      row.entry = std::move(entry);
      rows.push_back(std::move(row));
    }
    return rows;
  });
}

Json row_json(const Shown& row) {
  const auto& entry = row.entry;
  return {{"id", entry.id},
          {"case", or_null(row.reference)},
          {"purpose", entry.purpose},
          {"state", entry.state},
          {"to", row.recipient},
          {"message_id", row.message_id},
          {"attempts", entry.attempts},
          {"created", to_rfc3339(entry.created)},
          {"next_attempt", entry.state == "waiting" ? Json(to_rfc3339(entry.next_attempt)) : Json(nullptr)},
          {"finished", or_null(entry.finished)},
          {"error", entry.last_error.empty() ? Json(nullptr) : Json(entry.last_error)}};
}

Colour colour_of(const std::string& state) {
  return state == "sent" ? Colour::green : state == "failed" ? Colour::red : Colour::yellow;
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
               {entry.state, colour_of(entry.state)},
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
  return 0;
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

Result<int> cancel(const Context& context, store::Id id) {
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
  add("cancel", "Do not send a mail", true,
      [](const Context& c, std::optional<store::Id> mail) { return cancel(c, mail.value_or(0)); });
  verb->require_subcommand(0, 1);
  verb->callback([&context, verb] {
    if (verb->get_subcommands().empty()) context.action = [&context] { return list(context); };
  });
}

} // namespace cvdesk::cli
