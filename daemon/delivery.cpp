#include "daemon/delivery.hpp"

#include "core/log.hpp"
#include "desk/deliver.hpp"

namespace cvdesk::daemon_service {

namespace {
constexpr std::chrono::seconds look_again{15};
}

void run_delivery(desk::Desk& desk, openpgp::Engine* engine, Bell& answers, StopToken& stop) {
  while (!stop.requested()) {
    const auto delivered = desk::deliver_due(desk, engine, stop);
    if (!delivered) log_error("the outbox: {}", delivered.error().what);
    // More than one page was due: go on at once.
    if (delivered && delivered->sent > 0) continue;
    if (!stop.requested()) answers.wait(look_again);
  }
}

} // namespace cvdesk::daemon_service
