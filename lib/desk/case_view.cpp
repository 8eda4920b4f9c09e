#include "desk/case_view.hpp"

#include "core/text.hpp"
#include "desk/answer_task.hpp"
#include "desk/case_evidence.hpp"
#include "desk/case_work.hpp"
#include "store/outbox.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace cvdesk::desk {

namespace {

using store::View;

std::string shown(const mime::Mailbox& mailbox) {
  return mailbox.display_name.empty() ? mailbox.address : fmt::format("{} <{}>", mailbox.display_name, mailbox.address);
}

template <class T>
void add_new(std::vector<T>& all, const std::vector<T>& more) {
  for (const auto& item : more) {
    if (std::find(all.begin(), all.end(), item) == all.end()) all.push_back(item);
  }
}

// The wider of two scopes: any affected system of ours makes the case ours.
report::Scope merged(report::Scope a, report::Scope b) {
  constexpr auto order = [](report::Scope scope) {
    return scope == report::Scope::in ? 3 : scope == report::Scope::third_party ? 2 : scope == report::Scope::out ? 1 : 0;
  };
  return order(a) >= order(b) ? a : b;
}

// What a later mail adds. Who reports, how to reach them and whether they want to stay unnamed is not taken from
// it: anybody can claim to be the reporter (desk/correspondents.hpp).
void add_facts(report::Facts& facts, const report::Facts& more) {
  add_new(facts.affected.urls, more.affected.urls);
  add_new(facts.affected.hosts, more.affected.hosts);
  add_new(facts.affected.ips, more.affected.ips);
  facts.affected.scope = merged(facts.affected.scope, more.affected.scope);
  if (!facts.affected.partner) facts.affected.partner = more.affected.partner;
  add_new(facts.references, more.references);
  add_new(facts.weakness.cwe, more.weakness.cwe);
  add_new(facts.weakness.cve, more.weakness.cve);
  add_new(facts.weakness.cvss, more.weakness.cvss);
  if (facts.steps.empty()) facts.steps = more.steps;
  if (more.disclosure.date || more.disclosure.days) facts.disclosure = more.disclosure;
  add_new(facts.conduct, more.conduct);
  std::erase_if(facts.missing, [&](const std::string& fact) {
    return (fact == "affected-system" && !(facts.affected.urls.empty() && facts.affected.hosts.empty() && facts.affected.ips.empty()));
  });
}

class CaseReader {
public:
  CaseReader(Desk& desk, View& view, CaseView& out) : desk_(desk), view_(view), out_(out) {}

