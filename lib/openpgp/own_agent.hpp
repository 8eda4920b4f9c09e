// An agent for one worker alone. gpg-agent does one operation with a private key at a time: with RSA, where
// that is most of the work, workers on one agent wait for each other.
#pragma once

#include "core/result.hpp"

#include <filesystem>

namespace cvdesk::openpgp {

// A GnuPG home in `folder` that shows the keys and settings of `home` by links; gpg starts an agent of its
// own for it, which ends by itself once the folder is gone. Nothing in `home` is changed. Made once, found
// again.
Result<std::filesystem::path> home_with_own_agent(const std::filesystem::path& home,
                                                  const std::filesystem::path& folder);

} // namespace cvdesk::openpgp
