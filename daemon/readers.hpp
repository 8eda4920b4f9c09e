// The pool of workers that open, read and record stored mail.
#pragma once

#include "core/stop.hpp"
#include "desk/desk.hpp"

#include <condition_variable>
#include <mutex>
#include <vector>

namespace cvdesk::daemon_service {

// Wakes whoever waits for stored mail or for mail to be sent.
class Bell {
public:
  void ring();
  // Until it rings, or `most` has gone by. True when it rang.
  bool wait(std::chrono::seconds most);

private:
  std::mutex mutex_;
  std::condition_variable condition_;
  bool rung_ = false;
};

// Reads whatever is stored, now and whenever `stored` rings; rings `look_ups` and `answers` when something may be owed.
void run_readers(desk::Desk& desk, std::vector<desk::Hands>& hands, Bell& stored,
                 Bell& look_ups, Bell& answers, StopToken& stop);

} // namespace cvdesk::daemon_service
