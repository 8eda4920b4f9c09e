// Secrets: read from files that nobody else can read, wiped when they go.
#pragma once

#include "core/result.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace cvdesk {

// Bytes that are overwritten when the object dies. Not copyable: a secret has one place.
class Secret {
public:
  Secret() = default;
  explicit Secret(std::string bytes) : bytes_(std::move(bytes)) {}
  Secret(Secret&& other) noexcept : bytes_(std::move(other.bytes_)) { other.wipe(); }
  Secret& operator=(Secret&& other) noexcept;
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  ~Secret() { wipe(); }

  // Never to be put in a log, an error, a temporary file or a process argument.
  std::string_view reveal() const { return bytes_; }
  bool empty() const { return bytes_.empty(); }

private:
  void wipe();
  std::string bytes_;
};

// The content of a secret file, at most 64 KiB. Refused (configuration) when others can read it, or the group
// (but in $CREDENTIALS_DIRECTORY), or when it belongs neither to us nor to root. `Line`: without the newline at its end.
enum class SecretForm { line, bytes };
Result<Secret> read_secret(const std::filesystem::path& file, SecretForm form);

// `size` random bytes in a new file of mode 0600; fails when the file exists.
Result<void> create_secret(const std::filesystem::path& file, std::string_view bytes);

} // namespace cvdesk
