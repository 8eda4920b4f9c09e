// The pool of workers that open, read and record stored mail.
#pragma once

#include "core/stop.hpp"
#include "desk/desk.hpp"
#include "openpgp/engine.hpp"

#include <condition_variable>
#include <memory>
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

// One engine a worker. A key that cannot be used is logged, and the desk goes on without it: encrypted mail
// becomes undecryptable cases, clear mail is read as ever.
std::vector<std::unique_ptr<openpgp::Engine>> make_engines(const Settings& settings, unsigned count);

// Reads whatever is stored, now and whenever `stored` rings; rings `answers` when something may be owed.
void run_readers(desk::Desk& desk, const std::vector<std::unique_ptr<openpgp::Engine>>& engines, Bell& stored,
                 Bell& answers, StopToken& stop);

} // namespace cvdesk::daemon_service
