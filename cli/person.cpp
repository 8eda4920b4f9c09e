#include "cli/person.hpp"

#include "core/file.hpp"
#include "core/text.hpp"

#include <fmt/core.h>

#include <charconv>
#include <optional>
#include <vector>

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

namespace cvdesk::cli {

namespace {

constexpr const char* service_user = "cvdesk";
constexpr uid_t no_login = static_cast<uid_t>(-1);

std::optional<uid_t> parse_uid(std::string_view text) {
  text = trim(text);
  uid_t uid = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), uid);
  if (error != std::errc{} || end != text.data() + text.size() || uid == no_login) return {};
  return uid;
}

uid_t person() {
  if (const auto login = read_file("/proc/self/loginuid", 64)) {
    if (const auto uid = parse_uid(*login)) return *uid;
  }
  if (const char* sudo = std::getenv("SUDO_UID")) {
    if (const auto uid = parse_uid(sudo)) return *uid;
  }
  return ::getuid();
}

std::string own_program() {
  std::error_code error;
  const auto path = std::filesystem::read_symlink("/proc/self/exe", error);
  return error ? std::string("cvdesk") : path.string();
}

} // namespace

std::string actor() {
  const uid_t uid = person();
  const passwd* entry = ::getpwuid(uid);
  return entry != nullptr ? std::string(entry->pw_name) : fmt::format("uid {}", uid);
}

Result<void> become_service_user(char** argv) {
  const passwd* entry = ::getpwnam(service_user);
  if (entry == nullptr || ::geteuid() == entry->pw_uid) return {};
  const std::string program = own_program();
  if (::geteuid() == 0) {
    // So that the person stays known where no login uid is.
    if (std::getenv("SUDO_UID") == nullptr) ::setenv("SUDO_UID", "0", 1);
    if (::initgroups(service_user, entry->pw_gid) != 0 || ::setgid(entry->pw_gid) != 0 || ::setuid(entry->pw_uid) != 0) {
      return fail(ErrorKind::failed, fmt::format("cannot become the user {}: {}", service_user, errno_text()));
    }
    ::execv(program.c_str(), argv);
    return fail(ErrorKind::failed, fmt::format("cannot run {} again: {}", program, errno_text()));
  }
  std::vector<char*> arguments;
  std::string words[] = {"sudo", "-u", service_user, "--", program};
  for (auto& word : words) {
    arguments.push_back(word.data());
  }
  for (char** argument = argv + 1; *argument != nullptr; ++argument) {
    arguments.push_back(*argument);
  }
  arguments.push_back(nullptr);
  ::execv("/usr/bin/sudo", arguments.data());
  return fail(ErrorKind::refused, fmt::format("the system's desk belongs to the user {}, and sudo cannot be run", service_user),
              "install sudo and join the group cvdesk, or name a desk of your own by --config");
}

} // namespace cvdesk::cli
