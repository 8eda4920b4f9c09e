// The threads that look up certificates, where the configuration allows it.
#pragma once

#include "core/stop.hpp"
#include "daemon/readers.hpp"
#include "desk/desk.hpp"

namespace cvdesk::daemon_service {

// One of several on the same bell. `answers` is rung for what waited for a look-up.
void run_look_ups(desk::Desk& desk, Bell& owed, Bell& answers, StopToken& stop);

} // namespace cvdesk::daemon_service
