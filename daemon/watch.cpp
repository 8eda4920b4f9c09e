#include "daemon/watch.hpp"

#include "core/log.hpp"
#include "core/random.hpp"
#include "desk/fetch.hpp"
#include "desk/troubles.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>

#include <poll.h>

namespace cvdesk::daemon_service {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// How long it may last before the team hears of it.
constexpr std::chrono::minutes server_patience{15};
constexpr seconds log_in_patience{60};

// 1 s, 2, 4 ... 5 min, each up to half longer; at least 5 min when the log-in was refused, so that a server
// does not lock us out.
milliseconds back_off(int failures, const Error& error) {
  constexpr milliseconds longest = std::chrono::minutes(5);
  const milliseconds plain = std::min<milliseconds>(seconds(1) * (1 << std::min(failures - 1, 9)), longest);
  const milliseconds base = error.kind == ErrorKind::authentication ? longest : plain;
  return base + milliseconds(random_below(static_cast<std::uint32_t>(base.count() / 2 + 1)));
}

void pause(milliseconds time, StopToken& stop) {
  pollfd waiting{stop.fd(), POLLIN, 0};
  ::poll(&waiting, 1, static_cast<int>(time.count()));
}

void complain(const MailboxSettings& mailbox, const Error& error) {
  if (error.kind == ErrorKind::stopped) return;
  log_error("mailbox {}: {}", mailbox.name, error.what);
  if (!error.hint.empty()) log_error("mailbox {}: hint: {}", mailbox.name, error.hint);
}

} // namespace

void note_outcome(desk::Desk& desk, const MailboxSettings& mailbox, const Result<int>& polled) {
  const std::string unreachable = fmt::format("mailbox-unreachable:{}", mailbox.name);
  const std::string log_in = fmt::format("mailbox-log-in:{}", mailbox.name);
  if (polled) {
    desk::end_trouble(desk, unreachable);
    desk::end_trouble(desk, log_in);
  } else if (polled.error().kind == ErrorKind::authentication) {
    desk::note_trouble(desk, log_in, log_in_patience);
  } else if (polled.error().kind != ErrorKind::stopped) {
    desk::note_trouble(desk, unreachable, server_patience);
  }
}

void watch_mailbox(desk::Desk& desk, const MailboxSettings& mailbox, Bell& stored, StopToken& stop) {
  desk::MailboxFetcher fetcher(desk, mailbox, stop);
  int failures = 0;
  while (!stop.requested()) {
    const auto taken = fetcher.poll();
    note_outcome(desk, mailbox, taken);
    if (taken) {
      failures = 0;
      if (*taken > 0) stored.ring();
      if (stop.requested()) break;
      // What the wait finds wrong, the next poll finds too, and says.
      if (const auto waited = fetcher.wait(); !waited) log_debug("mailbox {}: {}", mailbox.name, waited.error().what);
      continue;
    }
    complain(mailbox, taken.error());
    pause(back_off(++failures, taken.error()), stop);
  }
}

} // namespace cvdesk::daemon_service
