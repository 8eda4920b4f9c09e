// The log: to the journal when systemd listens, else to stderr. One line an entry.
//
// What may stand in it: case references, inbox and outbox numbers, mailbox names, server names, counts,
// times, error texts of our own. Never: anything from inside a mail (subject, address, name, text, file
// name), a secret, a search word.
#pragma once

#include <fmt/core.h>

#include <string_view>

namespace cvdesk {

enum class LogLevel { error = 3, warning = 4, notice = 5, info = 6, debug = 7 }; // as in syslog

// Entries above this level are dropped. Default: info.
void set_log_level(LogLevel most);
void log_line(LogLevel level, std::string_view line);

template <class... Args>
void log_error(fmt::format_string<Args...> format, Args&&... args) {
  log_line(LogLevel::error, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void log_warning(fmt::format_string<Args...> format, Args&&... args) {
  log_line(LogLevel::warning, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void log_info(fmt::format_string<Args...> format, Args&&... args) {
  log_line(LogLevel::info, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void log_debug(fmt::format_string<Args...> format, Args&&... args) {
  log_line(LogLevel::debug, fmt::format(format, std::forward<Args>(args)...));
}

} // namespace cvdesk
