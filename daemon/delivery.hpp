// The thread that empties the outbox.
#pragma once

#include "core/stop.hpp"
#include "daemon/readers.hpp"
#include "desk/desk.hpp"

namespace cvdesk::daemon_service {

void run_delivery(desk::Desk& desk, openpgp::Engine* engine, Bell& answers, StopToken& stop);

} // namespace cvdesk::daemon_service
