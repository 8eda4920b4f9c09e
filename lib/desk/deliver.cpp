#include "desk/deliver.hpp"

#include "core/log.hpp"
#include "core/random.hpp"
#include "core/text.hpp"
#include "desk/answer_task.hpp"
#include "desk/breaker.hpp"
#include "desk/conversation.hpp"
#include "desk/look_up.hpp"
#include "desk/notify.hpp"
#include "desk/outgoing.hpp"
#include "desk/troubles.hpp"
#include "mime/compose.hpp"
#include "net/access.hpp"
#include "smtp/submit.hpp"
#include "store/audit.hpp"
#include "store/cases.hpp"
#include "store/outbox.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>

namespace cvdesk::desk {

namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using store::Id;

constexpr std::string_view actor = "cvdeskd";
// With the back-off below these take five days (RFC 5321, 4.5.4.1).
constexpr int attempt_limit = 38;
constexpr int page = 100;
// How long a server may be away before the team hears of it.
constexpr minutes server_patience{15};
constexpr seconds log_in_patience{60};

// 1 min, 2, 4 ... 4 h, each up to a quarter longer, so that many do not come back at once.
seconds back_off(int attempts) {
  const auto plain = std::min<seconds>(minutes(1) * (1 << std::clamp(attempts - 1, 0, 8)), hours(4));
  return plain + seconds(random_below(static_cast<std::uint32_t>(plain.count() / 4 + 1)));
}

mime::Outgoing outgoing_for(const Desk& desk, const store::OutboxEntry& entry, const AnswerTask& task,
                            const Rendered& text, const std::string& own_certificate) {
  const auto& from = desk.settings().submission.from;
  mime::Outgoing mail;
  mail.from = {from.display_name, from.address};
  mail.to = {{"", task.recipient}};
  mail.subject = text.subject;
  mail.date = entry.created;
  mail.message_id = task.message_id;
  mail.in_reply_to = task.in_reply_to;
  mail.references = task.references;
  const bool notification = entry.purpose == "notification";
  if (task.automatic) {
    mail.fields = {{"Auto-Submitted", notification ? "auto-generated" : "auto-replied"}, {"X-Auto-Response-Suppress", "All"}};
  }
  mail.text = text.text;
  if (notification) return mail; // the team has the certificate
  mail.attachments = {own_certificate_file(desk.settings(), own_certificate)};
  return mail;
}

// Composes, and notes in the task what was composed.
Result<std::string> compose_signed(Desk& desk, openpgp::Engine& engine, const store::OutboxEntry& entry,
                                   AnswerTask& task, const std::string& name, const std::string& own) {
  TRY_ASSIGN(const Rendered text, desk.templates().render(task.language, name, task.fields));
  task.sent_subject = text.subject;
  task.sent_text = text.text;
  task.sent_encrypted = false;
  const mime::Outgoing mail = outgoing_for(desk, entry, task, text, own);
  const std::string payload = mime::compose_payload(mail, mime::HeaderProtection::clear);
  TRY_ASSIGN(const openpgp::DetachedSignature signature, engine.sign(payload));
  return mime::compose_signed(mail, payload, signature.armour, signature.micalg);
}

Result<std::string> compose(Desk& desk, openpgp::Engine& engine, const store::OutboxEntry& entry, AnswerTask& task) {
  TRY_ASSIGN(const std::string own, engine.own_certificate());
  if (task.certificate.empty()) return compose_signed(desk, engine, entry, task, task.template_name, own);
  TRY_ASSIGN(const Rendered text, desk.templates().render(task.language, task.template_name, task.fields));
  const mime::Outgoing mail = outgoing_for(desk, entry, task, text, own);
  const auto ciphertext =
      engine.sign_and_encrypt(mime::compose_payload(mail, mime::HeaderProtection::cipher), {task.certificate});
  if (ciphertext) {
    task.sent_subject = text.subject;
    task.sent_text = text.text;
    task.sent_encrypted = true;
    return mime::compose_encrypted(mail, *ciphertext);
  }
  // Encryption that is not possible never turns into the same words in the clear.
  if (ciphertext.error().temporary || task.fallback_template.empty()) return tl::unexpected(ciphertext.error());
  log_warning("outbox {}: cannot encrypt, sending the fixed text: {}", entry.id, ciphertext.error().what);
  return compose_signed(desk, engine, entry, task, task.fallback_template, own);
}

class Deliverer {
public:
  Deliverer(Desk& desk, openpgp::Engine* engine, StopToken& stop) : desk_(desk), engine_(engine), stop_(stop) {}

