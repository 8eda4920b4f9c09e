// The numbered SQL files of schema/, applied in order.
#pragma once

#include "core/result.hpp"
#include "store/database.hpp"

namespace cvdesk::store {

// Brings an open database up to this program's version, one transaction a file (the change and the version
// bump together). configuration: the store is newer than the program.
Result<void> migrate(Database& database);
// The same check without changing anything: temporary when a migration is due.
Result<void> check_version(Database& database);
int newest_version();

} // namespace cvdesk::store
