// cvdesk inbox [show|raw|retry|promote|reviewed]
#include "cli/context.hpp"
#include "cli/facts_json.hpp"
#include "cli/person.hpp"
#include "cli/protection_words.hpp"
#include "cli/terminal.hpp"
#include "cli/why.hpp"
#include "desk/case_view.hpp"
#include "desk/intake.hpp"
#include "store/inbox.hpp"

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include <unistd.h>

namespace cvdesk::cli {

namespace {

std::string sender_of(const desk::MailView& mail) {
  if (!mail.inspection || mail.inspection->from.empty()) return {};
  const auto& from = mail.inspection->from.front();
  return from.display_name.empty() ? from.address : fmt::format("{} <{}>", from.display_name, from.address);
}

std::string result_of(const desk::MailView& mail) { return mail.entry.done ? mail.entry.result.value_or("failed") : "unread"; }

Json row_json(const desk::MailView& mail) {
  return {{"id", mail.entry.id},
          {"mailbox", mail.entry.mailbox},
          {"received", to_rfc3339(mail.entry.received)},
          {"size", mail.entry.size},
          {"result", result_of(mail)},
          {"case", or_null(mail.reference)},
          {"kind", or_null(mail.entry.kind)},
          {"from", sender_of(mail)},
          {"subject", mail.inspection ? mail.inspection->subject : std::string()},
          {"duplicate_of", or_null(mail.entry.duplicate_of)},
          {"reviewed", mail.entry.reviewed}};
}

Result<int> list(const Context& context) {
  TRY_ASSIGN(const auto desk, context.open_desk());
  Table table({"ID", "RECEIVED", "RESULT", "CASE", "KIND", "FROM", "SUBJECT"}, 6);
  TRY(desk::visit_inbox(*desk, [&](const desk::MailView& mail) {
    if (context.json) return print_json(row_json(mail));
    const bool open = mail.entry.result == "filed" && !mail.entry.reviewed;
    table.add({{std::to_string(mail.entry.id), Colour::bold},
               {desk->calendar().local_time(mail.entry.received)},
               {result_of(mail), open ? Colour::yellow : Colour::plain},
               {mail.reference.value_or("-")},
               {mail.entry.kind.value_or("-")},
               {fit(sender_of(mail), 36)},
               {mail.inspection ? mail.inspection->subject : std::string()}});
  }));
  if (!context.json) table.print();
  return 0;
}

Json mail_json(const desk::MailView& mail) {
  const reader::Inspection nothing;
  const auto& inspection = mail.inspection ? *mail.inspection : nothing;
  Json json = {{"id", mail.entry.id},
               {"mailbox", mail.entry.mailbox},
               {"received", to_rfc3339(mail.entry.received)},
               {"result", result_of(mail)},
               {"case", or_null(mail.reference)},
               {"kind", or_null(mail.entry.kind)},
               {"case_tag", or_null(inspection.facts.case_tag)},
               {"language", or_null(inspection.facts.language)},
               {"from", sender_of(mail)}};
  json["to"] = Json::array();
  for (const auto& to : inspection.to) {
    json["to"].push_back(to.display_name.empty() ? to.address : fmt::format("{} <{}>", to.display_name, to.address));
  }
  json["subject"] = inspection.subject;
  json["date"] = or_null(inspection.date);
  json["message_id"] = inspection.message_id;
  json["protection"] = protection_json(inspection.protection);
  json["text"] = inspection.text;
  put_facts(json, inspection.facts);
  json["attachments"] = Json::array();
  for (const auto& file : inspection.attachments) {
    Json one = {{"id", file.id}, {"message", mail.entry.id}};
    put_attachment(one, file);
    json["attachments"].push_back(std::move(one));
  }
  json["evidence"] = evidence_json({{mail.entry.id, inspection.text, &inspection.facts.evidence}});
  json["kind_reasons"] = inspection.facts.kind_reasons;
  json["defects"] = inspection.defects;
  return json;
}

void print_mail(const desk::MailView& mail, const Calendar& calendar, bool why) {
  print_field("message", fmt::format("{} in {}, {} bytes", mail.entry.id, mail.entry.mailbox, mail.entry.size));
  print_field("received", calendar.local_time(mail.entry.received));
  print_field("result", mail.reference ? fmt::format("{} {}", result_of(mail), *mail.reference) : result_of(mail));
  print_field("kind", mail.entry.kind.value_or(""));
  if (!mail.inspection) return;
  print_field("because", mail.inspection->facts.kind_reasons);
  print_field("from", sender_of(mail));
  print_field("subject", mail.inspection->subject);
  print_field("date", mail.inspection->date ? calendar.local_time(*mail.inspection->date) : std::string());
  const auto words = in_words(mail.inspection->protection);
  print_field("protection", words.text, words.colour);
  for (const auto& file : mail.inspection->attachments) {
    print_field(fmt::format("file {}", file.id), in_words(file));
  }
  print_field("defects", mail.inspection->defects);
  const Sourced sourced{mail.entry.id, mail.inspection->text, &mail.inspection->facts.evidence};
  if (why) print_why({sourced});
  fmt::print("\n");
  if (why) return print_numbered(sourced);
  print_text(mail.inspection->text, "    ");
}

Result<int> show(const Context& context, store::Id id, bool why) {
  TRY_ASSIGN(const auto desk, context.open_desk());
  TRY_ASSIGN(const auto mail, desk::view_mail(*desk, id));
  if (context.json) {
    print_json(mail_json(mail));
  } else {
    print_mail(mail, desk->calendar(), why);
  }
  return 0;
}

Result<int> raw(const Context& context, store::Id id) {
  if (is_terminal()) {
    return fail(ErrorKind::refused, "raw mail is not written to a terminal: it can hold escape sequences",
                fmt::format("cvdesk inbox raw {} > mail.eml, or | less", id));
  }
  TRY_ASSIGN(const auto desk, context.open_desk());
  TRY_ASSIGN(const auto mail, desk::view_mail(*desk, id));
  TRY_ASSIGN(const std::string bytes, desk->store().read([&](store::View& view) { return store::raw_bytes(view, mail.entry); }));
  if (std::fwrite(bytes.data(), 1, bytes.size(), stdout) != bytes.size()) return fail(ErrorKind::io, "cannot write the mail");
  return 0;
}

bool is_worth_retrying(const desk::MailView& mail) {
  return !mail.entry.done || mail.entry.kind == "undecryptable" || mail.entry.kind == "unreadable";
}

void print_outcome(const Context& context, const desk::Recorded& recorded) {
  if (context.json) {
    print_json({{"message", recorded.message},
                {"result", recorded.result},
                {"case", or_null(recorded.reference)},
                {"kind", recorded.kind}});
  } else {
    fmt::print("message {}: {} ({}){}\n", recorded.message, recorded.result, recorded.kind,
               recorded.reference ? " " + *recorded.reference : std::string());
  }
}

// One mail, or all that were not understood so far.
Result<int> retry(const Context& context, std::optional<store::Id> id) {
  TRY_ASSIGN(auto working, context.open_working_desk());
  std::vector<store::Id> ids;
  if (id) {
    ids.push_back(*id);
  } else {
    TRY(desk::visit_inbox(*working.desk, [&](const desk::MailView& mail) {
      if (is_worth_retrying(mail)) ids.push_back(mail.entry.id);
    }));
  }
  for (const auto message : ids) {
    TRY_ASSIGN(const auto recorded, desk::read_again(*working.desk, working.hands, message));
    print_outcome(context, recorded);
  }
  if (ids.empty() && !context.json) fmt::print("nothing to retry: every mail has been read\n");
  return 0;
}

Result<int> reviewed(const Context& context, store::Id id) {
  TRY_ASSIGN(const auto desk, context.open_desk());
  TRY_ASSIGN([[maybe_unused]] const auto mail, desk::view_mail(*desk, id));
  TRY(desk->store().write([&](store::Change& change) { return store::mark_reviewed(change, id); }));
  return 0;
}

Result<int> promote(const Context& context, store::Id id) {
  TRY_ASSIGN(const auto desk, context.open_desk());
  TRY_ASSIGN(const auto recorded, desk::promote(*desk, id, actor()));
  print_outcome(context, recorded);
  return 0;
}

} // namespace

void add_inbox(CLI::App& app, Context& context) {
  CLI::App* verb = add_verb(app, "inbox", "Every message received and what became of it");
  add_json(*verb, context);
  auto id = std::make_shared<std::optional<store::Id>>();
  auto why = std::make_shared<bool>(false);
  const auto add = [&](const std::string& name, const std::string& what, bool required, auto work) {
    CLI::App* sub = add_verb(*verb, name, what);
    auto* option = sub->add_option("ID", *id, "Number of the message");
    if (required) option->required();
    add_json(*sub, context);
    if (name == "show") sub->add_flag("--why", *why, "Beside each fact, the words that it was read from");
    sub->callback([&context, id, work] { context.action = [&context, id, work] { return work(context, *id); }; });
  };
  const auto with_id = [](auto work) {
    return [work](const Context& c, std::optional<store::Id> message) { return work(c, message.value_or(0)); };
  };
  add("show", "What was read out of one message", true,
      with_id([why](const Context& c, store::Id message) { return show(c, message, *why); }));
  add("raw", "The exact bytes of one message", true, with_id(raw));
  add("retry", "Inspect and open again: one message, or all that could not be read", false, retry);
  add("promote", "Make a case of a message that was filed without one", true, with_id(promote));
  add("reviewed", "You have looked at a message that was filed without a case", true, with_id(reviewed));
  verb->require_subcommand(0, 1);
  verb->callback([&context, verb] {
    if (verb->get_subcommands().empty()) context.action = [&context] { return list(context); };
  });
}

} // namespace cvdesk::cli