  Result<Delivery> run() {
    TRY_ASSIGN(const auto due, desk_.store().read([](store::View& view) { return store::due_outgoing(view, now(), page); }));
    if (due.empty()) return delivery_;
    for (const Id id : due) {
      if (stop_.requested()) break;
      if (const auto tried = deliver(id); !tried) {
        // A full disk, say, is the trouble of all; one damaged row must not keep the others waiting.
        if (tried.error().temporary) return tl::unexpected(tried.error());
        log_error("outbox {}: {}", id, tried.error().what);
        TRY(desk_.store().write([&](store::Change& change) { return store::begin_attempt(change, id, now() + hours(1)); }));
      }
      if (server_in_trouble_) break; // the others are due again when it is next tried
    }
    return delivery_;
  }

private:
  Result<void> deliver(Id id) {
    TRY_ASSIGN(const auto found, desk_.store().read([&](store::View& view) { return store::find_outgoing(view, id); }));
    if (!found || found->state != "waiting") return {};
    const store::OutboxEntry& entry = *found;
    if (entry.task.empty()) return finish(entry, "cancelled", "its case was erased, or it is damaged");
    TRY_ASSIGN(AnswerTask task, unpack_answer_task(entry.task));
    TRY_ASSIGN(const bool held, hold_back(entry));
    if (held) return {};
    TRY(desk_.store().write([&](store::Change& change) {
      return store::begin_attempt(change, id, now() + back_off(entry.attempts + 1));
    }));
    if (task.recipient == webhook_recipient) return call_webhook(entry, task);
    const auto mail = bytes_of(entry, task);
    return mail ? hand_over(entry, task, *mail) : set_back(entry, mail.error());
  }

  // The breaker and the total cap defer, they never drop. All that it concerns is put off at once.
  Result<bool> hold_back(const store::OutboxEntry& entry) {
    if (entry.purpose != "acknowledgement") return false;
    const Instant at = now();
    TRY_ASSIGN(const auto breaker, desk_.store().read([](store::View& view) { return store::open_breaker(view); }));
    if (breaker && entry.id >= breaker->first_held) return put_off(breaker->first_held, at, at + minutes(1), "the breaker is open");
    const int most = desk_.settings().acknowledge.total_per_hour;
    TRY_ASSIGN(const auto oldest, desk_.store().read([&](store::View& view) {
      return store::nth_newest_sent(view, "acknowledgement", at - hours(1), most);
    }));
    return oldest ? put_off(0, at, *oldest + hours(1) + seconds(1), "so many went out within the hour") : Result<bool>(false);
  }

  Result<bool> put_off(Id from, Instant at, Instant until, std::string_view why) {
    TRY_ASSIGN(const int count, desk_.store().write([&](store::Change& change) {
      return store::postpone_all(change, "acknowledgement", from, at, until);
    }));
    if (count > 0) log_warning("{} acknowledgements deferred: {}", count, why);
    delivery_.postponed += count;
    return true;
  }

