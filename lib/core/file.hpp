// Files: bounded reading, durable writing.
#pragma once

#include "core/result.hpp"

#include <filesystem>
#include <string>
#include <string_view>

#include <sys/types.h>

namespace cvdesk {

// A file descriptor that closes itself.
class UniqueFd {
public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(other.release()) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept;
  UniqueFd(const UniqueFd&) = delete;
  UniqueFd& operator=(const UniqueFd&) = delete;
  ~UniqueFd() { reset(); }

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  int release();
  void reset();

private:
  int fd_ = -1;
};

// Text of the current errno.
std::string errno_text();

// The whole file. not_found when there is none, too_big beyond `limit` bytes (never read further).
Result<std::string> read_file(const std::filesystem::path& file, std::size_t limit);

// A new file with these bytes, durable when it returns; refused when the file exists.
Result<void> create_file(const std::filesystem::path& file, std::string_view bytes, mode_t mode);

// Replaces the file in one step (temporary file beside it, fsync, rename).
Result<void> replace_file(const std::filesystem::path& file, std::string_view bytes, mode_t mode);

// A new folder below $RUNTIME_DIRECTORY, $XDG_RUNTIME_DIR, /dev/shm or /run (memory, not disk) with mode 0700,
// removed with all that is in it when the object dies. One whose owner was killed is removed when the next one
// for the same purpose is made: an owner, and each process that it hands lock() to, holds a lock on its own.
class TemporaryFolder {
public:
  enum class Medium { preferably_memory, memory_only };
  // memory_only: refused where none of them is a tmpfs.
  static Result<TemporaryFolder> create(std::string_view purpose, Medium medium = Medium::preferably_memory);
  TemporaryFolder(TemporaryFolder&& other) noexcept;
  TemporaryFolder& operator=(TemporaryFolder&&) = delete;
  ~TemporaryFolder();
  const std::filesystem::path& path() const { return path_; }
  int lock() const { return lock_.get(); }

private:
  TemporaryFolder(std::filesystem::path path, UniqueFd lock) : path_(std::move(path)), lock_(std::move(lock)) {}
  std::filesystem::path path_;
  UniqueFd lock_;
};

} // namespace cvdesk
