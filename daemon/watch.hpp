// The thread of one mailbox: poll, wait for news, come back after trouble.
#pragma once

#include "core/stop.hpp"
#include "daemon/readers.hpp"
#include "desk/desk.hpp"

namespace cvdesk::daemon_service {

void watch_mailbox(desk::Desk& desk, const MailboxSettings& mailbox, Bell& stored, StopToken& stop);

} // namespace cvdesk::daemon_service