  // Whatever is wrong with the webhook keeps no mail from going out.
  Result<void> call_webhook(const store::OutboxEntry& entry, const AnswerTask& task) {
    const auto& file = desk_.settings().notify.webhook_url_file;
    if (!file) return finish(entry, "cancelled", "there is no webhook any more");
    TRY_ASSIGN(const Rendered text, desk_.templates().render(task.language, task.template_name, task.fields));
    const auto url = read_secret(*file, SecretForm::line);
    if (!url) return set_back(entry, url.error());
    const auto posted = net::post_json(std::string(url->reveal()), webhook_body(text.subject + "\n" + text.text));
    if (posted) return sent(entry);
    return posted.error().temporary ? set_back(entry, posted.error()) : give_up(entry, posted.error(), {});
  }

  Result<std::string> bytes_of(const store::OutboxEntry& entry, AnswerTask& task) {
    TRY_ASSIGN(auto stored, desk_.store().read([&](store::View& view) { return store::composed(view, entry); }));
    if (stored) return std::move(*stored);
    if (engine_ == nullptr) {
      return fail_temporarily(ErrorKind::failed, "the desk's OpenPGP key cannot be used", "cvdesk doctor");
    }
    TRY_ASSIGN(std::string mail, compose(desk_, *engine_, entry, task));
    TRY(desk_.store().write([&](store::Change& change) { return store::save_composed(change, entry, mail, pack(task)); }));
    return mail;
  }

  Result<void> hand_over(const store::OutboxEntry& entry, const AnswerTask& task, const std::string& mail) {
    if (!credentials_) {
      auto credentials = net::credentials_for(desk_.settings().submission.server);
      if (!credentials) {
        server_in_trouble_ = true;
        note_trouble(desk_, "submission-log-in", log_in_patience);
        return set_back(entry, credentials.error());
      }
      credentials_ = std::move(*credentials);
    }
    smtp::Envelope envelope{task.envelope_sender, {task.recipient}};
    auto result = submit(envelope, mail);
    if (!result && envelope.sender.empty() && result.error().may_be_the_sender) {
      // Some submission servers refuse <>, many of them as late as at RCPT; the contract names what to do then.
      envelope.sender = desk_.settings().submission.from.address;
      result = submit(envelope, mail);
    }
    if (result) {
      end_trouble(desk_, "submission-unreachable");
      end_trouble(desk_, "submission-log-in");
      return sent(entry);
    }
    const smtp::Refusal& refusal = result.error();
    // Whatever is wrong with the server or with our access to it is no fault of this mail.
    const auto kind = refusal.error.kind;
    const bool about_this_mail = kind == ErrorKind::failed || kind == ErrorKind::too_big || kind == ErrorKind::usage;
    server_in_trouble_ = (refusal.reply == 0 && !about_this_mail) || refusal.reply == 421 || kind == ErrorKind::authentication ||
                         kind == ErrorKind::tls || kind == ErrorKind::network;
    if (server_in_trouble_ && kind != ErrorKind::stopped) {
      const bool log_in = kind == ErrorKind::authentication;
      note_trouble(desk_, log_in ? "submission-log-in" : "submission-unreachable", log_in ? log_in_patience : server_patience);
    }
    const bool permanent = !refusal.error.temporary && !server_in_trouble_;
    return permanent ? give_up(entry, refusal.error, refusal.code) : set_back(entry, refusal.error, refusal.code);
  }

  tl::expected<void, smtp::Refusal> submit(const smtp::Envelope& envelope, const std::string& mail) {
    return smtp::submit(desk_.settings().submission.server, *credentials_, envelope, mail, stop_);
  }

  Result<void> sent(const store::OutboxEntry& entry) {
    ++delivery_.sent;
    log_info("outbox {}: {} sent", entry.id, entry.purpose);
    return desk_.store().write([&](store::Change& change) -> Result<void> {
      const Instant at = now();
      TRY(store::finish(change, entry, "sent", "", at));
      if (!entry.case_id) return {};
      TRY(store::append_event(change, {entry.case_id, actor, fmt::format("{}-sent", entry.purpose), ""}, at));
      TRY_ASSIGN(const bool acknowledges, tells_the_reporter(change, entry));
      if (!acknowledges) return {};
      TRY(store::meet_deadline(change, *entry.case_id, "acknowledge", at));
      TRY_ASSIGN(auto found, store::find_case(change, *entry.case_id));
      if (!found || found->status != "new") return {};
      found->status = "acknowledged";
      return store::save_case(change, *found);
    });
  }

