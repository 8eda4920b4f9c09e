#include "desk/reply.hpp"

#include "core/text.hpp"
#include "desk/answer_certificate.hpp"
#include "desk/case_work.hpp"
#include "desk/partner.hpp"
#include "desk/wording.hpp"
#include "store/audit.hpp"
#include "store/certificates.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <set>

namespace cvdesk::desk {

namespace {

using store::CaseEntry;
using store::Change;
using store::View;

constexpr std::size_t text_limit = 1u << 20;
constexpr std::size_t subject_limit = 200;

bool holds(const std::vector<std::string>& all, const std::string& one) { return std::find(all.begin(), all.end(), one) != all.end(); }

// One case that may be written about, with all that is needed for it.
struct Side {
  CaseEntry entry;
  Conversation conversation;
  Correspondents people;
};

// "Re: [CVD-2026-0001] Re: AW: A hole" → "A hole"
std::string bare_subject(std::string_view subject) {
  std::string text = one_line(subject, subject_limit);
  for (bool again = true; again;) {
    again = false;
    for (const std::string_view prefix : {"re:", "aw:", "antw:", "fwd:", "fw:", "sv:", "tr:", "wg:"}) {
      if (!starts_with_ignoring_case(text, prefix)) continue;
      text = trim(std::string_view(text).substr(prefix.size()));
      again = true;
    }
    const auto end = text.find(']');
    if (starts_with_ignoring_case(text, "[cvd-") && end != std::string::npos) {
      text = trim(std::string_view(text).substr(end + 1));
      again = true;
    }
  }
  return text;
}

std::string tagged(const CaseEntry& entry, std::string_view subject) {
  const std::string tag = fmt::format("[{}]", entry.reference);
  if (subject.find(tag) != std::string_view::npos) return std::string(subject);
  return subject.empty() ? fmt::format("Re: {}", tag) : fmt::format("{} {}", tag, subject);
}

class Planner {
public:
  Planner(Desk& desk, View& view, const ReplyWish& wish, CaseEntry entry) : desk_(desk), view_(view), wish_(wish) {
    plan_.entry = std::move(entry);
  }

  Result<ReplyPlan> run() {
    if (plan_.entry.sheet.empty()) return fail(ErrorKind::refused, fmt::format("{} has been erased", plan_.entry.reference));
    TRY_ASSIGN(const auto together, cases_together(view_, plan_.entry, true));
    for (const auto& entry : together) {
      Side side;
      side.entry = entry;
      TRY_ASSIGN(side.conversation, read_conversation(view_, entry.id));
      TRY_ASSIGN(side.people, correspondents(view_, desk_.settings(), entry.id, side.conversation));
      sides_.push_back(std::move(side));
    }
    plan_.last_letter = sides_.front().conversation.last();
    TRY_ASSIGN(secret_, is_secret_matter(view_, plan_.entry));
    if (wish_.all_reporters) {
      TRY(add_all_reporters());
    } else if (!wish_.to.empty()) {
      for (const auto& address : wish_.to) {
        TRY(add_named(ascii_lower(trim(address))));
      }
    } else {
      TRY(add_first_reporter());
    }
    return std::move(plan_);
  }

private:
  Result<void> add_all_reporters() {
    TRY_ASSIGN(const auto back, store::links_to(view_, plan_.entry.id));
    for (const auto& side : sides_) {
      const bool duplicate = std::any_of(back.begin(), back.end(), [&](const store::Link& link) {
        return link.other == side.entry.id && link.relation == "duplicate-of";
      });
      if (side.entry.id != plan_.entry.id && !duplicate) continue;
      if (side.people.reporters.empty() || side.people.opened_by_other_than_signer) {
        plan_.remarks.push_back(fmt::format("{}: there is nobody who may be written to", side.entry.reference));
      } else {
        TRY(add(side, side.people.reporters.front()));
      }
    }
    if (plan_.mails.empty()) return nobody();
    return {};
  }

