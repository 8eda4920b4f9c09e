// The process between a program and its workers. See worker.hpp.
#pragma once

#include "process/worker.hpp"

#include <filesystem>

namespace cvdesk::process {

// What the keeper says (packets whose number is the worker's generation), and the one thing it is told.
namespace notice {
inline constexpr std::int64_t fresh = 1; // a worker waits; its connection comes along
inline constexpr std::int64_t timed_out = 2;
inline constexpr std::int64_t died = 3;
inline constexpr std::int64_t unfit = 4; // it could not be confined, and has not begun
inline constexpr std::int64_t dismiss = 5; // to the keeper: that worker is no longer wanted
} // namespace notice

// In the head of a worker's answer: it ends now.
inline constexpr std::int64_t retires = 1;

// The keeper's life, in a process of its own. Returns when the caller is gone. `keep`: a descriptor to hold for
// as long as that, or -1.
void run_keeper(int control, int caller, int keep, const Work& work, const std::filesystem::path& folder);

} // namespace cvdesk::process