  // An answer by hand tells the reporter no less than the automatic one, unless it went to a partner.
  static Result<bool> tells_the_reporter(store::Change& change, const store::OutboxEntry& entry) {
    if (entry.purpose == "acknowledgement") return true;
    if (entry.purpose != "reply") return false;
    TRY_ASSIGN(const AnswerTask task, unpack_answer_task(entry.task));
    TRY_ASSIGN(const Conversation conversation, read_conversation(change, *entry.case_id));
    const auto& partners = conversation.partners;
    return std::find(partners.begin(), partners.end(), ascii_lower(task.recipient)) == partners.end();
  }

  // What a server says names whom the mail is for: the log gets its code alone, the outbox (sealed) the words.
  static std::string for_the_log(const Error& error, const std::string& code) {
    return code.empty() ? error.what : fmt::format("the server answered {} (cvdesk outbox has its words)", code);
  }

  Result<void> set_back(const store::OutboxEntry& entry, const Error& error, const std::string& code = {}) {
    if (entry.attempts + 1 >= attempt_limit) return give_up(entry, error, code);
    ++delivery_.postponed;
    log_warning("outbox {}: {} not sent yet: {}", entry.id, entry.purpose, for_the_log(error, code));
    return desk_.store().write([&](store::Change& change) {
      return store::note_error(change, entry, error.what, now() + back_off(entry.attempts + 1));
    });
  }

  Result<void> give_up(const store::OutboxEntry& entry, const Error& error, const std::string& code) {
    ++delivery_.failed;
    log_error("outbox {}: {} cannot be sent: {}", entry.id, entry.purpose, for_the_log(error, code));
    if (entry.purpose == "notification") note_trouble(desk_, "notification-failed", seconds(0));
    return finish(entry, "failed", error.what);
  }

  Result<void> finish(const store::OutboxEntry& entry, std::string_view state, const std::string& why) {
    return desk_.store().write([&](store::Change& change) -> Result<void> {
      TRY(store::finish(change, entry, state, entry.task.empty() ? std::string_view() : std::string_view(why), now()));
      if (!entry.case_id || entry.task.empty()) return {};
      TRY(store::append_event(change, {entry.case_id, actor, fmt::format("{}-{}", entry.purpose, state), why}, now()));
      return state == "failed" ? tell_team(desk_, change, {"not-delivered", entry.case_id, ""}, now()) : Result<void>();
    });
  }

  Desk& desk_;
  openpgp::Engine* engine_;
  StopToken& stop_;
  std::optional<net::Credentials> credentials_;
  Delivery delivery_;
  bool server_in_trouble_ = false;
};

} // namespace

Result<Delivery> deliver_due(Desk& desk, openpgp::Engine* engine, StopToken& stop) {
  TRY(tend_breaker(desk));
  TRY(watch_clocks(desk));
  TRY(announce(desk));
  TRY(end_look_ups(desk));
  return Deliverer(desk, engine, stop).run();
}

Result<std::string> compose_outgoing(Desk& desk, openpgp::Engine& engine, Id id) {
  TRY_ASSIGN(const auto entry, desk.store().read([&](store::View& view) { return store::find_outgoing(view, id); }));
  if (!entry) return fail(ErrorKind::not_found, fmt::format("there is no outgoing mail {}", id));
  TRY_ASSIGN(auto stored, desk.store().read([&](store::View& view) { return store::composed(view, *entry); }));
  if (stored) return std::move(*stored);
  if (entry->task.empty()) return fail(ErrorKind::not_found, "its case was erased");
  TRY_ASSIGN(AnswerTask task, unpack_answer_task(entry->task));
  return compose(desk, engine, *entry, task);
}

} // namespace cvdesk::desk
