#include "desk/breaker.hpp"

#include "core/log.hpp"
#include "desk/troubles.hpp"
#include "store/audit.hpp"
#include "store/outbox.hpp"

#include <algorithm>
#include <chrono>

namespace cvdesk::desk {

namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr std::string_view actor = "cvdeskd";
constexpr minutes window{10};
constexpr minutes shortest_opening{30};
constexpr hours failure_window{1};
constexpr std::int64_t least_failures = 20;

Result<void> open(const Desk& desk, store::Change& change, std::string_view reason, bool all, Instant at) {
  TRY(store::begin_breaker(change, reason, all, at));
  TRY(store::append_event(change, {{}, actor, "breaker-opened", ""}, at));
  log_error("the breaker of the acknowledgements is open: {}; cvdesk outbox shows what waits", reason);
  return note_trouble(desk, change, breaker_trouble, std::chrono::seconds(0), at);
}

Result<void> close(const Desk& desk, store::Change& change, const store::Breaker& breaker, std::string_view who, Instant at) {
  TRY(store::close_breaker(change, breaker.id, at));
  TRY(store::append_event(change, {{}, who, "breaker-closed", ""}, at));
  log_info("the breaker of the acknowledgements is closed");
  return end_trouble(desk, change, breaker_trouble, at);
}

Result<bool> has_calmed_down(const Desk& desk, store::View& view, const store::Breaker& breaker, Instant at) {
  if (breaker.reason == "many-failures") return at - breaker.opened >= failure_window;
  if (at - breaker.opened < shortest_opening) return false;
  TRY_ASSIGN(const auto wanted, store::wanted_since(view, at - window));
  return wanted * 2 < desk.settings().acknowledge.breaker_limit();
}

Result<bool> most_fail(store::View& view, const std::optional<store::Breaker>& last, Instant at) {
  Instant since = at - failure_window;
  if (last && last->closed) since = std::max(since, *last->closed);
  TRY_ASSIGN(const auto finished, store::count_finished(view, "acknowledgement", since));
  return finished.failed >= least_failures && finished.failed * 2 >= finished.all;
}

} // namespace

Result<void> note_wanted(const Desk& desk, store::Change& change, Instant at) {
  TRY(store::count_wanted(change, at));
  TRY_ASSIGN(const auto last, store::newest_breaker(change));
  if (last && !last->closed) return {};
  // Whoever closed it by hand has seen what had come by then.
  const Instant since = last ? std::max(at - window, *last->closed) : at - window;
  TRY_ASSIGN(const auto wanted, store::wanted_since(change, since));
  if (wanted <= desk.settings().acknowledge.breaker_limit()) return {};
  return open(desk, change, "many-acknowledgements", false, at);
}

Result<void> tend_breaker(Desk& desk) {
  const Instant at = now();
  enum class Step { none, open, close };
  TRY_ASSIGN(const Step step, desk.store().read([&](store::View& view) -> Result<Step> {
    TRY_ASSIGN(const auto last, store::newest_breaker(view));
    if (last && !last->closed) {
      TRY_ASSIGN(const bool calm, has_calmed_down(desk, view, *last, at));
      return calm ? Step::close : Step::none;
    }
    TRY_ASSIGN(const bool failing, most_fail(view, last, at));
    return failing ? Step::open : Step::none;
  }));
  if (step == Step::none) return {};
  return desk.store().write([&](store::Change& change) -> Result<void> {
    TRY_ASSIGN(const auto current, store::open_breaker(change));
    if (step == Step::close) return current ? close(desk, change, *current, actor, at) : Result<void>();
    return current ? Result<void>() : open(desk, change, "many-failures", true, at);
  });
}

Result<void> close_breaker(Desk& desk, std::string_view who) {
  return desk.store().write([&](store::Change& change) -> Result<void> {
    TRY_ASSIGN(const auto current, store::open_breaker(change));
    if (!current) return fail(ErrorKind::refused, "the breaker of the acknowledgements is not open", "cvdesk outbox");
    return close(desk, change, *current, who, now());
  });
}

} // namespace cvdesk::desk
