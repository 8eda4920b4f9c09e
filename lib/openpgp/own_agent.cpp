#include "openpgp/own_agent.hpp"

#include "core/file.hpp"

#include <fmt/core.h>

#include <cerrno>
#include <sys/stat.h>
#include <unistd.h>

namespace cvdesk::openpgp {

Result<std::filesystem::path> home_with_own_agent(const std::filesystem::path& home,
                                                  const std::filesystem::path& folder) {
  const std::filesystem::path mirror = folder / "desk";
  if (::mkdir(mirror.c_str(), 0700) != 0 && errno != EEXIST)
    return fail_temporarily(ErrorKind::io,
                            fmt::format("cannot create {}: {}", mirror.string(), errno_text()));
  std::error_code trouble;
  const auto whole = std::filesystem::absolute(home, trouble);
  if (trouble)
    return fail(ErrorKind::io, fmt::format("cannot find {}: {}", home.string(), trouble.message()));
  for (const char* name :
       {"private-keys-v1.d", "pubring.kbx", "pubring.gpg", "gpg.conf", "gpg-agent.conf", "common.conf"}) {
    const auto target = whole / name;
    if (::access(target.c_str(), F_OK) != 0) continue;
    if (::symlink(target.c_str(), (mirror / name).c_str()) != 0 && errno != EEXIST)
      return fail_temporarily(ErrorKind::io,
                              fmt::format("cannot link {}: {}", target.string(), errno_text()));
  }
  return mirror;
}

} // namespace cvdesk::openpgp
