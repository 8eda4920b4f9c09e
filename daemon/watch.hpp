// The thread of one mailbox: poll, wait for news, come back after trouble.
#pragma once

#include "core/stop.hpp"
#include "daemon/readers.hpp"
#include "desk/desk.hpp"

namespace cvdesk::daemon_service {

// The team hears of a server that stays away, and of a log-in that is refused.
void note_outcome(desk::Desk& desk, const MailboxSettings& mailbox, const Result<int>& polled);

void watch_mailbox(desk::Desk& desk, const MailboxSettings& mailbox, Bell& stored, StopToken& stop);

} // namespace cvdesk::daemon_service
