#include "desk/pass_on.hpp"

#include "core/text.hpp"
#include "desk/attachment.hpp"
#include "desk/case_work.hpp"
#include "desk/correspondents.hpp"
#include "desk/partner.hpp"
#include "desk/redact.hpp"
#include "desk/reply.hpp"
#include "desk/sheet.hpp"
#include "desk/wording.hpp"
#include "store/audit.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace cvdesk::desk {

namespace {

using store::Change;
using store::View;

bool was_passed_on(const Conversation& conversation, const std::string& contact) {
  return std::any_of(conversation.letters.begin(), conversation.letters.end(), [&](const Letter& letter) {
    return letter.outgoing && letter.outgoing->purpose == "pass-on" && equal_ignoring_case(letter.task.recipient, contact) &&
           (letter.outgoing->state == "waiting" || letter.outgoing->state == "sent");
  });
}

Error passed_on_before(const std::string& reference, const std::string& partner) {
  return {ErrorKind::refused, false, fmt::format("{} was passed on to {} before", reference, partner), "cvdesk pass-on with --again"};
}

class Planner {
public:
  Planner(Desk& desk, reader::Reader& extractor, const PassOnWish& wish) : desk_(desk), extractor_(extractor), wish_(wish) {}

  Result<PassOnPlan> run() {
    TRY_ASSIGN(plan_.entry, find_case(desk_, wish_.reference));
    if (plan_.entry.sheet.empty()) return fail(ErrorKind::refused, fmt::format("{} has been erased", plan_.entry.reference));
    TRY_ASSIGN(partner_, find_partner(desk_.settings(), wish_.partner));
    plan_.partner = partner_.name;
    TRY(desk_.store().read([&](View& view) -> Result<void> {
      TRY_ASSIGN(conversation_, read_conversation(view, plan_.entry.id));
      TRY_ASSIGN(people_, correspondents(view, desk_.settings(), plan_.entry.id, conversation_));
      TRY_ASSIGN(deadlines_, store::deadlines(view, plan_.entry.id));
      return {};
    }));
    TRY(check_allowed());
    for (const auto& letter : conversation_.letters) {
      if (letter.is_from_reporter()) add_identity(identity_, letter.inspection);
    }
    plan_.mail.case_id = plan_.entry.id;
    plan_.mail.purpose = "pass-on";
    plan_.mail.recipient = partner_.contact;
    plan_.mail.language = desk_.settings().organisation.languages.front();
    TRY(choose_certificate());
    TRY(add_files());
    TRY(write_mail());
    TRY(add_notice());
    return std::move(plan_);
  }

private:
  Result<void> check_allowed() {
    const Letter* opening = conversation_.opening();
    if (opening == nullptr || trim(opening->inspection.text).empty()) {
      return fail(ErrorKind::refused, "the text of the report cannot be read", fmt::format("cvdesk inbox retry, then cvdesk show {}", plan_.entry.reference));
    }
    const auto contact = ascii_lower(partner_.contact);
    if (std::find(people_.reporters.begin(), people_.reporters.end(), contact) != people_.reporters.end()) {
      return fail(ErrorKind::refused, "it is this partner who reported it");
    }
    if (!wish_.again && was_passed_on(conversation_, partner_.contact)) {
      return tl::unexpected(passed_on_before(plan_.entry.reference, partner_.name));
    }
    if (!wish_.with_reporter) return {};
    TRY_ASSIGN(const Sheet sheet, sheet_from_json(plan_.entry.sheet));
    plan_.named = sheet.consent.value_or(false);
    if (plan_.named) return {};
    return fail(ErrorKind::refused, "the reporter's consent to being named is not recorded",
                fmt::format("ask for it, and then: cvdesk set {} consent=yes", plan_.entry.reference));
  }

