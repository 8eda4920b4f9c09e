#include "daemon/look_ups.hpp"

#include "core/log.hpp"
#include "desk/look_up.hpp"

namespace cvdesk::daemon_service {

namespace {
// `cvdesk import` and `inbox promote` owe some too, and ring no bell; what waits for them does not wait long.
constexpr std::chrono::seconds look_again{4};
} // namespace

void run_look_ups(desk::Desk& desk, Bell& owed, Bell& answers, StopToken& stop) {
  while (!stop.requested()) {
    // There may be more: the next thread takes it, this one may wait for a server that hangs.
    const auto made = desk::make_look_up(desk, stop, [&] { owed.ring(); });
    if (!made) log_error("certificate look-ups: {}", made.error().what);
    if (made && *made) {
      answers.ring();
    } else if (!stop.requested()) {
      owed.wait(look_again);
    }
  }
}

} // namespace cvdesk::daemon_service
