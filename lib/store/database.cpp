#include "store/database.hpp"

#include <fmt/core.h>
#include <sqlite3.h>

#include <mutex>

namespace cvdesk::store {

namespace {

constexpr int busy_timeout_ms = 15'000;

std::string_view as_bytes(sqlite3_stmt* statement, int column) {
  // sqlite3_column_blob before sqlite3_column_bytes: the order that SQLite asks for.
  const void* data = sqlite3_column_blob(statement, column);
  const int size = sqlite3_column_bytes(statement, column);
  return {static_cast<const char*>(data), data == nullptr ? 0 : static_cast<std::size_t>(size)};
}

} // namespace

std::int64_t Row::integer(int column) const { return sqlite3_column_int64(statement_, column); }
std::string Row::bytes(int column) const { return std::string(as_bytes(statement_, column)); }
bool Row::is_null(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }
std::optional<std::int64_t> Row::maybe_integer(int column) const {
  if (is_null(column)) return {};
  return integer(column);
}
std::optional<std::string> Row::maybe_bytes(int column) const {
  if (is_null(column)) return {};
  return bytes(column);
}

Database::Use::~Use() {
  if (statement == nullptr) return;
  sqlite3_reset(statement);
  sqlite3_clear_bindings(statement);
}

Result<std::unique_ptr<Database>> Database::open(const std::filesystem::path& file, Mode mode) {
  sqlite3* handle = nullptr;
  int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  flags |= mode == Mode::read ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
  if (mode == Mode::create) flags |= SQLITE_OPEN_CREATE;
  const int code = sqlite3_open_v2(file.c_str(), &handle, flags, nullptr);
  std::unique_ptr<Database> database(new Database(handle, file));
  if (code != SQLITE_OK) return database->failure(code);
  sqlite3_busy_timeout(handle, busy_timeout_ms);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  TRY(database->script("PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; "
                       "PRAGMA temp_store = MEMORY; PRAGMA cell_size_check = ON;"));
  return database;
}

Database::~Database() {
  for (const auto& [sql, statement] : statements_) {
    sqlite3_finalize(statement);
  }
  sqlite3_close(handle_);
}

tl::unexpected<Error> Database::failure(int code) const {
  const std::string what = fmt::format("the store {}: {}", file_.string(), sqlite3_errstr(code));
  switch (code & 0xFF) {
  case SQLITE_FULL:
    return fail_temporarily(ErrorKind::io, what, "make room on the disk; nothing has been lost");
  case SQLITE_BUSY:
  case SQLITE_LOCKED:
    return fail_temporarily(ErrorKind::io, what, "another program is writing to it; try again");
  case SQLITE_READONLY:
    return fail(ErrorKind::io, what, "the user that runs cvdesk must be able to write the file and its folder");
  case SQLITE_CANTOPEN:
  case SQLITE_PERM:
    return fail(ErrorKind::io, what, "does it exist, and may this user read it? `cvdesk init` makes a new desk");
  case SQLITE_IOERR:
    return fail_temporarily(ErrorKind::io, what, "see the system log for trouble with the disk");
  case SQLITE_CORRUPT:
  case SQLITE_NOTADB:
    return fail(ErrorKind::corrupt, what, "restore a backup: cvdesk restore");
  default:
    return fail(ErrorKind::failed, fmt::format("{} ({})", what, sqlite3_errmsg(handle_)));
  }
}

Result<void> Database::script(const std::string& sql) {
  const int code = sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return failure(code);
  return {};
}

Result<Database::Use> Database::prepare(std::string_view sql) {
  const auto known = statements_.find(std::string(sql));
  if (known != statements_.end()) return Use(known->second);
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                                      &statement, nullptr);
  if (code != SQLITE_OK) return failure(code);
  statements_.emplace(sql, statement);
  return Use(statement);
}

Result<bool> Database::step(sqlite3_stmt* statement) {
  const int code = sqlite3_step(statement);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return failure(code);
}

// A failed bind is our own mistake or lack of memory; both surface as an error, never as a wrong value.
Result<void> Database::bind(sqlite3_stmt* statement, int index, std::int64_t value) {
  if (const int code = sqlite3_bind_int64(statement, index, value); code != SQLITE_OK) return failure(code);
  return {};
}
// Bound bytes outlive the statement's use: execute, all and one hold the arguments by reference.
Result<void> Database::bind(sqlite3_stmt* statement, int index, std::string_view text) {
  const char* data = text.data() == nullptr ? "" : text.data();
  const int code = sqlite3_bind_text64(statement, index, data, text.size(), SQLITE_STATIC, SQLITE_UTF8);
  if (code != SQLITE_OK) return failure(code);
  return {};
}
Result<void> Database::bind(sqlite3_stmt* statement, int index, const Blob& blob) {
  const char* data = blob.bytes.data() == nullptr ? "" : blob.bytes.data();
  const int code = sqlite3_bind_blob64(statement, index, data, blob.bytes.size(), SQLITE_STATIC);
  if (code != SQLITE_OK) return failure(code);
  return {};
}
Result<void> Database::bind(sqlite3_stmt* statement, int index, std::nullptr_t) {
  if (const int code = sqlite3_bind_null(statement, index); code != SQLITE_OK) return failure(code);
  return {};
}

bool Database::in_transaction() const { return sqlite3_get_autocommit(handle_) == 0; }

int Database::changes() const { return sqlite3_changes(handle_); }

} // namespace cvdesk::store