  Result<void> add_named(const std::string& address) {
    for (const auto& side : sides_) {
      if (holds(side.people.reporters, address) || holds(side.people.partners, address)) return add(side, address);
    }
    for (const auto& side : sides_) {
      const bool claimed = std::any_of(side.people.claims.begin(), side.people.claims.end(), [&](const Claim& claim) {
        return claim.kind == "email" && claim.value == address;
      });
      if (claimed) {
        return fail(ErrorKind::refused, "this address is only claimed to be the reporter's: nobody has accepted it",
                    fmt::format("cvdesk contacts {}, and then cvdesk contacts accept {} ADDRESS", side.entry.reference, side.entry.reference));
      }
    }
    return fail(ErrorKind::refused, fmt::format("this address belongs to nobody whom {} is talked about with", plan_.entry.reference),
                fmt::format("cvdesk contacts {}", plan_.entry.reference));
  }

  Result<void> add_first_reporter() {
    const Side& side = sides_.front();
    if (side.people.opened_by_other_than_signer) {
      return fail(ErrorKind::refused, "who sent this report is not who signed it: an answer may reach somebody it is not meant for",
                  fmt::format("cvdesk show {}; then name the addressee by --to", side.entry.reference));
    }
    if (side.people.reporters.empty()) return nobody();
    return add(side, side.people.reporters.front());
  }

  Result<void> nobody() const {
    return fail(ErrorKind::refused, fmt::format("no address of {} may be written to", plan_.entry.reference),
                fmt::format("cvdesk contacts {}", plan_.entry.reference));
  }

  Result<void> add(const Side& side, const std::string& address) {
    const bool known = std::any_of(plan_.mails.begin(), plan_.mails.end(), [&](const ReplyTo& mail) { return mail.draft.recipient == address; });
    if (known) return {};
    const bool partner = !holds(side.people.reporters, address);
    ReplyTo mail;
    mail.entry = side.entry;
    mail.draft.case_id = side.entry.id;
    mail.draft.purpose = "reply";
    mail.draft.recipient = address;
    TRY_ASSIGN(const Sheet sheet, sheet_from_json(side.entry.sheet));
    const Letter* opening = side.conversation.opening();
    const auto read_language = opening != nullptr ? opening->inspection.facts.language : std::nullopt;
    const auto wished = wish_.language ? wish_.language : partner ? std::nullopt : sheet.language ? sheet.language : read_language;
    mail.draft.language = language_for(desk_.settings(), wished);
    if (wish_.language && mail.draft.language != *wish_.language) {
      return fail(ErrorKind::usage, "this language is not one of organisation.languages");
    }
    TRY(choose_certificate(side, partner, mail));
    const Letter* answered = answered_letter(side, address, partner, mail.draft);
    mail.draft.subject = subject_for(mail, answered);
    const bool whole = answered != nullptr && !answered->inspection.protection.partial;
    if (whole && (!mail.draft.certificate.empty() || !answered->inspection.any_encrypted)) mail.quotable = answered->inspection.text;
    TRY_ASSIGN(const auto deadlines, store::deadlines(view_, side.entry.id));
    const auto missing = opening != nullptr ? opening->inspection.facts.missing : std::vector<std::string>();
    mail.fields = case_fields(desk_, mail.draft.language, side.entry, deadlines, missing);
    if (!partner && opening != nullptr) mail.fields["name"] = one_line(opening->inspection.facts.reporter.name.value_or(""), 100);
    remark_on_later_mail(side, address);
    plan_.mails.push_back(std::move(mail));
    return {};
  }

  Result<void> choose_certificate(const Side& side, bool partner, ReplyTo& mail) {
    std::optional<AnswerCertificate> certificate;
    if (partner) {
      TRY_ASSIGN(certificate, partner_certificate(desk_.settings(), mail.draft.recipient));
    } else {
      TRY_ASSIGN(certificate, certificate_for(view_, side.conversation, mail.draft.recipient));
    }
    if (certificate && is_rejected(side, certificate->fingerprint)) certificate.reset();
    if (wish_.ask_certificate) {
      if (!certificate) return {};
      return fail(ErrorKind::refused, "a certificate of this correspondent is known already", "cvdesk reply without --ask-certificate");
    }
    if (certificate) {
      mail.draft.certificate = certificate->blob;
      mail.draft.fingerprint = certificate->fingerprint;
      mail.pinned = certificate->pinned;
      mail.found = certificate->found;
      return remark_on_certificate(side, mail);
    }
    if (!secret_) return {};
    return fail(ErrorKind::refused, fmt::format("what came in encrypted never goes out readable, and no certificate of the {} may be used",
                                                partner ? "partner" : "reporter"),
                hint_for_certificate(side, partner));
  }