  Result<void> choose_certificate() {
    TRY_ASSIGN(const auto certificate, partner_certificate(desk_.settings(), partner_.contact));
    if (certificate) {
      plan_.mail.certificate = certificate->blob;
      plan_.mail.fingerprint = certificate->fingerprint;
      return {};
    }
    if (!wish_.clear) {
      return fail(ErrorKind::refused, fmt::format("no certificate of {} is known: the report would go out readable", partner_.name),
                  "ask the partner for one and name it as its key_file; --clear sends what came in clear");
    }
    if (conversation_.secret) return fail(ErrorKind::refused, "what came in encrypted never goes out readable, not even with --clear");
    return {};
  }

  // Numbered as `cvdesk attachments` numbers them.
  Result<void> add_files() {
    int number = 0;
    for (const auto& letter : conversation_.letters) {
      if (!letter.mail) continue;
      for (const auto& file : letter.inspection.attachments) {
        OfferedFile offered{++number, file.filename, file.media_type, file.size, {}, false};
        if (letter.from_partner) continue;
        offered.goes_along = std::find(wish_.files.begin(), wish_.files.end(), number) != wish_.files.end();
        TRY_ASSIGN(std::string content, attachment_content(desk_, extractor_, *letter.mail, file.id));
        offered.tells = telling_metadata(content, identity_);
        if (offered.goes_along) {
          const std::string name = plan_.named ? file.filename : redact_line(file.filename, identity_, desk_.vantage());
          plan_.mail.attachments.push_back({name, file.media_type, std::move(content)});
        }
        plan_.files.push_back(std::move(offered));
      }
    }
    for (const int wanted : wish_.files) {
      const bool there = std::any_of(plan_.files.begin(), plan_.files.end(), [&](const OfferedFile& file) { return file.id == wanted; });
      if (!there) return fail(ErrorKind::not_found, fmt::format("the reporter sent no attachment {}", wanted), fmt::format("cvdesk attachments {}", plan_.entry.reference));
    }
    return {};
  }

  std::string reporter_in_words() const {
    if (!plan_.named) return withheld_in_words(plan_.mail.language);
    std::vector<std::string> lines;
    const auto& facts = conversation_.opening()->inspection.facts.reporter;
    if (facts.name) lines.push_back(one_line(*facts.name, 200));
    for (const auto& claim : people_.claims) {
      const bool contact = claim.kind == "email" || claim.kind == "phone" || claim.kind == "handle" || claim.kind == "fingerprint";
      if (contact && claim.state == Claim::State::accepted) lines.push_back(one_line(claim.value, 200));
    }
    return lines.empty() ? withheld_in_words(plan_.mail.language) : join(lines, "\n");
  }

  Result<void> write_mail() {
    std::string report;
    for (const auto& letter : conversation_.letters) {
      if (!letter.is_from_reporter() || (!letter.opened_case && !wish_.follow_ups)) continue;
      if (!report.empty()) report += "\n------------------------------------------------------------------------\n\n";
      if (letter.inspection.protection.partial) plan_.remarks.push_back(fmt::format("message {} was protected only in part", letter.id));
      if (plan_.named) {
        report += letter.inspection.text;
      } else {
        report += redact(letter.inspection, identity_, desk_.vantage()).text;
      }
    }
    Fields fields = case_fields(desk_, plan_.mail.language, plan_.entry, deadlines_, {});
    fields["partner"] = partner_.name;
    fields["reporter"] = reporter_in_words();
    fields["text"] = std::string(trim(wish_.words));
    fields["report"] = std::string(trim(report));
    TRY_ASSIGN(const Rendered rendered, desk_.templates().render(plan_.mail.language, "pass-on", fields));
    plan_.mail.subject = rendered.subject;
    plan_.mail.text = rendered.text;
    return {};
  }

