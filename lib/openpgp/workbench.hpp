// A small GnuPG home in memory that holds, for one operation, the desk's certificate and those of the other
// side. Its secret keys are the desk's own: a redirect leads to the desk's agent. The desk's home is never
// imported into.
#pragma once

#include "core/file.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace cvdesk::openpgp {

class Workbench {
public:
  // In `folder`, which belongs to the caller and exists; the path stays the same, so that one context serves
  // for all.
  static Result<Workbench> create(const std::filesystem::path& folder,
                                  const std::filesystem::path& agent_socket);

  // Replaces the ring: binary certificates, one after the other.
  Result<void> lay_out(std::string_view ring) const;
  const std::filesystem::path& home() const { return home_; }

private:
  explicit Workbench(std::filesystem::path home) : home_(std::move(home)) {}
  std::filesystem::path home_;
};

} // namespace cvdesk::openpgp
