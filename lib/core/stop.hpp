// A request to stop that wakes whoever waits in poll(2).
#pragma once

#include "core/file.hpp"

#include <atomic>

#include <sys/eventfd.h>
#include <unistd.h>

namespace cvdesk {

// One object, shared by reference: request() from any thread, or from a signal handler.
class StopToken {
public:
  StopToken() : event_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

  void request() {
    requested_ = true;
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(event_.get(), &one, sizeof one);
  }
  bool requested() const { return requested_; }
  // Readable once a stop was requested, and for ever after (nobody reads it).
  int fd() const { return event_.get(); }

private:
  std::atomic<bool> requested_ = false;
  UniqueFd event_;
};

} // namespace cvdesk
