#include "daemon/delivery.hpp"

#include "core/log.hpp"
#include "desk/deliver.hpp"
#include "desk/troubles.hpp"
#include "store/outbox.hpp"

#include <algorithm>
#include <chrono>

namespace cvdesk::daemon_service {

namespace {
constexpr std::chrono::seconds look_again{15};
constexpr std::chrono::minutes examine_again{10};

// Until the next mail is due, but not for long: others write to the outbox too. What was due already just failed with
// its server.
std::chrono::seconds until_next(desk::Desk& desk) {
  const auto due = desk.store().read([](store::View& view) { return store::next_due(view); });
  if (!due || !*due) return look_again;
  const auto left = std::chrono::ceil<std::chrono::seconds>(**due - now());
  return left.count() > 0 ? std::min(left, look_again) : look_again;
}
} // namespace

void run_delivery(desk::Desk& desk, openpgp::Engine* engine, Bell& answers, StopToken& stop) {
  auto examine_at = std::chrono::steady_clock::now();
  while (!stop.requested()) {
    if (std::chrono::steady_clock::now() >= examine_at) {
      desk::examine_self(desk, engine);
      examine_at = std::chrono::steady_clock::now() + examine_again;
    }
    const auto delivered = desk::deliver_due(desk, engine, stop);
    if (!delivered) log_error("the outbox: {}", delivered.error().what);
    // More than one page was due: go on at once.
    if (delivered && delivered->sent > 0) continue;
    if (!stop.requested()) answers.wait(until_next(desk));
  }
}

} // namespace cvdesk::daemon_service
