// `cvdesk verify`: is every byte that was stored still what it was?
#pragma once

#include "store/store.hpp"

#include <string>
#include <vector>

namespace cvdesk::store {

struct IntegrityReport {
  std::int64_t mails = 0;
  std::int64_t cases = 0;
  std::int64_t seals = 0; // unsealed with success
  std::int64_t erased = 0; // whose key was destroyed on purpose
  std::int64_t events = 0;
  std::string chain_head; // hex
  std::vector<std::string> problems; // at most 100
};

// SQLite's own check, every foreign key, every seal, the audit chain.
Result<IntegrityReport> check_integrity(Store& store);

} // namespace cvdesk::store
