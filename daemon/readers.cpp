#include "daemon/readers.hpp"

#include "core/log.hpp"
#include "desk/intake.hpp"

namespace cvdesk::daemon_service {

namespace {
// Another program, `cvdesk import` say, may leave mail behind: look for it now and then.
constexpr std::chrono::seconds look_again{15};
} // namespace

void Bell::ring() {
  {
    const std::lock_guard lock(mutex_);
    rung_ = true;
  }
  condition_.notify_all();
}

bool Bell::wait(std::chrono::seconds most) {
  std::unique_lock lock(mutex_);
  const bool rang = condition_.wait_for(lock, most, [this] { return rung_; });
  rung_ = false;
  return rang;
}

void run_readers(desk::Desk& desk, std::vector<desk::Hands>& hands, Bell& stored,
                 Bell& look_ups, Bell& answers, StopToken& stop) {
  while (!stop.requested()) {
    const auto count = desk::read_all(desk, hands, stop);
    if (!count) log_error("reading stored mail: {}", count.error().what);
    if (count && *count > 0) {
      look_ups.ring();
      answers.ring();
    }
    if (!stop.requested()) stored.wait(look_again);
  }
}

} // namespace cvdesk::daemon_service
