// A folder of a test's own, gone when the test ends.
#pragma once

#include "core/file.hpp"

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>

#include <sys/stat.h>

namespace cvdesk::testing {

class Scratch {
public:
  Scratch() : folder_(make()) {}
  const std::filesystem::path& path() const { return folder_.path(); }
  std::filesystem::path operator/(std::string_view name) const { return path() / name; }

  std::filesystem::path write(std::string_view name, std::string_view bytes, mode_t mode = 0600) const {
    const auto file = path() / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    ::chmod(file.c_str(), mode);
    return file;
  }

private:
  static TemporaryFolder make() {
    auto folder = TemporaryFolder::create("test");
    if (!folder) throw std::runtime_error(folder.error().what);
    return std::move(*folder);
  }
  TemporaryFolder folder_;
};

inline std::string bytes_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

} // namespace cvdesk::testing
