// What can be known of a GnuPG home without GPGME.
#pragma once

#include "core/result.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace cvdesk::openpgp {

// The socket of the home's agent, as gpgconf names it. configuration: no such home, not a folder of ours, or
// a path too long for a socket.
Result<std::filesystem::path> agent_socket_of(const std::filesystem::path& home);

// Ends the agent of this home, if one runs.
void end_agent_of(const std::filesystem::path& home);

// What a program printed; failed when it cannot be started or ends with another status than 0.
Result<std::string> run_and_read(const std::vector<std::string>& command);

} // namespace cvdesk::openpgp