  static bool is_rejected(const Side& side, const std::string& fingerprint) {
    return std::any_of(side.people.claims.begin(), side.people.claims.end(), [&](const Claim& claim) {
      return claim.kind == "certificate" && claim.value == fingerprint && claim.state == Claim::State::rejected;
    });
  }

  // A certificate that is at hand is worth more than one that has to be asked for.
  std::string hint_for_certificate(const Side& side, bool partner) const {
    if (partner) return "name the partner's certificate as its key_file in the configuration";
    for (const auto& claim : side.people.claims) {
      if (claim.kind == "certificate" && claim.state == Claim::State::suggested) {
        return fmt::format("check this fingerprint with the reporter by another way, then: cvdesk contacts accept {} {}", side.entry.reference, claim.value);
      }
    }
    return fmt::format("ask for one by cvdesk reply {} --ask-certificate, or cvdesk certificates add FILE --for ADDRESS", side.entry.reference);
  }

  Result<void> remark_on_certificate(const Side& side, const ReplyTo& mail) {
    if (!mail.pinned) {
      plan_.remarks.push_back(fmt::format("{}: the certificate {} {}: compare its fingerprint before you trust it with a secret",
                                          mail.draft.recipient, mail.draft.fingerprint,
                                          mail.found ? "was found in the directory of its domain (WKD) and is not pinned" : "is not pinned"));
    }
    TRY_ASSIGN(const auto certificates, store::certificates_of_case(view_, side.entry.id));
    for (const auto& other : certificates) {
      if (other.state == "conflict" && other.address == mail.draft.recipient) {
        plan_.remarks.push_back(fmt::format("{}: another certificate, {}, waits for a decision", mail.draft.recipient, other.fingerprint));
      }
    }
    return {};
  }

  // The newest mail of the addressee; else the one that opened the case, or what we last sent to a partner.
  const Letter* answered_letter(const Side& side, const std::string& address, bool partner, Draft& draft) const {
    const auto& letters = side.conversation.letters;
    const auto by_addressee = std::find_if(letters.rbegin(), letters.rend(), [&](const Letter& letter) {
      return letter.mail && letter.from_partner == partner && letter.sender() == address;
    });
    const Letter* answered = by_addressee != letters.rend() ? &*by_addressee : partner ? nullptr : side.conversation.opening();
    if (answered != nullptr) {
      draft.answers = answered->mail->id;
      draft.thread = thread_answering(answered->inspection.outer);
      return answered;
    }
    const auto ours = std::find_if(letters.rbegin(), letters.rend(), [&](const Letter& letter) {
      return letter.outgoing && ascii_lower(letter.task.recipient) == address;
    });
    if (ours != letters.rend()) draft.thread = {ours->task.message_id, {ours->task.message_id}};
    return nullptr;
  }

  // In the clear it repeats nothing of the report.
  std::string subject_for(const ReplyTo& mail, const Letter* answered) const {
    if (wish_.subject) return tagged(mail.entry, one_line(*wish_.subject, subject_limit));
    if (mail.draft.certificate.empty() || answered == nullptr) return tagged(mail.entry, "");
    return fmt::format("Re: {}", tagged(mail.entry, bare_subject(answered->inspection.subject)));
  }

  void remark_on_later_mail(const Side& side, const std::string& address) {
    const auto& letters = side.conversation.letters;
    const auto last = std::find_if(letters.rbegin(), letters.rend(), [](const Letter& letter) { return letter.is_from_reporter(); });
    if (last == letters.rend() || last->sender() == address || holds(side.people.reporters, last->sender())) return;
    plan_.remarks.push_back(fmt::format("message {} came from {}, which nobody accepted as the reporter's: this answer does not go there", last->id,
                                        one_line(last->sender(), 100)));
  }

