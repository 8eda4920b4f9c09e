// `cvdesk init`: a configuration, store, store key and OpenPGP key that work together.
#pragma once

#include "core/result.hpp"

#include <filesystem>
#include <string>

namespace cvdesk::desk {

struct SetupRequest {
  std::filesystem::path folder;
  std::string organisation;
  std::string address; // addr-spec of the desk
};

struct SetupResult {
  std::filesystem::path configuration;
  std::string fingerprint;
};

// refused: something that it would write exists already (then nothing has been written).
Result<SetupResult> set_up(const SetupRequest& request);

} // namespace cvdesk::desk
