// The life of the daemon: its threads, their order of start and end, what systemd is told.
#pragma once

#include "core/result.hpp"
#include "core/settings.hpp"

namespace cvdesk::daemon_service {

// Runs until SIGTERM or SIGINT, or with `once` until everything has been tried once. In that case the error
// is the first that kept a mailbox from being polled or a mail from being recorded; the rest was still done.
Result<void> serve(Settings settings, bool once);

} // namespace cvdesk::daemon_service
