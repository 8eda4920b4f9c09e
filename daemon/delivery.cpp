#include "daemon/delivery.hpp"

#include "core/log.hpp"
#include "desk/deliver.hpp"
#include "desk/troubles.hpp"

#include <chrono>

namespace cvdesk::daemon_service {

namespace {
constexpr std::chrono::seconds look_again{15};
constexpr std::chrono::minutes examine_again{10};
}

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
    if (!stop.requested()) answers.wait(look_again);
  }
}

} // namespace cvdesk::daemon_service
