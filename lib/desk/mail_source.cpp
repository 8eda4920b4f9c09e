#include "desk/mail_source.hpp"

#include "core/file.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <vector>

namespace cvdesk::desk {

namespace {

namespace fs = std::filesystem;
constexpr std::size_t mbox_limit = std::size_t{4} << 30;

bool is_maildir(const fs::path& folder) {
  std::error_code ignored;
  return fs::is_directory(folder / "cur", ignored) && fs::is_directory(folder / "new", ignored);
}

std::vector<fs::path> files_of(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  const bool maildir = is_maildir(folder);
  for (fs::recursive_directory_iterator at(folder, fs::directory_options::skip_permission_denied, error), end;
       !error && at != end; at.increment(error)) {
    const auto& path = at->path();
    const auto parent = path.parent_path().filename();
    const bool wanted = maildir ? parent == "cur" || parent == "new" : path.extension() == ".eml";
    if (wanted && at->is_regular_file(error)) files.push_back(path);
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

void split_mbox(const std::string& source, std::string_view mbox, std::size_t limit, const TakeMail& take, const MailFailed& failed) {
  std::size_t number = 0;
  while (!mbox.empty()) {
    const auto start = mbox.find('\n') + 1; // behind the "From " line
    if (start == 0) break;
    auto end = mbox.find("\nFrom ", start - 1);
    const std::string_view mail = mbox.substr(start, end == std::string_view::npos ? end : end + 1 - start);
    const std::string name = fmt::format("{}:{}", source, ++number);
    // The empty line before the next "From " belongs to the mbox.
    const std::string_view body = mail.ends_with("\n\n") ? mail.substr(0, mail.size() - 1) : mail;
    if (body.size() > limit) {
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
  auto bytes = read_file(file, std::max(limit, mbox_limit));
  if (!bytes) return failed(source, bytes.error());
  if (bytes->starts_with("From ")) return split_mbox(source, *bytes, limit, take, failed);
  if (bytes->empty()) return failed(source, Error{ErrorKind::failed, false, "it is empty", {}});
  if (bytes->size() > limit) {
    return failed(source, Error{ErrorKind::too_big, false, fmt::format("it is larger than {} bytes", limit),
                                "raise limits.message"});
  }
  take(source, std::move(*bytes));
}

} // namespace

Result<void> for_each_mail(const fs::path& path, std::size_t limit, const TakeMail& take, const MailFailed& failed) {
  std::error_code error;
  const auto status = fs::status(path, error);
  if (!fs::exists(status)) return fail(ErrorKind::not_found, fmt::format("{}: no such file or folder", path.string()));
  if (!fs::is_directory(status)) {
    take_file(path, limit, take, failed);
    return {};
  }
  for (const auto& file : files_of(path)) {
    take_file(file, limit, take, failed);
  }
  return {};
}

std::size_t count_sources(const fs::path& path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored) ? files_of(path).size() : 1;
}

} // namespace cvdesk::desk
