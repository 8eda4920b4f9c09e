#include "desk/fetch.hpp"

#include "core/log.hpp"
#include "mime/header_text.hpp"
#include "net/access.hpp"
#include "store/inbox.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace cvdesk::desk {

namespace {

// Sizes that a server tells are approximate on some (findings): a message is fetched when it may be within
// the limit, and a literal may be this much larger than announced.
constexpr std::size_t size_slack = 1u << 20;
constexpr std::size_t group_count = 64;
constexpr std::size_t group_bytes = 8u << 20;

// INTERNALDATE (RFC 3501, 2.3.3): when the mail reached the server, so when the clocks of its case started.
// "17-Jul-1996 02:44:25 -0700" becomes a date of RFC 5322 once its dashes are gone.
Instant received_at(const std::string& internal_date) {
  std::string date = internal_date;
  std::replace(date.begin(), date.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(date.size(), 11)), '-', ' ');
  const auto parsed = mime::parse_date(date);
  return parsed ? std::min(*parsed, now()) : now();
}

// Collects fetched messages and commits them together.
class Taker {
public:
  Taker(Desk& desk, const MailboxSettings& mailbox, std::uint32_t validity)
      : desk_(desk), mailbox_(mailbox), validity_(validity) {}

  Result<void> take(imap::Fetched message) {
    bytes_ += message.raw.size();
    group_.push_back(std::move(message));
    return group_.size() >= group_count || bytes_ >= group_bytes ? flush() : Result<void>();
  }

  Result<void> flush() {
    if (group_.empty()) return {};
    TRY(desk_.store().write([&](store::Change& change) -> Result<void> {
      for (const auto& message : group_) {
        TRY(take_one(change, message));
      }
      return {};
    }));
    count_ += static_cast<int>(group_.size());
    group_.clear();
    bytes_ = 0;
    return {};
  }

  int count() const { return count_; }

private:
  Result<void> take_one(store::Change& change, const imap::Fetched& message) {
    const std::size_t limit = desk_.settings().limits.message;
    store::NewMail mail;
    mail.mailbox = mailbox_.name;
    mail.received = received_at(message.internal_date);
    mail.size = static_cast<std::int64_t>(message.raw.size());
    mail.raw = message.raw;
    mail.server_uid = {mailbox_.name, validity_, message.uid};
    if (message.raw.size() > limit) {
      // The server told a smaller size than it sent.
      mail.whole = false;
      const auto end = message.raw.find("\r\n\r\n");
      mail.raw = mail.raw.substr(0, std::min(end, std::size_t{512} << 10));
    }
    TRY_ASSIGN([[maybe_unused]] const auto taken, store::take_in(change, mail));
    return {};
  }

  Desk& desk_;
  const MailboxSettings& mailbox_;
  std::uint32_t validity_;
  std::vector<imap::Fetched> group_;
  std::size_t bytes_ = 0;
  int count_ = 0;
};

Result<std::unique_ptr<imap::Session>> log_in(const Desk& desk, const MailboxSettings& mailbox, StopToken& stop) {
  const std::size_t literal_limit = desk.settings().limits.message + size_slack;
  TRY_ASSIGN(const auto credentials, net::credentials_for(mailbox.server));
  auto session = imap::Session::open(mailbox.server, credentials, literal_limit, stop);
  const bool stale = !session && session.error().kind == ErrorKind::authentication && mailbox.server.oauth2;
  if (!stale) return session;
  TRY_ASSIGN(const auto fresh, net::credentials_for(mailbox.server, net::Freshness::fresh));
  return imap::Session::open(mailbox.server, fresh, literal_limit, stop);
}

std::vector<imap::Listed> unknown_of(const std::vector<imap::Listed>& listed, const std::vector<std::uint32_t>& known) {
  std::vector<imap::Listed> unknown;
  for (const auto& message : listed) {
    if (!std::binary_search(known.begin(), known.end(), message.uid)) unknown.push_back(message);
  }
  return unknown;
}

} // namespace

Result<void> MailboxFetcher::connect() {
  if (session_) return {};
  TRY_ASSIGN(auto session, log_in(desk_, mailbox_, stop_));
  TRY_ASSIGN(const imap::Selected selected, session->select());
  if (validity_ != selected.uid_validity) understated_.clear();
  validity_ = selected.uid_validity;
  first_ = 1;
  session_ = std::move(session);
  return {};
}

Result<int> MailboxFetcher::poll() {
  const auto work = [&]() -> Result<int> {
    TRY(connect());
    TRY_ASSIGN(const int taken, take_new());
    TRY(settle());
    return taken;
  };
  auto result = work();
  if (!result) disconnect();
  return result;
}