  Result<void> run() {
    TRY_ASSIGN(out_.sheet, sheet_from_json(out_.entry.sheet));
    TRY_ASSIGN(const auto together, cases_together(view_, out_.entry, false));
    for (const auto& entry : together) {
      TRY_ASSIGN(const Conversation conversation, read_conversation(view_, entry.id));
      const bool own = entry.id == out_.entry.id;
      for (const auto& letter : conversation.letters) {
        add_message(letter, entry.reference);
        if (!own || !letter.mail) continue;
        add_what_it_says(letter);
        if (!letter.from_partner) out_.messages.back().evidence = letter.inspection.facts.evidence;
      }
      if (!own) continue;
      TRY_ASSIGN(out_.correspondents, correspondents(view_, desk_.settings(), entry.id, conversation));
      apply(out_.correspondents, out_.facts.reporter);
      TRY_ASSIGN(out_.certificates, certificates_of(view_, entry.id, conversation));
    }
    std::stable_sort(out_.messages.begin(), out_.messages.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
    TRY_ASSIGN(out_.deadlines, store::deadlines(view_, out_.entry.id));
    TRY(add_links());
    TRY(add_notes());
    apply_sheet();
    for (auto& message : out_.messages) {
      keep_relevant(message.evidence, out_.facts);
    }
    return {};
  }

private:
  void add_message(const Letter& letter, const std::string& reference) {
    CaseMessage message = letter.mail ? incoming(letter) : outgoing(letter);
    message.id = letter.id;
    message.reference = reference;
    out_.messages.push_back(std::move(message));
  }

  static CaseMessage incoming(const Letter& letter) {
    const auto& inspection = letter.inspection;
    CaseMessage message;
    message.inbox_id = letter.mail->id;
    message.side = letter.from_partner ? "partner" : "reporter";
    if (!inspection.from.empty()) message.from = shown(inspection.from.front());
    for (const auto& to : inspection.to) {
      message.to.push_back(shown(to));
    }
    message.subject = inspection.subject;
    message.date = inspection.date;
    message.message_id = inspection.message_id;
    message.text = inspection.text;
    message.protection = inspection.protection;
    message.defects = inspection.defects;
    return message;
  }

  void add_what_it_says(const Letter& letter) {
    for (const auto& file : letter.inspection.attachments) {
      out_.attachments.push_back({static_cast<int>(out_.attachments.size()) + 1, letter.id, letter.mail->id, file});
    }
    if (letter.from_partner) return;
    if (!has_facts_) {
      has_facts_ = true;
      out_.facts = letter.inspection.facts;
    } else {
      add_facts(out_.facts, letter.inspection.facts);
    }
  }

  CaseMessage outgoing(const Letter& letter) {
    const AnswerTask& task = letter.task;
    Rendered text{task.sent_subject, task.sent_text};
    bool encrypted = task.sent_encrypted;
    if (text.text.empty()) {
      // Not composed yet: what it would be today. Its language may have left the configuration since.
      encrypted = !task.certificate.empty();
      text = desk_.templates().render(task.language, task.template_name, task.fields).value_or(Rendered{"", "(not composed yet)"});
    }
    CaseMessage message;
    message.incoming = false;
    message.side = "team";
    message.from = shown({desk_.settings().submission.from.display_name, desk_.settings().submission.from.address});
    message.to = {task.recipient};
    message.subject = text.subject;
    message.date = letter.outgoing->finished.value_or(letter.outgoing->created);
    message.message_id = task.message_id;
    message.text = text.text;
    message.state = letter.outgoing->state;
    message.files = task.sent_files;
    message.protection.encrypted = encrypted;
    message.protection.subject_protected = encrypted;
    message.protection.signature = openpgp::SignatureState::good;
    message.protection.signer = desk_.settings().openpgp.key;
    message.protection.signer_is_sender = true;
    return message;
  }

  // As it was noted when the link was suggested.
  static std::optional<std::string> reason_for(const store::CaseEntry& other, std::string_view relation,
                                               const std::vector<store::Event>& happened) {
    if (relation != "suggested") return std::nullopt;
    std::optional<std::string> reason;
    for (const auto& event : happened) {
      const std::string start = other.reference + ": ";
      if (event.action == "link-suggested" && event.detail.starts_with(start)) reason = event.detail.substr(start.size());
    }
    return reason;
  }

  Result<void> add_links() {
    TRY_ASSIGN(const auto happened, store::events(view_, out_.entry.id));
    TRY_ASSIGN(const auto links, store::links(view_, out_.entry.id));
    for (const auto& link : links) {
      TRY_ASSIGN(const auto other, store::find_case(view_, link.other));
      if (other) out_.links.push_back({other->reference, link.relation, reason_for(*other, link.relation, happened)});
    }
    TRY_ASSIGN(const auto back, store::links_to(view_, out_.entry.id));
    for (const auto& link : back) {
      if (link.relation != "duplicate-of") continue;
      TRY_ASSIGN(const auto other, store::find_case(view_, link.other));
      if (other) out_.duplicates.push_back(other->reference);
    }
    return {};
  }

  Result<void> add_notes() {
    TRY_ASSIGN(auto events, store::events(view_, out_.entry.id));
    std::erase_if(events, [](const store::Event& event) { return event.action != "note"; });
    out_.notes = std::move(events);
    return {};
  }

  void apply_sheet() {
    const Sheet& sheet = out_.sheet;
    if (sheet.cwe) out_.facts.weakness.cwe = *sheet.cwe;
    if (sheet.cve) out_.facts.weakness.cve = *sheet.cve;
    if (sheet.cvss) out_.facts.weakness.cvss = *sheet.cvss;
    if (sheet.disclose_on) out_.facts.disclosure = {sheet.disclose_on, {}};
    if (sheet.language) out_.facts.language = sheet.language;
  }

  Desk& desk_;
  View& view_;
  CaseView& out_;
  bool has_facts_ = false;
};

Result<MailView> mail_view(View& view, store::InboxEntry entry, bool with_inspection) {
  MailView mail;
  if (entry.case_id) {
    TRY_ASSIGN(const auto found, store::find_case(view, *entry.case_id));
    if (found) mail.reference = found->reference;
  }
  if (with_inspection) {
    TRY_ASSIGN(mail.inspection, inspection_of(view, entry));
  }
  mail.entry = std::move(entry);
  return mail;
}

} // namespace

Result<CaseView> view_case(Desk& desk, std::string_view reference) {
  CaseView out;
  TRY_ASSIGN(out.entry, find_case(desk, reference));
  TRY(desk.store().read([&](View& view) { return CaseReader(desk, view, out).run(); }));
  return out;
}

Result<std::vector<CaseSummary>> list_cases(Desk& desk) {
  return desk.store().read([](View& view) -> Result<std::vector<CaseSummary>> {
    TRY_ASSIGN(auto entries, store::cases(view));
    std::vector<CaseSummary> summaries;
    for (auto& entry : entries) {
      CaseSummary summary;
      TRY_ASSIGN(summary.sheet, sheet_from_json(entry.sheet));
      TRY_ASSIGN(const auto deadlines, store::deadlines(view, entry.id));
      const auto open = std::find_if(deadlines.begin(), deadlines.end(), [](const auto& d) { return !d.met; });
      if (open != deadlines.end() && !entry.sheet.empty()) summary.next_deadline = *open;
      summary.entry = std::move(entry);
      summaries.push_back(std::move(summary));
    }
    return summaries;
  });
}

Result<MailView> view_mail(Desk& desk, store::Id message) {
  return desk.store().read([&](View& view) -> Result<MailView> {
    TRY_ASSIGN(auto entry, store::find_mail(view, message));
    if (!entry) return fail(ErrorKind::not_found, fmt::format("there is no message {}", message), "cvdesk inbox");
    return mail_view(view, std::move(*entry), true);
  });
}

Result<void> visit_inbox(Desk& desk, const std::function<void(const MailView&)>& visit) {
  return desk.store().read([&](View& view) -> Result<void> {
    TRY_ASSIGN(auto entries, store::inbox(view));
    for (auto& entry : entries) {
      TRY_ASSIGN(const MailView mail, mail_view(view, std::move(entry), true));
      visit(mail);
    }
    return {};
  });
}

} // namespace cvdesk::desk
