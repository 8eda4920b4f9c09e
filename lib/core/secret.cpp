#include "core/secret.hpp"

#include "core/file.hpp"
#include "core/text.hpp"

#include <fmt/core.h>
#include <sodium.h>

#include <cstdlib>

#include <sys/stat.h>
#include <unistd.h>

namespace cvdesk {

namespace {
constexpr std::size_t secret_limit = 64 * 1024;

bool is_credential(const std::filesystem::path& file) {
  const char* directory = std::getenv("CREDENTIALS_DIRECTORY");
  return directory != nullptr && *directory != '\0' && file.lexically_normal().parent_path() == std::filesystem::path(directory);
}

} // namespace

void Secret::wipe() {
  // A moved-from std::string may still hold a short secret in its own buffer: wipe its capacity.
  bytes_.resize(bytes_.capacity());
  sodium_memzero(bytes_.data(), bytes_.size());
  bytes_.clear();
}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this != &other) {
    wipe();
    bytes_ = std::move(other.bytes_);
    other.wipe();
  }
  return *this;
}

Result<Secret> read_secret(const std::filesystem::path& file, SecretForm form) {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0) {
    return fail(ErrorKind::configuration, fmt::format("cannot read the secret file {}: {}", file.string(), errno_text()),
                "create it with mode 0600, owned by the user that runs cvdesk");
  }
  // systemd gives a unit its credentials through an access control list, whose mask shows as group bits.
  const mode_t others = is_credential(file) ? 007 : 077;
  if ((status.st_mode & others) != 0) {
    return fail(ErrorKind::configuration, fmt::format("the secret file {} can be read by others", file.string()),
                fmt::format("chmod 600 {}", file.string()));
  }
  if (status.st_uid != ::geteuid() && status.st_uid != 0) {
    return fail(ErrorKind::configuration, fmt::format("the secret file {} belongs to somebody else", file.string()),
                "it must belong to the user that runs cvdesk, or to root");
  }
  auto content = read_file(file, secret_limit);
  if (!content) {
    content.error().kind = ErrorKind::configuration;
    return tl::unexpected(content.error());
  }
  std::string bytes = std::move(*content);
  if (form == SecretForm::line) {
    while (!bytes.empty() && (bytes.back() == '\n' || bytes.back() == '\r')) {
      bytes.pop_back();
    }
    if (bytes.find('\n') != std::string::npos) {
      return fail(ErrorKind::configuration, fmt::format("the secret file {} has more than one line", file.string()));
    }
  }
  if (bytes.empty()) {
    return fail(ErrorKind::configuration, fmt::format("the secret file {} is empty", file.string()));
  }
  return Secret(std::move(bytes));
}

Result<void> create_secret(const std::filesystem::path& file, std::string_view bytes) {
  return create_file(file, bytes, 0600);
}

} // namespace cvdesk