Result<int> MailboxFetcher::take_new() {
  TRY_ASSIGN(const auto listed, session_->list(first_));
  TRY_ASSIGN(const auto known, desk_.store().read([&](store::View& view) {
    return store::known_uids(view, mailbox_.name, validity_);
  }));
  std::vector<imap::Listed> fresh = unknown_of(listed, known);
  const auto small = std::stable_partition(fresh.begin(), fresh.end(), [&](const auto& message) {
    return message.size <= desk_.settings().limits.message && !understated_.contains(message.uid);
  });
  const std::vector<imap::Listed> oversize(small, fresh.end());
  fresh.erase(small, fresh.end());
  int count = 0;
  TRY(fetch_all(fresh, count));
  TRY_ASSIGN(const int headers, take_headers(oversize));
  for (const auto& message : listed) {
    first_ = std::max(first_, message.uid + 1);
  }
  if (count + headers > 0) log_info("mailbox {}: {} new", mailbox_.name, count + headers);
  return count + headers;
}

Result<void> MailboxFetcher::fetch_all(const std::vector<imap::Listed>& fresh, int& count) {
  Taker taker(desk_, mailbox_, validity_);
  std::set<std::uint32_t> waiting;
  for (const auto& message : fresh) {
    waiting.insert(message.uid);
  }
  auto fetched = session_->fetch(fresh, [&](imap::Fetched message) {
    waiting.erase(message.uid);
    return taker.take(std::move(message));
  });
  // What arrived before the connection broke is kept.
  TRY(taker.flush());
  count = taker.count();
  // The session ends on a literal that is too large; messages come in the order asked for, so it was the
  // first that is still awaited. The next connection leaves it out, and the ones behind it get their turn.
  const bool too_big = !fetched && fetched.error().kind == ErrorKind::too_big;
  const auto culprit = std::find_if(fresh.begin(), fresh.end(), [&](const auto& m) { return waiting.contains(m.uid); });
  if (too_big && culprit != fresh.end()) understated_.insert(culprit->uid);
  return fetched;
}

Result<int> MailboxFetcher::take_headers(const std::vector<imap::Listed>& oversize) {
  for (const auto& message : oversize) {
    TRY_ASSIGN(const imap::Fetched header, session_->fetch_header(message.uid));
    store::NewMail mail;
    mail.mailbox = mailbox_.name;
    mail.whole = false;
    mail.size = static_cast<std::int64_t>(message.size);
    mail.received = received_at(header.internal_date);
    mail.raw = header.raw;
    mail.server_uid = {mailbox_.name, validity_, message.uid};
    TRY_ASSIGN([[maybe_unused]] const auto taken,
               desk_.store().write([&](store::Change& change) { return store::take_in(change, mail); }));
    log_warning("mailbox {}: a mail of {} bytes is over the limit; only its header was taken in", mailbox_.name, message.size);
  }
  return static_cast<int>(oversize.size());
}

Result<void> MailboxFetcher::settle() {
  if (mailbox_.after_intake.action == AfterIntake::Action::keep) return {};
  TRY_ASSIGN(const auto uids, desk_.store().read([&](store::View& view) {
    return store::unsettled_uids(view, mailbox_.name, validity_);
  }));
  if (uids.empty()) return {};
  TRY(on_server(uids));
  return desk_.store().write([&](store::Change& change) {
    return store::mark_settled(change, mailbox_.name, validity_, uids);
  });
}

Result<void> MailboxFetcher::on_server(const std::vector<std::uint32_t>& uids) {
  switch (mailbox_.after_intake.action) {
  case AfterIntake::Action::keep:
    return {};
  case AfterIntake::Action::seen:
    return session_->mark_seen(uids);
  case AfterIntake::Action::move:
    return session_->move_to(uids, mailbox_.after_intake.folder);
  case AfterIntake::Action::erase:
    return session_->erase(uids);
  }
  return {};
}

Result<void> MailboxFetcher::wait() {
  if (!session_) return {};
  auto waited = session_->wait(mailbox_.poll_interval, mailbox_.idle);
  if (waited) return {};
  disconnect();
  return tl::unexpected(std::move(waited).error());
}

Result<std::vector<std::uint32_t>> missing_uids(Desk& desk, const MailboxSettings& mailbox, StopToken& stop) {
  TRY_ASSIGN(auto session, log_in(desk, mailbox, stop));
  TRY_ASSIGN(const imap::Selected selected, session->select());
  TRY_ASSIGN(const auto listed, session->list(1));
  TRY_ASSIGN(const auto known, desk.store().read([&](store::View& view) {
    return store::known_uids(view, mailbox.name, selected.uid_validity);
  }));
  std::vector<std::uint32_t> missing;
  for (const auto& message : unknown_of(listed, known)) {
    missing.push_back(message.uid);
  }
  return missing;
}

} // namespace cvdesk::desk
