#include "daemon/service.hpp"

#include "core/log.hpp"
#include "core/stop.hpp"
#include "daemon/delivery.hpp"
#include "daemon/look_ups.hpp"
#include "daemon/readers.hpp"
#include "daemon/watch.hpp"
#include "desk/deliver.hpp"
#include "desk/fetch.hpp"
#include "desk/intake.hpp"
#include "desk/look_up.hpp"
#include "desk/troubles.hpp"
#include "store/audit.hpp"

#include <fmt/core.h>
#include <systemd/sd-daemon.h>

#include <algorithm>
#include <csignal>
#include <exception>
#include <thread>
#include <typeinfo>

#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace cvdesk::daemon_service {

namespace {

constexpr unsigned most_workers = 4;
constexpr std::chrono::hours head_interval{6};

unsigned worker_count() { return std::clamp(std::thread::hardware_concurrency(), 2u, most_workers); }

// SIGTERM and SIGINT as something to wait for, blocked in every thread that starts later.
class Signals {
public:
  Signals() {
    sigset_t set;
    ::sigemptyset(&set);
    ::sigaddset(&set, SIGTERM);
    ::sigaddset(&set, SIGINT);
    ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
    fd_ = UniqueFd(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
  }
  // True when one arrived within this time.
  bool wait(std::chrono::milliseconds most) const {
    pollfd waiting{fd_.get(), POLLIN, 0};
    return ::poll(&waiting, 1, static_cast<int>(most.count())) > 0;
  }

private:
  UniqueFd fd_;
};

// Requests the stop when a signal comes, for the work that has no loop of its own.
class StopOnSignal {
public:
  StopOnSignal(const Signals& signals, StopToken& stop) : thread_([this, &signals, &stop] {
      while (!done_) {
        if (signals.wait(std::chrono::milliseconds(100))) return stop.request();
      }
    }) {}
  ~StopOnSignal() {
    done_ = true;
    thread_.join();
  }

private:
  std::atomic<bool> done_ = false;
  std::thread thread_;
};

class Threads {
public:
  template <class Work>
  void start(Work work) {
    threads_.emplace_back([work = std::move(work)] {
      try {
        work();
      } catch (const std::exception& error) {
        // systemd starts us anew; nothing that was stored is lost.
        log_error("unexpected: {}", typeid(error).name());
        ::kill(::getpid(), SIGTERM);
      }
    });
  }
  void join() {
    for (auto& thread : threads_) {
      if (thread.joinable()) thread.join();
    }
  }
  ~Threads() { join(); }

private:
  std::vector<std::thread> threads_;
};

Result<void> poll_mailboxes(desk::Desk& desk, StopToken& stop) {
  const auto& mailboxes = desk.settings().mailboxes;
  std::vector<Result<int>> results(mailboxes.size(), fail_temporarily(ErrorKind::failed, "was not polled"));
  {
    Threads threads;
    for (std::size_t i = 0; i < mailboxes.size(); ++i) {
      threads.start([&, i] { results[i] = desk::MailboxFetcher(desk, mailboxes[i], stop).poll(); });
    }
  }
  Result<void> first;
  for (std::size_t i = 0; i < mailboxes.size(); ++i) {
    note_outcome(desk, mailboxes[i], results[i]);
    if (results[i]) continue;
    const Error error = within(fmt::format("mailbox {}", mailboxes[i].name), results[i].error());
    log_error("{}", error.what);
    if (!error.hint.empty()) log_error("hint: {}", error.hint);
    if (first) first = tl::unexpected(error);
  }
  return first;
}

bool wants_settling(const desk::Desk& desk) {
  return std::any_of(desk.settings().mailboxes.begin(), desk.settings().mailboxes.end(), [](const auto& mailbox) {
    return mailbox.after_intake.action != AfterIntake::Action::keep;
  });
}

// Everything once; what goes wrong in one part keeps no other part from being done.
Result<void> run_once(desk::Desk& desk, std::vector<desk::Hands>& hands, StopToken& stop) {
  Result<void> outcome = poll_mailboxes(desk, stop);
  const auto count = desk::read_all(desk, hands, stop);
  if (!count && outcome) outcome = tl::unexpected(count.error());
  // The servers hear of it only now that all is recorded.
  if (outcome && !stop.requested() && wants_settling(desk)) outcome = poll_mailboxes(desk, stop);
  desk::examine_self(desk, hands.front().engine.get());
  if (desk.settings().openpgp.wkd) {
    const auto made = desk::make_look_ups(desk, stop, 2 * desk::look_up_patience);
    if (!made && outcome) outcome = tl::unexpected(made.error());
  }
  const auto delivered = desk::deliver_due(desk, hands.front().engine.get(), stop);
  if (!delivered && outcome) outcome = tl::unexpected(delivered.error());
  log_info("done: {} recorded, {} answers sent, {} postponed, {} failed", count.value_or(0),
           delivered ? delivered->sent : 0, delivered ? delivered->postponed : 0, delivered ? delivered->failed : 0);
  return outcome;
}

// The head of the audit trail in the journal: whoever cuts off the end of the store's trail cannot cut it
// off there.
void write_audit_head(desk::Desk& desk) {
  const auto chain = desk.store().read([](store::View& view) { return store::check_chain(view); });
  if (!chain) return log_error("audit trail: {}", chain.error().what);
  log_info("audit trail: {} entries, head {}", chain->entries, chain->head);
  for (const auto& problem : chain->problems) {
    log_error("{}", problem);
  }
}

void tell_systemd_until_signal(desk::Desk& desk, const Signals& signals) {
  std::uint64_t watchdog_us = 0;
  sd_watchdog_enabled(0, &watchdog_us);
  const std::chrono::milliseconds beat(watchdog_us > 0 ? watchdog_us / 3000 : 60'000);
  auto head_due = std::chrono::steady_clock::now();
  sd_notify(0, "READY=1\nSTATUS=watching the mailboxes");
  while (!signals.wait(beat)) {
    sd_notify(0, "WATCHDOG=1");
    if (std::chrono::steady_clock::now() < head_due) continue;
    write_audit_head(desk);
    head_due = std::chrono::steady_clock::now() + head_interval;
  }
  sd_notify(0, "STOPPING=1\nSTATUS=finishing what is in hand");
}

void run_forever(desk::Desk& desk, std::vector<desk::Hands>& hands, openpgp::Engine* sender,
                 const Signals& signals) {
  StopToken stop;
  Bell stored;
  Bell look_ups;
  Bell answers;
  Threads threads;
  threads.start([&] { run_readers(desk, hands, stored, look_ups, answers, stop); });
  for (int i = 0; desk.settings().openpgp.wkd && i < desk::look_ups_at_once; ++i) {
    threads.start([&] { run_look_ups(desk, look_ups, answers, stop); });
  }
  threads.start([&] { run_delivery(desk, sender, answers, stop); });
  for (const auto& mailbox : desk.settings().mailboxes) {
    threads.start([&] { watch_mailbox(desk, mailbox, stored, stop); });
  }
  tell_systemd_until_signal(desk, signals);
  log_info("stopping: finishing what is in hand");
  stop.request();
  stored.ring();
  look_ups.ring();
  answers.ring();
}

} // namespace

Result<void> serve(Settings settings, bool once) {
  const Signals signals;
  // Their processes are forked before any thread starts (Desk::open starts the writer), and before the lock
  // is taken, which they would inherit and hold on to.
  std::vector<desk::Hands> hands(worker_count());
  for (auto& own : hands) {
    TRY_ASSIGN(own, desk::make_hands(settings));
  }
  std::unique_ptr<openpgp::Engine> sender;
  if (!once && hands.front().engine) {
    TRY_ASSIGN(sender, desk::make_engine(settings));
  }
  TRY_ASSIGN(const auto lock, store::DaemonLock::take(settings.store.path));
  TRY_ASSIGN(const auto desk, desk::Desk::open(std::move(settings)));
  log_info("cvdeskd " CVDESK_VERSION ": {} mailboxes, {} workers", desk->settings().mailboxes.size(), hands.size());
  if (once) {
    StopToken stop;
    const StopOnSignal on_signal(signals, stop);
    return run_once(*desk, hands, stop);
  }
  run_forever(*desk, hands, sender.get(), signals);
  return {};
}

} // namespace cvdesk::daemon_service
