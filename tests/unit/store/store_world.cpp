#include "store_world.hpp"

#include "core/random.hpp"

#include <sqlite3.h>

namespace cvdesk::testing {

Intruder::Intruder(const std::filesystem::path& file) {
  if (sqlite3_open_v2(file.c_str(), &handle_, SQLITE_OPEN_READWRITE, nullptr) != SQLITE_OK) throw std::runtime_error("open");
  sqlite3_busy_timeout(handle_, 5000);
}

Intruder::~Intruder() { sqlite3_close(handle_); }

void Intruder::run(const std::string& sql) {
  if (sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    throw std::runtime_error(sql + ": " + sqlite3_errmsg(handle_));
  }
}

std::string Intruder::blob(const std::string& sql) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(handle_, sql.c_str(), -1, &statement, nullptr) != SQLITE_OK) throw std::runtime_error(sql);
  const bool any = sqlite3_step(statement) == SQLITE_ROW;
  const void* data = any ? sqlite3_column_blob(statement, 0) : nullptr;
  const std::string bytes(static_cast<const char*>(data), data == nullptr ? 0 : static_cast<std::size_t>(sqlite3_column_bytes(statement, 0)));
  sqlite3_finalize(statement);
  if (!any) throw std::runtime_error("no row: " + sql);
  return bytes;
}

std::int64_t Intruder::number(const std::string& sql) { return std::stoll(blob(sql)); }

void Intruder::flip(const std::string& table, const std::string& column) {
  const std::string where = " WHERE rowid = (SELECT min(rowid) FROM " + table + " WHERE " + column + " IS NOT NULL)";
  std::string bytes = blob("SELECT " + column + " FROM " + table + where);
  bytes.back() = static_cast<char>(bytes.back() ^ 1);
  sqlite3_stmt* statement = nullptr;
  const std::string sql = "UPDATE " + table + " SET " + column + " = ?" + where;
  sqlite3_prepare_v2(handle_, sql.c_str(), -1, &statement, nullptr);
  sqlite3_bind_blob64(statement, 1, bytes.data(), bytes.size(), SQLITE_TRANSIENT);
  const int code = sqlite3_step(statement);
  sqlite3_finalize(statement);
  if (code != SQLITE_DONE || sqlite3_changes(handle_) != 1) throw std::runtime_error(sql);
}

StoreWorld::StoreWorld() : settings_{scratch_ / "cvdesk.db", scratch_.write("store.key", random_bytes(32))} {
  store_ = must(store::Store::create(settings_));
}

void StoreWorld::reopen() {
  store_.reset();
  store_ = must(store::Store::open(settings_));
}

std::string StoreWorld::bytes() const {
  return bytes_of(settings_.path) + bytes_of(settings_.path.string() + "-wal");
}

store::Id StoreWorld::mail(std::string_view raw, std::string_view mailbox) {
  store::NewMail fresh;
  fresh.mailbox = mailbox;
  fresh.received = some_time;
  fresh.raw = raw;
  fresh.size = static_cast<std::int64_t>(raw.size());
  return write([&](store::Change& change) { return store::take_in(change, fresh); }).id;
}

store::CaseEntry StoreWorld::open_case(std::string_view sheet, int year) {
  return write([&](store::Change& change) {
    return store::open_case(change, {"cvd", "report", some_time, year, std::string(sheet)}, some_time);
  });
}

store::Id StoreWorld::owe(std::string_view message_id, std::optional<store::Id> case_id, std::string_view recipient) {
  return write([&](store::Change& change) {
    return store::owe(change, {case_id, {}, "acknowledgement", std::string(message_id), std::string(recipient), "task", some_time},
                      some_time);
  });
}

} // namespace cvdesk::testing