  Desk& desk_;
  View& view_;
  const ReplyWish& wish_;
  ReplyPlan plan_;
  std::vector<Side> sides_;
  bool secret_ = false;
};

Error unusable(const ReplyTo& mail, const Error& error) {
  return {ErrorKind::refused, false,
          fmt::format("the certificate {} cannot be encrypted to, and nothing goes out in its place: {}", mail.draft.fingerprint, error.what),
          mail.pinned ? "ask the reporter for a current one, then: cvdesk certificates accept ADDRESS FINGERPRINT"
                      : fmt::format("cvdesk contacts reject {} {}; then ask for another", mail.entry.reference, mail.draft.fingerprint)};
}

Result<void> check_text(std::string_view text) {
  if (text.size() > text_limit) return fail(ErrorKind::too_big, "the text is larger than 1 MiB");
  if (!is_valid_utf8(text)) return fail(ErrorKind::usage, "the text must be UTF-8");
  return {};
}

// Between plan and now somebody else may have worked on the case, and mail may have come.
Result<void> check_still_allowed(View& view, const Desk& desk, const Draft& draft) {
  TRY_ASSIGN(const auto entry, store::find_case(view, draft.case_id));
  if (!entry || entry->sheet.empty()) return fail(ErrorKind::refused, "the case has been erased");
  TRY_ASSIGN(const Conversation conversation, read_conversation(view, draft.case_id));
  TRY_ASSIGN(const Correspondents people, correspondents(view, desk.settings(), draft.case_id, conversation));
  if (!holds(people.reporters, draft.recipient) && !holds(people.partners, draft.recipient)) {
    return fail(ErrorKind::refused, "the addressee was rejected meanwhile", fmt::format("cvdesk contacts {}", entry->reference));
  }
  if (draft.certificate.empty() || !holds(people.reporters, draft.recipient)) return {};
  TRY_ASSIGN(const auto certificate, certificate_for(view, conversation, draft.recipient));
  if (!certificate || certificate->fingerprint != draft.fingerprint) {
    return fail(ErrorKind::refused, "the certificate of the addressee is no longer the one that this was written for; nothing was sent",
                fmt::format("cvdesk contacts {}", entry->reference));
  }
  return {};
}

} // namespace

Result<ReplyPlan> plan_reply(Desk& desk, const ReplyWish& wish) {
  TRY_ASSIGN(const CaseEntry entry, find_case(desk, wish.reference));
  TRY_ASSIGN(ReplyPlan plan, desk.store().read([&](View& view) { return Planner(desk, view, wish, entry).run(); }));
  if (!wish.template_name.empty()) {
    for (const auto& mail : plan.mails) {
      TRY(desk.templates().takes_text(mail.draft.language, wish.template_name));
    }
  }
  return plan;
}

Result<void> check_certificates(openpgp::Engine& engine, const ReplyPlan& plan) {
  for (const auto& mail : plan.mails) {
    if (mail.draft.certificate.empty()) continue;
    const auto tried = engine.sign_and_encrypt("x", {mail.draft.certificate});
    if (!tried && tried.error().kind == ErrorKind::refused) return tl::unexpected(unusable(mail, tried.error()));
    if (!tried) return tl::unexpected(tried.error());
  }
  return {};
}

Result<void> note_refusal(Desk& desk, const ReplyPlan& plan, const Error& error, std::string_view actor) {
  if (error.kind != ErrorKind::refused) return {};
  return desk.store().write([&](Change& change) {
    return store::append_event(change, {plan.entry.id, actor, "reply-refused", error.what}, now());
  });
}

Result<std::string> begin_of_reply(const Desk& desk, const ReplyWish& wish, const ReplyPlan& plan) {
  if (wish.template_name.empty()) return std::string();
  // What is edited goes to all as it stands: reference and name of the first are nobody else's business.
  if (plan.mails.size() > 1) {
    return fail(ErrorKind::usage, "a template cannot be edited for several recipients at once: each has a reference of their own",
                "give your words by -m or --file: they stand in the template of each");
  }
  const ReplyTo& first = plan.mails.front();
  TRY_ASSIGN(const Rendered rendered, desk.templates().render(first.draft.language, wish.template_name, first.fields));
  return rendered.text;
}

Result<std::vector<Composed>> compose_reply(const Desk& desk, openpgp::Engine& engine, const ReplyWish& wish, const ReplyPlan& plan,
                                            const ReplyText& text, const std::vector<mime::OutgoingAttachment>& files) {
  TRY(check_text(text.words));
  // What goes along would go out in the clear.
  if (wish.ask_certificate && (!files.empty() || !trim(text.words).empty() || wish.subject)) {
    return fail(ErrorKind::usage, "--ask-certificate is a fixed text: no words, subject or file go along with it");
  }
  std::vector<Composed> mails;
  for (const auto& mail : plan.mails) {
    Draft draft = mail.draft;
    draft.attachments = files;
    draft.text = fmt::format("{}\n", trim(text.words));
    if (wish.ask_certificate) {
      TRY_ASSIGN(const Rendered fixed, desk.templates().render(draft.language, "ask-certificate", desk_fields(desk.settings())));
      draft.subject = fixed.subject;
      draft.text = fixed.text;
      draft.says_nothing = true;
    } else if (!wish.template_name.empty()) {
      TRY_ASSIGN(const bool takes_text, desk.templates().takes_text(draft.language, wish.template_name));
      if (!takes_text && !text.whole && !trim(text.words).empty()) {
        return fail(ErrorKind::usage, "this template has no place for words of your own: {text}", "leave the text out, or write it in the editor");
      }
      Fields fields = mail.fields;
      fields["text"] = std::string(trim(text.words));
      TRY_ASSIGN(const Rendered rendered, desk.templates().render(draft.language, wish.template_name, fields));
      if (!wish.subject) draft.subject = tagged(mail.entry, rendered.subject);
      if (!text.whole) draft.text = rendered.text;
    }
    if (trim(draft.text).empty()) return fail(ErrorKind::usage, "an empty reply is not sent");
    auto composed = compose(desk, engine, std::move(draft));
    if (!composed && composed.error().kind == ErrorKind::refused) return tl::unexpected(unusable(mail, composed.error()));
    if (!composed) return tl::unexpected(std::move(composed).error());
    mails.push_back(std::move(*composed));
  }
  return mails;
}

Result<std::vector<store::Id>> send_reply(Desk& desk, const ReplyPlan& plan, const std::vector<Composed>& mails, bool unless_changed,
                                          std::string_view actor) {
  return desk.store().write([&](Change& change) -> Result<std::vector<store::Id>> {
    TRY_ASSIGN(const Conversation now_there, read_conversation(change, plan.entry.id));
    if (unless_changed && now_there.last() != plan.last_letter) {
      return fail(ErrorKind::refused, fmt::format("{} went on while you wrote: a mail came, or somebody else answered; nothing was sent", plan.entry.reference),
                  fmt::format("cvdesk show {}", plan.entry.reference));
    }
    TRY_ASSIGN(const bool secret, is_secret_matter(change, plan.entry));
    std::vector<store::Id> ids;
    const Instant at = now();
    for (const auto& composed : mails) {
      const Draft& draft = composed.draft;
      TRY(check_still_allowed(change, desk, draft));
      if (draft.certificate.empty() && !draft.says_nothing && secret) {
        return fail(ErrorKind::refused, "an encrypted mail came meanwhile: what came in encrypted never goes out readable");
      }
      TRY_ASSIGN(const store::Id id, owe(change, composed, at));
      TRY(store::append_event(change, {draft.case_id, actor, draft.says_nothing ? "certificate-asked-for" : "reply",
                                       fmt::format("to {}, {}", draft.recipient, draft.certificate.empty() ? "in the clear" : "encrypted")},
                              at));
      ids.push_back(id);
    }
    return ids;
  });
}

} // namespace cvdesk::desk
