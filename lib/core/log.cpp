#include "core/log.hpp"

#include "core/text.hpp"
#include "core/time.hpp"

#define SD_JOURNAL_SUPPRESS_LOCATION
#include <systemd/sd-journal.h>

#include <atomic>
#include <cstdlib>

#include <sys/stat.h>
#include <unistd.h>

namespace cvdesk {

namespace {

std::atomic<int> most{static_cast<int>(LogLevel::info)};

// systemd tells by JOURNAL_STREAM (device:inode) that stderr is the journal's (systemd.exec(5)).
bool stderr_is_journal() {
  const char* stream = std::getenv("JOURNAL_STREAM");
  struct stat status {};
  if (stream == nullptr || ::fstat(STDERR_FILENO, &status) != 0) return false;
  return fmt::format("{}:{}", status.st_dev, status.st_ino) == stream;
}

const char* name_of(LogLevel level) {
  switch (level) {
  case LogLevel::error:
    return "error";
  case LogLevel::warning:
    return "warning";
  case LogLevel::notice:
    return "notice";
  case LogLevel::info:
    return "info";
  case LogLevel::debug:
    return "debug";
  }
  return "";
}

} // namespace

void set_log_level(LogLevel level) { most = static_cast<int>(level); }

void log_line(LogLevel level, std::string_view line) {
  if (static_cast<int>(level) > most) return;
  static const bool journal = stderr_is_journal();
  const std::string safe = safe_for_terminal(line);
  if (journal) {
    sd_journal_send("PRIORITY=%d", static_cast<int>(level), "MESSAGE=%s", safe.c_str(), nullptr);
    return;
  }
  const std::string entry = fmt::format("{} {}: {}\n", to_rfc3339(now()), name_of(level), safe);
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, entry.data(), entry.size());
}

} // namespace cvdesk