  Result<void> add_notice() {
    if (wish_.untold || people_.reporters.empty()) {
      plan_.remarks.emplace_back(wish_.untold ? "the reporter is not told" : "there is no address at which the reporter can be told");
      return {};
    }
    ReplyWish wish;
    wish.reference = plan_.entry.reference;
    auto planned = plan_reply(desk_, wish);
    if (!planned) {
      Error error = within("the reporter cannot be told", planned.error());
      error.hint += error.hint.empty() ? "--no-notice passes it on without a word to the reporter" : "; or --no-notice";
      return tl::unexpected(std::move(error));
    }
    Draft notice = planned->mails.front().draft;
    Fields fields = planned->mails.front().fields;
    fields["partner"] = partner_.name;
    TRY_ASSIGN(const Rendered rendered, desk_.templates().render(notice.language, plan_.named ? "passed-on-named" : "passed-on", fields));
    notice.purpose = "passed-on-notice";
    notice.subject = rendered.subject;
    notice.text = rendered.text;
    plan_.notice = std::move(notice);
    return {};
  }

  Desk& desk_;
  reader::Reader& extractor_;
  const PassOnWish& wish_;
  PassOnPlan plan_;
  Partner partner_;
  Conversation conversation_;
  Correspondents people_;
  std::vector<store::Deadline> deadlines_;
  Identity identity_;
};

std::string detail_of(const PassOnPlan& plan) {
  std::string files;
  for (const auto& file : plan.files) {
    if (file.goes_along) files += fmt::format("{}{}", files.empty() ? ", with attachment " : " ", file.id);
  }
  return fmt::format("to {} <{}>, {}, {}{}", plan.partner, plan.mail.recipient, plan.mail.certificate.empty() ? "in the clear" : "encrypted",
                     plan.named ? "with the reporter's identity" : "without the reporter's identity", files);
}

} // namespace

Result<PassOnPlan> plan_pass_on(Desk& desk, reader::Reader& extractor, const PassOnWish& wish) {
  return Planner(desk, extractor, wish).run();
}

Result<PassedOn> compose_pass_on(const Desk& desk, openpgp::Engine& engine, const PassOnPlan& plan) {
  PassedOn mails;
  auto mail = compose(desk, engine, plan.mail);
  if (!mail) return tl::unexpected(within(fmt::format("to {}", plan.partner), std::move(mail).error()));
  mails.mails.push_back(std::move(*mail));
  if (!plan.notice) return mails;
  auto notice = compose(desk, engine, *plan.notice);
  if (!notice) return tl::unexpected(within("to the reporter", std::move(notice).error()));
  mails.mails.push_back(std::move(*notice));
  return mails;
}

Result<void> send_pass_on(Desk& desk, const PassOnWish& wish, const PassOnPlan& plan, PassedOn& mails, std::string_view actor) {
  return desk.store().write([&](Change& change) -> Result<void> {
    // Since the plan somebody else may have done the same, and mail may have come.
    TRY_ASSIGN(const auto entry, store::find_case(change, plan.entry.id));
    if (!entry || entry->sheet.empty()) return fail(ErrorKind::refused, "the case has been erased");
    TRY_ASSIGN(const Conversation conversation, read_conversation(change, plan.entry.id));
    if (!wish.again && was_passed_on(conversation, plan.mail.recipient)) return tl::unexpected(passed_on_before(entry->reference, plan.partner));
    const Instant at = now();
    for (const auto& mail : mails.mails) {
      if (mail.draft.certificate.empty() && conversation.secret) {
        return fail(ErrorKind::refused, "an encrypted mail came meanwhile: what came in encrypted never goes out readable");
      }
      TRY_ASSIGN(const store::Id id, owe(change, mail, at));
      mails.ids.push_back(id);
    }
    // Tagged mail from the partner belongs here, too.
    TRY(store::add_contact(change, plan.entry.id, ascii_lower(plan.mail.recipient)));
    TRY(store::append_event(change, {plan.entry.id, actor, "passed-on", detail_of(plan)}, at));
    if (plan.notice) return {};
    return store::append_event(change, {plan.entry.id, actor, "reporter-not-told", wish.untold ? "by decision" : "no address"}, at);
  });
}

} // namespace cvdesk::desk
