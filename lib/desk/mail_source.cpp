#include "desk/mail_source.hpp"

#include "core/file.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

namespace cvdesk::desk {

namespace {

namespace fs = std::filesystem;

// A file mapped into memory: an mbox may be larger than what there is of it.
class MappedFile {
public:
  static Result<MappedFile> open(const fs::path& file) {
    const UniqueFd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    struct stat status {};
    if (!fd || ::fstat(fd.get(), &status) != 0) return fail(ErrorKind::io, fmt::format("cannot open it: {}", errno_text()));
    if (!S_ISREG(status.st_mode)) return fail(ErrorKind::io, "it is no regular file");
    MappedFile mapped;
    mapped.size_ = static_cast<std::size_t>(status.st_size);
    if (mapped.size_ == 0) return mapped;
    mapped.data_ = ::mmap(nullptr, mapped.size_, PROT_READ, MAP_PRIVATE, fd.get(), 0);
    if (mapped.data_ == MAP_FAILED) return fail(ErrorKind::io, fmt::format("cannot read it: {}", errno_text()));
    ::madvise(mapped.data_, mapped.size_, MADV_SEQUENTIAL);
    return mapped;
  }
  MappedFile(MappedFile&& other) noexcept : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  MappedFile& operator=(MappedFile&&) = delete;
  ~MappedFile() {
    if (data_ != nullptr && data_ != MAP_FAILED) ::munmap(data_, size_);
  }
  std::string_view bytes() const { return {static_cast<const char*>(data_), size_}; }

private:
  MappedFile() = default;
  void* data_ = nullptr;
  std::size_t size_ = 0;
};

bool is_maildir(const fs::path& folder) {
  std::error_code ignored;
  return fs::is_directory(folder / "cur", ignored) && fs::is_directory(folder / "new", ignored);
}

// `error`: why the search ended early, where it did.
std::vector<fs::path> files_of(const fs::path& folder, std::error_code& error) {
  std::vector<fs::path> files;
  const bool maildir = is_maildir(folder);
  for (fs::recursive_directory_iterator at(folder, fs::directory_options::skip_permission_denied, error), end;
       !error && at != end; at.increment(error)) {
    const auto& path = at->path();
    const auto parent = path.parent_path().filename();
    const bool wanted = maildir ? parent == "cur" || parent == "new" : path.extension() == ".eml";
    std::error_code ignored;
    if (wanted && at->is_regular_file(ignored)) files.push_back(path);
  }
  std::sort(files.begin(), files.end());
  return files;
}

// mboxrd: one ">" is taken off each line of ">From ", ">>From ", ...
std::string unquote_from(std::string_view mail) {
  std::string out;
  out.reserve(mail.size());
  while (!mail.empty()) {
    const auto end = std::min(mail.find('\n'), mail.size() - 1) + 1;
    const std::string_view line = mail.substr(0, end);
    const auto quotes = line.find_first_not_of('>');
    const bool quoted = quotes != std::string_view::npos && quotes > 0 && line.substr(quotes).starts_with("From ");
    out += quoted ? line.substr(1) : line;
    mail.remove_prefix(end);
  }
  return out;
}

// The empty line before the next "From " belongs to the mbox.
std::string_view without_separator(std::string_view mail) {
  if (mail.ends_with("\r\n\r\n")) return mail.substr(0, mail.size() - 2);
  if (mail.ends_with("\n\n") || mail == "\n") return mail.substr(0, mail.size() - 1);
  return mail == "\r\n" ? std::string_view() : mail;
}

void split_mbox(const std::string& source, std::string_view mbox, std::size_t limit, const TakeMail& take, const MailFailed& failed) {
  std::size_t number = 0;
  while (!mbox.empty()) {
    const auto start = mbox.find('\n') + 1; // behind the "From " line
    if (start == 0) break;
    auto end = mbox.find("\nFrom ", start - 1);
    const std::string_view mail = mbox.substr(start, end == std::string_view::npos ? end : end + 1 - start);
    const std::string name = fmt::format("{}:{}", source, ++number);
    const std::string_view body = without_separator(mail);
    if (body.empty()) {
      failed(name, Error{ErrorKind::failed, false, "it is empty", {}});
    } else if (body.size() > limit) {
      failed(name, Error{ErrorKind::too_big, false, fmt::format("it is larger than {} bytes", limit), {}});
    } else {
      take(name, unquote_from(body));
    }
    if (end == std::string_view::npos) break;
    mbox.remove_prefix(end + 1);
  }
}

void take_file(const fs::path& file, std::size_t limit, const TakeMail& take, const MailFailed& failed) {
  const std::string source = file.string();
  const auto mapped = MappedFile::open(file);
  if (!mapped) return failed(source, mapped.error());
  const std::string_view bytes = mapped->bytes();
  if (bytes.starts_with("From ")) return split_mbox(source, bytes, limit, take, failed);
  if (bytes.empty()) return failed(source, Error{ErrorKind::failed, false, "it is empty", {}});
  if (bytes.size() > limit) {
    return failed(source, Error{ErrorKind::too_big, false, fmt::format("it is larger than {} bytes", limit),
                                "raise limits.message"});
  }
  take(source, bytes);
}

} // namespace

Result<void> for_each_mail(const fs::path& path, std::size_t limit, const TakeMail& take, const MailFailed& failed) {
  std::error_code error;
  const auto status = fs::status(path, error);
  if (!fs::exists(status)) return fail(ErrorKind::not_found, "no such file or folder");
  if (!fs::is_directory(status)) {
    take_file(path, limit, take, failed);
    return {};
  }
  for (const auto& file : files_of(path, error)) {
    take_file(file, limit, take, failed);
  }
  if (error) failed(path.string(), Error{ErrorKind::io, false, fmt::format("cannot be searched to its end: {}", error.message()), {}});
  return {};
}

std::size_t count_sources(const fs::path& path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored) ? files_of(path, ignored).size() : 1;
}

} // namespace cvdesk::desk
