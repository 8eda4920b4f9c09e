// cvdesk show REF
#include "cli/claim_json.hpp"
#include "cli/context.hpp"
#include "cli/facts_json.hpp"
#include "cli/protection_words.hpp"
#include "cli/terminal.hpp"
#include "cli/why.hpp"
#include "core/text.hpp"
#include "desk/case_view.hpp"
#include "report/cvss.hpp"

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include <algorithm>

namespace cvdesk::cli {

namespace {

Json files_json(const std::vector<desk::SentFile>& files) {
  Json json = Json::array();
  for (const auto& file : files) {
    json.push_back({{"filename", file.filename}, {"media_type", file.media_type}, {"size", file.size}});
  }
  return json;
}

Json message_json(const desk::CaseMessage& message) {
  return {{"id", message.id},
          {"direction", message.incoming ? "in" : "out"},
          {"from", message.from},
          {"to", message.to},
          {"subject", message.subject},
          {"date", or_null(message.date)},
          {"message_id", message.message_id},
          {"text", message.text},
          {"protection", protection_json(message.protection)},
          {"inbox", or_null(message.inbox_id)},
          {"state", message.state.empty() ? Json(nullptr) : Json(message.state)},
          {"side", message.side},
          {"case", message.reference},
          {"files", files_json(message.files)},
          {"defects", message.defects}};
}

Json certificates_json(const std::vector<desk::CaseCertificate>& certificates) {
  Json json = Json::array();
  for (const auto& one : certificates) {
    json.push_back({{"address", one.address},
                    {"fingerprint", one.fingerprint},
                    {"state", one.state},
                    {"source", one.source},
                    {"remarks", one.remarks}});
  }
  return json;
}

std::vector<Sourced> sourced(const desk::CaseView& view) {
  std::vector<Sourced> mails;
  for (const auto& message : view.messages) {
    mails.push_back({message.id, message.text, &message.evidence});
  }
  return mails;
}

Json case_json(const desk::CaseView& view) {
  Json json = {{"reference", view.entry.reference},
               {"title", view.sheet.title},
               {"kind", view.entry.kind},
               {"status", view.entry.status},
               {"resolution", or_null(view.entry.resolution)},
               {"severity", or_null(view.sheet.severity)},
               {"assignee", or_null(view.sheet.assignee)},
               {"mailbox", view.entry.mailbox},
               {"language", or_null(view.facts.language)},
               {"received", to_rfc3339(view.entry.received)}};
  put_facts(json, view.facts);
  json["attachments"] = Json::array();
  for (const auto& attachment : view.attachments) {
    Json one = {{"id", attachment.id}, {"message", attachment.message}};
    put_attachment(one, attachment.file);
    json["attachments"].push_back(std::move(one));
  }
  json["messages"] = Json::array();
  for (const auto& message : view.messages) {
    json["messages"].push_back(message_json(message));
  }
  json["deadlines"] = Json::array();
  for (const auto& deadline : view.deadlines) {
    json["deadlines"].push_back({{"name", deadline.name}, {"due", to_rfc3339(deadline.due)}, {"met", or_null(deadline.met)}});
  }
  json["links"] = Json::array();
  for (const auto& link : view.links) {
    json["links"].push_back({{"reference", link.reference}, {"relation", link.relation}, {"reason", or_null(link.reason)}});
  }
  json["duplicates"] = view.duplicates;
  json["consent"] = or_null(view.sheet.consent);
  json["suggestions"] = Json::array();
  for (const auto& claim : view.correspondents.claims) {
    if (claim.state == desk::Claim::State::suggested) json["suggestions"].push_back(claim_json(claim));
  }
  json["certificates"] = certificates_json(view.certificates);
  json["evidence"] = evidence_json(sourced(view));
  json["notes"] = Json::array();
  for (const auto& note : view.notes) {
    json["notes"].push_back({{"at", to_rfc3339(note.at)}, {"actor", note.actor}, {"text", note.detail}});
  }
  return json;
}

void print_reporter(const report::Reporter& reporter) {
  print_heading("Reporter");
  print_field("name", reporter.name.value_or(reporter.anonymous ? "(wants to stay anonymous)" : "(unknown)"));
  print_field("e-mail", reporter.emails);
  print_field("telephone", reporter.phones);
  print_field("handle", reporter.handles);
  print_field("OpenPGP", reporter.pgp_fingerprints);
  print_field("credit", reporter.credit.value_or(""));
  if (reporter.anonymous && reporter.name) print_field("anonymous", "wants to stay anonymous", Colour::yellow);
}

// With the score that we compute: what a mail says about it is a claim.
std::vector<std::string> scored(const std::vector<std::string>& vectors) {
  std::vector<std::string> all;
  for (const auto& vector : vectors) {
    const auto score = report::cvss_base_score(vector);
    all.push_back(score ? fmt::format("{:.1f}  {}", *score, vector) : vector);
  }
  return all;
}

void print_facts(const report::Facts& facts) {
  print_heading("Affected");
  std::string scope(report::to_string(facts.affected.scope));
  if (facts.affected.partner) scope += fmt::format(" ({})", *facts.affected.partner);
  print_field("scope", scope, facts.affected.scope == report::Scope::in ? Colour::green : Colour::yellow);
  print_field("URL", facts.affected.urls);
  print_field("host", facts.affected.hosts);
  print_field("IP address", facts.affected.ips);
  print_field("weakness", join(facts.weakness.cwe, ", "));
  print_field("CVE", join(facts.weakness.cve, ", "));
  print_field("CVSS", scored(facts.weakness.cvss));
  print_field("reference", facts.references);
  if (facts.disclosure.date) print_field("publication", to_iso_date(*facts.disclosure.date), Colour::yellow);
  if (facts.disclosure.days) print_field("publication", fmt::format("after {} days", *facts.disclosure.days), Colour::yellow);
  print_field("conduct", join(facts.conduct, ", "), Colour::red);
  print_field("missing", join(facts.missing, ", "), Colour::yellow);
  if (facts.steps.empty()) return;
  print_heading("Steps");
  for (std::size_t i = 0; i < facts.steps.size(); ++i) {
    print_text(fmt::format("{}. {}", i + 1, facts.steps[i]), "  ");
  }
}

void print_deadlines(const desk::CaseView& view, const Calendar& calendar) {
  print_heading("Promises");
  for (const auto& deadline : view.deadlines) {
    const bool late = !deadline.met && deadline.due < now();
    const std::string state = deadline.met ? fmt::format("met {}", calendar.local_time(*deadline.met)) : late ? "MISSED" : "open";
    print_field(deadline.name, fmt::format("{}  {}", calendar.local_time(deadline.due), state),
                late ? Colour::red : deadline.met ? Colour::green : Colour::plain);
  }
}

// Each where something is to be decided or doubted has a line of its own, with what that is.
void print_certificates(const std::vector<desk::CaseCertificate>& certificates) {
  bool doubtful = false;
  for (const auto& one : certificates) {
    doubtful = doubtful || !one.remarks.empty();
    const bool conflict = one.state == "conflict";
    print_field(conflict ? "CONFLICT" : "certificate", fmt::format("{}  {} ({}, {})", one.fingerprint, one.address, one.state, one.source),
                conflict ? Colour::red : one.remarks.empty() ? Colour::plain : Colour::yellow);
    for (const auto& remark : one.remarks) {
      print_field("", remark, conflict ? Colour::red : Colour::yellow);
    }
  }
  if (doubtful) print_field("", "compare with the owner by another way than mail, then: cvdesk certificates accept ADDRESS FINGERPRINT");
}

// Some bulk mail names thousands.
std::string addressees(const std::vector<std::string>& to) {
  constexpr std::size_t most = 20;
  if (to.size() <= most) return join(to, ", ");
  return fmt::format("{} and {} more", join({to.begin(), to.begin() + most}, ", "), to.size() - most);
}

void print_message(const desk::CaseMessage& message, const std::string& reference, const Calendar& calendar, bool why) {
  const std::string date = message.date ? calendar.local_time(*message.date) : std::string("(no date)");
  const std::string side = message.side == "partner" ? "  (partner, not the reporter)" : "";
  const std::string other = message.reference == reference ? "" : fmt::format("  ({})", message.reference);
  fmt::print("\n{} {}\n", paint(message.incoming ? Colour::cyan : Colour::blue, message.incoming ? "◀ in " : "▶ out"),
             paint(Colour::bold, fit(fmt::format("{}  {}{}{}", date, message.from, side, other), terminal_width() - 8)));
  // By the first number --why and `contacts` name it, by the second `inbox` and `search`.
  print_field("  message", message.inbox_id ? fmt::format("{}, in the inbox {}", message.id, *message.inbox_id) : std::to_string(message.id));
  print_field("  to", addressees(message.to));
  print_field("  subject", message.subject);
  const auto words = in_words(message.protection);
  print_field("  protection", words.text, words.colour);
  print_field("  defects", message.defects);
  if (!message.incoming && message.state != "sent") print_field("  state", message.state, Colour::yellow);
  for (const auto& file : message.files) {
    print_field("  file", fmt::format("{}  {}  {} bytes", file.filename, file.media_type, file.size));
  }
  fmt::print("\n");
  if (why) return print_numbered({message.id, message.text, &message.evidence});
  print_text(message.text, "    ");
}

void print_case(const desk::CaseView& view, const Calendar& calendar, bool why) {
  const std::size_t room = is_terminal() ? terminal_width() - view.entry.reference.size() - 2 : std::string::npos;
  fmt::print("{}  {}\n", paint(Colour::bold, view.entry.reference), paint(Colour::bold, fit(view.sheet.title, room)));
  print_field("status", view.entry.resolution ? fmt::format("{} ({})", view.entry.status, *view.entry.resolution) : view.entry.status);
  print_field("kind", view.entry.kind);
  print_field("severity", view.sheet.severity.value_or(""));
  print_field("handled by", view.sheet.assignee.value_or("nobody yet"));
  print_field("received", fmt::format("{} in {}", calendar.local_time(view.entry.received), view.entry.mailbox));
  print_field("language", view.facts.language.value_or(""));
  for (const auto& link : view.links) {
    print_field(link.relation, link.reason ? fmt::format("{}  ({})", link.reference, *link.reason) : link.reference, link.relation == "suggested" ? Colour::yellow : Colour::plain);
  }
  print_field("duplicate", view.duplicates);
  if (view.sheet.consent) print_field("consent", *view.sheet.consent ? "may be named to others" : "must not be named to others");
  print_reporter(view.facts.reporter);
  print_certificates(view.certificates);
  const auto waiting = std::count_if(view.correspondents.claims.begin(), view.correspondents.claims.end(), [](const auto& claim) {
    return claim.state == desk::Claim::State::suggested;
  });
  if (waiting > 0) {
    print_field("suggested", fmt::format("{} more, which nobody has accepted: cvdesk contacts {}", waiting, view.entry.reference), Colour::yellow);
  }
  print_facts(view.facts);
  if (why) print_why(sourced(view));
  if (!view.attachments.empty()) print_heading("Attachments");
  for (const auto& attachment : view.attachments) {
    print_field(fmt::format("{}", attachment.id), in_words(attachment.file));
  }
  print_deadlines(view, calendar);
  if (!view.notes.empty()) print_heading("Notes");
  for (const auto& note : view.notes) {
    fmt::print("{}\n", paint(Colour::dim, fmt::format("{} {}", calendar.local_time(note.at), note.actor)));
    print_text(note.detail, "  ");
  }
  print_heading("Conversation");
  for (const auto& message : view.messages) {
    print_message(message, view.entry.reference, calendar, why);
  }
}

Result<int> show(const Context& context, const std::string& reference, bool why) {
  TRY_ASSIGN(const auto desk, context.open_desk());
  TRY_ASSIGN(const auto view, desk::view_case(*desk, reference));
  if (context.json) {
    print_json(case_json(view));
  } else {
    print_case(view, desk->calendar(), why);
  }
  return 0;
}

} // namespace

void add_show(CLI::App& app, Context& context) {
  CLI::App* verb = add_verb(app, "show", "One case: facts, conversation, deadlines");
  auto reference = std::make_shared<std::string>();
  verb->add_option("REF", *reference, "CVD-YYYY-NNNN, or the number of this year")->required();
  auto why = std::make_shared<bool>(false);
  verb->add_flag("--why", *why, "Beside each fact, the words that it was read from");
  add_json(*verb, context);
  verb->callback([&context, reference, why] {
    context.action = [&context, reference, why] { return show(context, *reference, *why); };
  });
}

} // namespace cvdesk::cli
