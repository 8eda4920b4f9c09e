#include "openpgp/workbench.hpp"

#include <fmt/core.h>

#include <fcntl.h>
#include <unistd.h>

namespace cvdesk::openpgp {

namespace {

// Without fsync: what stands here lives for milliseconds.
Result<void> write_file(const std::filesystem::path& file, std::string_view bytes) {
  const UniqueFd fd(::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
  while (fd && !bytes.empty()) {
    const ssize_t written = ::write(fd.get(), bytes.data(), bytes.size());
    if (written <= 0) break;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  if (!fd || !bytes.empty()) {
    return fail_temporarily(ErrorKind::io, fmt::format("cannot write {}: {}", file.string(), errno_text()));
  }
  return {};
}

} // namespace

Result<Workbench> Workbench::create(const std::filesystem::path& folder,
                                    const std::filesystem::path& agent_socket) {
  Workbench bench(folder);
  TRY(write_file(folder / "S.gpg-agent", fmt::format("%Assuan%\nsocket={}\n", agent_socket.string())));
  TRY(write_file(folder / "gpg.conf", "no-autostart\nno-auto-check-trustdb\nno-auto-key-locate\n"
                                      "no-auto-key-retrieve\n"));
  return bench;
}

Result<void> Workbench::lay_out(std::string_view ring) const {
  return write_file(home_ / "pubring.gpg", ring);
}

} // namespace cvdesk::openpgp
