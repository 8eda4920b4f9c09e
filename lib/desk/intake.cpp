#include "desk/intake.hpp"

#include "core/log.hpp"
#include "desk/open_mail.hpp"
#include "store/inbox.hpp"

#include <fmt/core.h>

#include <atomic>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <typeinfo>

namespace cvdesk::desk {

Result<Recorded> read_and_record(Desk& desk, Hands& hands, store::Id message) {
  struct Stored {
    store::InboxEntry entry;
    std::string raw;
  };
  TRY_ASSIGN(const Stored stored, desk.store().read([&](store::View& view) -> Result<Stored> {
    TRY_ASSIGN(const auto entry, store::find_mail(view, message));
    if (!entry) return fail(ErrorKind::not_found, fmt::format("there is no message {}", message));
    if (entry->done) return Stored{*entry, {}};
    TRY_ASSIGN(std::string raw, store::raw_bytes(view, *entry));
    return Stored{*entry, std::move(raw)};
  }));
  if (stored.entry.done) {
    return desk.store().read([&](store::View& view) { return outcome_of(view, message); });
  }
  TRY_ASSIGN(const OpenedMail mail, open_mail(desk, hands, stored.entry, stored.raw));
  return record(desk, message, mail, stored.raw);
}

Result<Imported> import_mail(Desk& desk, Hands& hands, const store::NewMail& mail) {
  TRY_ASSIGN(const store::TakenIn taken, desk.store().write([&](store::Change& change) { return store::take_in(change, mail); }));
  TRY_ASSIGN(Recorded recorded, read_and_record(desk, hands, taken.id));
  return Imported{std::move(recorded), taken.known};
}

Result<Recorded> read_again(Desk& desk, Hands& hands, store::Id message) {
  TRY(desk.store().write([&](store::Change& change) -> Result<void> {
    TRY_ASSIGN(const auto entry, store::find_mail(change, message));
    if (!entry) return fail(ErrorKind::not_found, fmt::format("there is no message {}", message));
    return store::reopen_mail(change, message);
  }));
  return read_and_record(desk, hands, message);
}

namespace {

// An exception that got this far must end neither the thread nor, with it, the program.
Result<Recorded> guarded(Desk& desk, Hands& hands, store::Id message) {
  try {
    return read_and_record(desk, hands, message);
  } catch (const std::exception& error) {
    return fail_temporarily(ErrorKind::failed, fmt::format("unexpected: {}", typeid(error).name()));
  }
}

} // namespace

Result<int> read_all(Desk& desk, std::vector<Hands>& hands, StopToken& stop) {
  constexpr int page = 256;
  std::mutex mutex;
  std::vector<store::Id> queue;
  store::Id last = 0;
  std::atomic<int> count = 0;
  Result<void> trouble;

  // The next unread mail; ids only grow, so one that failed now is not tried again in this run.
  const auto next = [&]() -> std::optional<store::Id> {
    const std::lock_guard lock(mutex);
    if (queue.empty()) {
      auto more = desk.store().read([&](store::View& view) { return store::unread(view, last, page); });
      if (!more) {
        trouble = tl::unexpected(more.error());
        return {};
      }
      queue.assign(more->rbegin(), more->rend());
    }
    if (queue.empty() || stop.requested()) return {};
    last = queue.back();
    queue.pop_back();
    return last;
  };
  const auto work = [&](Hands& own) {
    while (const auto message = next()) {
      const auto recorded = guarded(desk, own, *message);
      if (recorded) {
        ++count;
        log_info("message {}: {} ({}){}", *message, recorded->result, recorded->kind,
                 recorded->reference ? " " + *recorded->reference : std::string());
      } else {
        log_error("message {}: {}", *message, recorded.error().what);
        const std::lock_guard lock(mutex);
        if (trouble) trouble = tl::unexpected(recorded.error());
      }
    }
  };
  std::vector<std::thread> workers;
  for (auto& own : hands) {
    workers.emplace_back(work, std::ref(own));
  }
  for (auto& worker : workers) {
    worker.join();
  }
  if (!trouble) return tl::unexpected(trouble.error());
  return count.load();
}

} // namespace cvdesk::desk
