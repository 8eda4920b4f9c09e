#include "openpgp/gpg_home.hpp"

#include "core/file.hpp"
#include "core/text.hpp"

#include <fmt/core.h>

#include <cerrno>
#include <fcntl.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace cvdesk::openpgp {

namespace {

// sun_path holds 108 bytes with its NUL; the longest name that an agent adds is "S.gpg-agent.browser".
constexpr std::size_t socket_path_limit = 107 - std::string_view(".browser").size();
constexpr std::size_t output_limit = 1u << 20;

std::string read_all(int fd) {
  std::string text;
  char buffer[4096];
  for (;;) {
    const ssize_t got = ::read(fd, buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0 || text.size() > output_limit) return text;
    text.append(buffer, static_cast<std::size_t>(got));
  }
}

} // namespace

Result<std::string> run_and_read(const std::vector<std::string>& command) {
  int ends[2] = {-1, -1};
  if (::pipe2(ends, O_CLOEXEC) != 0) return fail_temporarily(ErrorKind::io, "no pipe: " + errno_text());
  UniqueFd reading(ends[0]);
  UniqueFd writing(ends[1]);
  std::vector<char*> arguments;
  for (const auto& word : command)
    arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);

  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions, writing.get(), STDOUT_FILENO);
  ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  pid_t child = -1;
  const int error = ::posix_spawnp(&child, arguments[0], &actions, nullptr, arguments.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (error != 0) {
    errno = error;
    return fail(ErrorKind::configuration, fmt::format("cannot start {}: {}", command[0], errno_text()),
                "install gnupg");
  }
  writing.reset();
  std::string text = read_all(reading.get());
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    return fail(ErrorKind::failed, fmt::format("{} failed", command[0]));
  }
  return text;
}

Result<std::filesystem::path> agent_socket_of(const std::filesystem::path& home) {
  struct stat status {};
  if (::stat(home.c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) {
    return fail(ErrorKind::configuration, fmt::format("no OpenPGP home at {}", home.string()),
                "create it with cvdesk init, or set openpgp.home");
  }
  if (status.st_uid != ::geteuid()) {
    return fail(ErrorKind::configuration,
                fmt::format("the OpenPGP home {} belongs to another user", home.string()),
                "give it to the user that runs cvdesk");
  }
  TRY_ASSIGN(const std::string listed,
             run_and_read({"gpgconf", "--homedir", home.string(), "--list-dirs", "agent-socket"}));
  const std::string socket(trim(listed));
  if (socket.empty()) return fail(ErrorKind::failed, "gpgconf names no agent socket");
  if (socket.size() > socket_path_limit) {
    return fail(
        ErrorKind::configuration,
        fmt::format("the path of the OpenPGP home {} is too long: its agent's socket has {} bytes, at most "
                    "{} are possible",
                    home.string(), socket.size(), socket_path_limit),
        "choose a shorter path for openpgp.home");
  }
  return std::filesystem::path(socket);
}

void end_agent_of(const std::filesystem::path& home) {
  [[maybe_unused]] const auto done =
      run_and_read({"gpgconf", "--homedir", home.string(), "--kill", "gpg-agent"});
}

} // namespace cvdesk::openpgp
