// Who types: the actor of the audit trail, and as whom the command line works on the system's desk.
#pragma once

#include "core/result.hpp"

#include <string>

namespace cvdesk::cli {

// Login name of the person: the login uid, else SUDO_UID, else the real user (contract, "Who runs what").
std::string actor();

// For the system's configuration: becomes the service user, through the sudo rule of the package (or at once,
// for root), and runs this same command again. Returns only when there is nothing to do, or with an error.
Result<void> become_service_user(char** argv);

} // namespace cvdesk::cli
