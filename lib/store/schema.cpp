#include "store/schema.hpp"

#include "embedded/schema_files.hpp"

#include <fmt/core.h>

namespace cvdesk::store {

namespace {

Result<int> version_of(Database& database) {
  TRY_ASSIGN(const auto version, database.one("PRAGMA user_version", [](const Row& row) { return row.integer(0); }));
  return static_cast<int>(version.value_or(0));
}

Error newer(int version) {
  return {ErrorKind::configuration, false,
          fmt::format("the store is of version {}, newer than this program, which knows {}", version, newest_version()),
          "install the cvdesk that made it, or a later one"};
}

} // namespace

int newest_version() { return static_cast<int>(embedded::schema_files.size()); }

Result<void> migrate(Database& database) {
  TRY(database.script("PRAGMA journal_mode = WAL;"));
  TRY_ASSIGN(int version, version_of(database));
  if (version > newest_version()) return tl::unexpected(newer(version));
  // The map is sorted by name, and names begin with their number.
  int number = 0;
  for (const auto& [name, sql] : embedded::schema_files) {
    if (++number <= version) continue;
    // IMMEDIATE: two programs started at once must not both see the old version and both apply the file.
    TRY(database.script("BEGIN IMMEDIATE;"));
    TRY_ASSIGN(const int current, version_of(database));
    auto applied = current >= number
                       ? Result<void>()
                       : database.script(fmt::format("{}\nPRAGMA user_version = {};", sql, number));
    if (!applied) {
      (void)database.script("ROLLBACK;");
      return tl::unexpected(within(fmt::format("schema/{}", name), std::move(applied).error()));
    }
    TRY(database.script("COMMIT;"));
  }
  return {};
}

Result<void> check_version(Database& database) {
  TRY_ASSIGN(const int version, version_of(database));
  if (version > newest_version()) return tl::unexpected(newer(version));
  if (version < newest_version()) {
    return fail_temporarily(ErrorKind::io, "the store has not been brought up to this version yet", "start cvdeskd, or try again");
  }
  return {};
}

} // namespace cvdesk::store
