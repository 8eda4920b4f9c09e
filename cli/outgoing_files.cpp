#include "cli/outgoing_files.hpp"

#include "core/file.hpp"
#include "core/text.hpp"
#include "desk/outgoing.hpp"

#include <array>
#include <filesystem>
#include <string_view>

namespace cvdesk::cli {

namespace {

std::string media_type_of(const std::filesystem::path& path) {
  struct Type {
    std::string_view ending, media_type;
  };
  constexpr std::array<Type, 15> types = {{{".txt", "text/plain"},
                                           {".log", "text/plain"},
                                           {".md", "text/markdown"},
                                           {".csv", "text/csv"},
                                           {".html", "text/html"},
                                           {".json", "application/json"},
                                           {".xml", "application/xml"},
                                           {".pdf", "application/pdf"},
                                           {".png", "image/png"},
                                           {".jpg", "image/jpeg"},
                                           {".jpeg", "image/jpeg"},
                                           {".gif", "image/gif"},
                                           {".zip", "application/zip"},
                                           {".gz", "application/gzip"},
                                           {".asc", "application/pgp-keys"}}};
  const std::string ending = ascii_lower(path.extension().string());
  for (const auto& type : types) {
    if (type.ending == ending) return std::string(type.media_type);
  }
  return "application/octet-stream";
}

} // namespace

Result<std::vector<mime::OutgoingAttachment>> read_files(const std::vector<std::string>& paths) {
  std::vector<mime::OutgoingAttachment> files;
  std::size_t left = desk::attachments_limit;
  for (const auto& path : paths) {
    TRY_ASSIGN(std::string content, read_file(path, left));
    left -= content.size();
    files.push_back({std::filesystem::path(path).filename().string(), media_type_of(path), std::move(content)});
  }
  return files;
}

} // namespace cvdesk::cli
