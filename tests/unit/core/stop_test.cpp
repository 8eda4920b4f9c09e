#include "core/stop.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <thread>

#include <poll.h>

using namespace cvdesk;

namespace {

bool readable(const StopToken& stop, int milliseconds) {
  pollfd waiting{stop.fd(), POLLIN, 0};
  return ::poll(&waiting, 1, milliseconds) == 1;
}

StopToken* of_signal = nullptr;

} // namespace

TEST_CASE("a stop that was requested wakes who waits, and stays requested") {
  StopToken stop;
  CHECK_FALSE(stop.requested());
  CHECK_FALSE(readable(stop, 0));
  std::thread other([&] { stop.request(); });
  CHECK(readable(stop, 10'000));
  other.join();
  CHECK(stop.requested());
  for (int i = 0; i < 1000; ++i) stop.request();
  CHECK(readable(stop, 0));
}

TEST_CASE("a signal handler may request the stop") {
  StopToken stop;
  of_signal = &stop;
  const auto before = std::signal(SIGUSR1, [](int) { of_signal->request(); });
  std::raise(SIGUSR1);
  std::signal(SIGUSR1, before);
  CHECK(stop.requested());
  CHECK(readable(stop, 0));
}
