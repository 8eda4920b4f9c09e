#include "cli/editor.hpp"

#include "core/file.hpp"
#include "core/text.hpp"

#include <fmt/core.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdlib>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace cvdesk::cli {

namespace {

constexpr std::size_t text_limit = 1u << 20;
// What no line of a text for a person begins with by chance: headings and commands begin with "# ".
constexpr std::string_view comment_mark = "#|";

std::string without_comments(std::string_view text) {
  std::string out;
  for (const auto line : split(text, '\n')) {
    if (!line.starts_with(comment_mark)) out.append(line).append("\n");
  }
  return out;
}

std::string with_comments(const std::string& begin, const std::vector<std::string>& comments) {
  std::string text = begin + "\n";
  for (const auto& comment : comments) {
    for (const auto line : split(comment, '\n')) {
      text += fmt::format("{} {}\n", comment_mark, line);
    }
  }
  return text;
}

// A process that waits for our end, whatever it is, and then removes the folder. It does nothing that is not
// allowed in a forked process of a program with threads.
class Guardian {
public:
  explicit Guardian(const std::filesystem::path& folder) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return;
    const std::string path = folder.string();
    process_ = ::fork();
    if (process_ == 0) {
      ::setsid(); // out of reach of what ends the whole group
      ::close(ends[1]);
      for (const int signal : {SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGTSTP}) ::signal(signal, SIG_IGN);
      char byte = 0;
      while (::read(ends[0], &byte, 1) < 0 && errno == EINTR) {
      }
      ::execl("/bin/rm", "rm", "-rf", "--", path.c_str(), nullptr);
      ::_exit(127);
    }
    ::close(ends[0]);
    ours_ = UniqueFd(ends[1]);
  }
  Guardian(const Guardian&) = delete;
  Guardian& operator=(const Guardian&) = delete;
  ~Guardian() {
    ours_.reset();
    if (process_ > 0) ::waitpid(process_, nullptr, 0);
  }
  bool watches() const { return process_ > 0; }

private:
  UniqueFd ours_;
  pid_t process_ = -1;
};

std::atomic<pid_t> editor = 0;
std::atomic<int> stopped_by = 0;

extern "C" void stop_editing(int signal) {
  stopped_by = signal;
  if (const pid_t pid = editor; pid > 0) ::kill(pid, signal);
}

// As for system(3): the terminal's signals are the editor's. What ends this program ends the editor first.
class EditingSignals {
public:
  EditingSignals() {
    for (std::size_t i = 0; i < signals.size(); ++i) {
      struct sigaction action {};
      action.sa_handler = i < 2 ? SIG_IGN : stop_editing;
      ::sigaction(signals[i], &action, &before_[i]);
    }
  }
  EditingSignals(const EditingSignals&) = delete;
  EditingSignals& operator=(const EditingSignals&) = delete;
  ~EditingSignals() { restore(); }
  void restore() const {
    for (std::size_t i = 0; i < signals.size(); ++i) ::sigaction(signals[i], &before_[i], nullptr);
  }

private:
  static constexpr std::array<int, 4> signals = {SIGINT, SIGQUIT, SIGTERM, SIGHUP};
  std::array<struct sigaction, 4> before_{};
};

std::string command() {
  for (const char* name : {"VISUAL", "EDITOR"}) {
    const char* value = std::getenv(name);
    if (value != nullptr && *value != '\0') return value;
  }
  return "sensible-editor";
}

Result<void> run_editor(const std::filesystem::path& file) {
  const EditingSignals signals;
  stopped_by = 0;
  // Through the shell: the variable may hold arguments. The file name is ours and holds nothing special.
  const std::string line = fmt::format("exec {} {}", command(), file.string());
  const pid_t child = ::fork();
  if (child == 0) {
    signals.restore();
    ::execl("/bin/sh", "sh", "-c", line.c_str(), nullptr);
    ::_exit(127);
  }
  if (child < 0) return fail_temporarily(ErrorKind::failed, fmt::format("cannot start the editor: {}", errno_text()));
  editor = child;
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  editor = 0;
  if (stopped_by != 0) return fail(ErrorKind::stopped, "stopped while the text was being written; nothing was kept");
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    return fail(ErrorKind::failed, "the editor failed, and what it held was not used", "set EDITOR, or give the text by -m, --file or standard input");
  }
  return {};
}

} // namespace

Result<std::string> edit(const std::string& begin, const std::vector<std::string>& comments) {
  TRY_ASSIGN(const TemporaryFolder folder, TemporaryFolder::create("edit", TemporaryFolder::Medium::memory_only));
  const Guardian guardian(folder.path());
  if (!guardian.watches()) return fail_temporarily(ErrorKind::failed, "cannot start what watches over the text");
  const auto file = folder.path() / "text.txt";
  TRY(create_file(file, with_comments(begin, comments), 0600));
  TRY(run_editor(file));
  TRY_ASSIGN(const std::string text, read_file(file, text_limit));
  return without_comments(text);
}

} // namespace cvdesk::cli
