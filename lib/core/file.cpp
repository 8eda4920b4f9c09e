#include "core/file.hpp"

#include <fmt/core.h>

#include <cerrno>
#include <cstdlib>
#include <system_error>
#include <vector>

#include <fcntl.h>
#include <sys/file.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

namespace cvdesk {

namespace {

bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

void sync_folder_of(const std::filesystem::path& file) {
  const auto folder = file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
  if (const UniqueFd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)); fd) ::fsync(fd.get());
}

} // namespace

UniqueFd& UniqueFd::operator=(UniqueFd&& other) noexcept {
  if (this != &other) {
    reset();
    fd_ = other.release();
  }
  return *this;
}

int UniqueFd::release() { return std::exchange(fd_, -1); }

void UniqueFd::reset() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

std::string errno_text() { return std::generic_category().message(errno); }

Result<std::string> read_file(const std::filesystem::path& file, std::size_t limit) {
  const UniqueFd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) {
    return fail(errno == ENOENT ? ErrorKind::not_found : ErrorKind::io,
                fmt::format("cannot open {}: {}", file.string(), errno_text()));
  }
  std::string content;
  std::vector<char> buffer(256 * 1024);
  for (;;) {
    const ssize_t got = ::read(fd.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(ErrorKind::io, fmt::format("cannot read {}: {}", file.string(), errno_text()));
    if (got == 0) return content;
    if (content.size() + static_cast<std::size_t>(got) > limit) {
      return fail(ErrorKind::too_big, fmt::format("{} is larger than {} bytes", file.string(), limit));
    }
    content.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

Result<void> create_file(const std::filesystem::path& file, std::string_view bytes, mode_t mode) {
  UniqueFd fd(::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
  if (!fd) return fail(ErrorKind::io, fmt::format("cannot create {}: {}", file.string(), errno_text()));
  if (!write_all(fd.get(), bytes) || ::fsync(fd.get()) != 0) {
    const std::string why = errno_text();
    ::unlink(file.c_str());
    return fail(ErrorKind::io, fmt::format("cannot write {}: {}", file.string(), why));
  }
  sync_folder_of(file);
  return {};
}

Result<void> replace_file(const std::filesystem::path& file, std::string_view bytes, mode_t mode) {
  std::filesystem::path temporary = file;
  temporary += fmt::format(".{}.new", ::getpid());
  ::unlink(temporary.c_str());
  TRY(create_file(temporary, bytes, mode));
  if (::rename(temporary.c_str(), file.c_str()) != 0) {
    const std::string why = errno_text();
    ::unlink(temporary.c_str());
    return fail(ErrorKind::io, fmt::format("cannot replace {}: {}", file.string(), why));
  }
  sync_folder_of(file);
  return {};
}

namespace {

// Unset when another process holds it, or when it is not a folder of ours (any more).
UniqueFd lock_folder(const std::filesystem::path& folder) {
  UniqueFd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  struct stat status {};
  if (!fd || ::flock(fd.get(), LOCK_EX | LOCK_NB) != 0 || ::fstat(fd.get(), &status) != 0) return {};
  if (status.st_uid != ::geteuid() || status.st_nlink == 0) return {};
  return fd;
}

void remove_abandoned(const std::filesystem::path& root, const std::string& prefix) {
  std::error_code error;
  for (std::filesystem::directory_iterator entry(root, error), end; !error && entry != end; entry.increment(error)) {
    if (!entry->path().filename().string().starts_with(prefix)) continue;
    std::error_code ignored;
    if (const UniqueFd ours = lock_folder(entry->path())) std::filesystem::remove_all(entry->path(), ignored);
  }
}

bool is_in_memory(const std::string& folder) {
  struct statfs status {};
  return ::statfs(folder.c_str(), &status) == 0 && (status.f_type == TMPFS_MAGIC || status.f_type == RAMFS_MAGIC);
}

} // namespace

Result<TemporaryFolder> TemporaryFolder::create(std::string_view purpose, Medium medium) {
  std::vector<std::string> roots;
  if (const char* runtime = std::getenv("RUNTIME_DIRECTORY")) roots.emplace_back(runtime);
  if (const char* runtime = std::getenv("XDG_RUNTIME_DIR")) roots.emplace_back(runtime);
  roots.insert(roots.end(), {"/dev/shm", "/run", "/tmp"});
  for (const auto& root : roots) {
    if (medium == Medium::memory_only && !is_in_memory(root)) continue;
    const std::string prefix = fmt::format("cvdesk-{}-", purpose);
    remove_abandoned(root, prefix);
    // Another program that looks for abandoned folders may take a new one for that, until it is locked.
    for (int attempt = 0; attempt < 16; ++attempt) {
      std::string pattern = fmt::format("{}/{}XXXXXX", root, prefix);
      if (::mkdtemp(pattern.data()) == nullptr) break;
      if (UniqueFd lock = lock_folder(pattern)) return TemporaryFolder(pattern, std::move(lock));
    }
  }
  if (medium == Medium::memory_only) {
    return fail(ErrorKind::refused, "there is no folder in memory (tmpfs), and a secret is not written to a disk",
                "make /dev/shm a tmpfs that the user who runs cvdesk may write to");
  }
  return fail(ErrorKind::io, fmt::format("cannot create a temporary folder: {}", errno_text()),
              "make /dev/shm writable for the user that runs cvdesk");
}

TemporaryFolder::TemporaryFolder(TemporaryFolder&& other) noexcept
    : path_(std::move(other.path_)), lock_(std::move(other.lock_)) {
  other.path_.clear();
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

} // namespace cvdesk
