#include "desk/case_view.hpp"

#include "core/text.hpp"
#include "desk/answer_task.hpp"
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

// What a later mail adds. Who reports, how to reach them and whether they want to stay unnamed is never taken
// from it, unless the certificate that signed the first mail signed this one too: anybody can claim to be
// the reporter.
void add_facts(report::Facts& facts, const report::Facts& more, bool same_signer) {
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
  if (!same_signer) return;
  add_new(facts.reporter.emails, more.reporter.emails);
  add_new(facts.reporter.phones, more.reporter.phones);
  add_new(facts.reporter.handles, more.reporter.handles);
  add_new(facts.reporter.pgp_fingerprints, more.reporter.pgp_fingerprints);
  facts.reporter.anonymous = facts.reporter.anonymous || more.reporter.anonymous;
  if (more.reporter.credit) facts.reporter.credit = more.reporter.credit;
}

bool is_signed_by_same(const reader::Protection& first, const reader::Protection& other) {
  return first.signed_whole_by_sender() && other.signed_whole_by_sender() && first.signer == other.signer;
}

Result<std::optional<reader::Inspection>> inspection_of(View& view, const store::InboxEntry& entry) {
  auto reading = store::reading(view, entry);
  const bool gone = !reading && (reading.error().kind == ErrorKind::not_found || reading.error().kind == ErrorKind::corrupt);
  if (!reading && !gone) return tl::unexpected(std::move(reading).error());
  std::optional<reader::Inspection> inspection;
  if (!reading || !*reading) return inspection;
  // A damaged one is shown as not read; `verify` names it, `inbox retry` makes it anew.
  if (auto read = reader::inspection_from_json((*reading)->inspection)) inspection = std::move(*read);
  return inspection;
}

class CaseReader {
public:
  CaseReader(Desk& desk, View& view, CaseView& out) : desk_(desk), view_(view), out_(out) {}

  Result<void> run() {
    TRY_ASSIGN(out_.sheet, sheet_from_json(out_.entry.sheet));
    TRY_ASSIGN(const auto conversation, store::conversation(view_, out_.entry.id));
    for (const auto& item : conversation) {
      TRY(item.inbox_id ? add_incoming(item) : add_outgoing(item));
    }
    TRY_ASSIGN(out_.deadlines, store::deadlines(view_, out_.entry.id));
    TRY(add_links());
    TRY(add_notes());
    apply_sheet();
    return {};
  }

private:
  Result<void> add_incoming(const store::ConversationEntry& item) {
    TRY_ASSIGN(const auto entry, store::find_mail(view_, *item.inbox_id));
    if (!entry) return {};
    TRY_ASSIGN(auto inspection, inspection_of(view_, *entry));
    if (!inspection) return {};
    CaseMessage message;
    message.id = item.id;
    message.inbox_id = entry->id;
    if (!inspection->from.empty()) message.from = shown(inspection->from.front());
    for (const auto& to : inspection->to) {
      message.to.push_back(shown(to));
    }
    message.subject = inspection->subject;
    message.date = inspection->date;
    message.message_id = inspection->message_id;
    message.text = inspection->text;
    message.protection = inspection->protection;
    for (const auto& file : inspection->attachments) {
      out_.attachments.push_back({static_cast<int>(out_.attachments.size()) + 1, item.id, entry->id, file});
    }
    if (!first_) {
      first_ = inspection->protection;
      out_.facts = inspection->facts;
    } else {
      add_facts(out_.facts, inspection->facts, is_signed_by_same(*first_, inspection->protection));
    }
    out_.messages.push_back(std::move(message));
    return {};
  }

  Result<void> add_outgoing(const store::ConversationEntry& item) {
    TRY_ASSIGN(const auto entry, store::find_outgoing(view_, *item.outbox_id));
    if (!entry || entry->task.empty()) return {};
    TRY_ASSIGN(const AnswerTask task, unpack_answer_task(entry->task));
    Rendered text{task.sent_subject, task.sent_text};
    bool encrypted = task.sent_encrypted;
    if (text.text.empty()) {
      // Not composed yet: what it would be today. Its language may have left the configuration since.
      encrypted = !task.certificate.empty();
      text = desk_.templates().render(task.language, task.template_name, task.fields).value_or(Rendered{"", "(not composed yet)"});
    }
    CaseMessage message;
    message.id = item.id;
    message.incoming = false;
    message.from = shown({desk_.settings().submission.from.display_name, desk_.settings().submission.from.address});
    message.to = {task.recipient};
    message.subject = text.subject;
    message.date = entry->finished.value_or(entry->created);
    message.message_id = task.message_id;
    message.text = text.text;
    message.state = entry->state;
    message.protection.encrypted = encrypted;
    message.protection.subject_protected = encrypted;
    message.protection.signature = openpgp::SignatureState::good;
    message.protection.signer = desk_.settings().openpgp.key;
    message.protection.signer_is_sender = true;
    out_.messages.push_back(std::move(message));
    return {};
  }

  Result<void> add_links() {
    TRY_ASSIGN(const auto links, store::links(view_, out_.entry.id));
    for (const auto& link : links) {
      TRY_ASSIGN(const auto other, store::find_case(view_, link.other));
      if (other) out_.links.push_back({other->reference, link.relation});
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
  std::optional<reader::Protection> first_;
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
      if (open != deadlines.end()) summary.next_deadline = *open;
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
