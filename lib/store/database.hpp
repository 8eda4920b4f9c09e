// A thin RAII wrapper around one SQLite connection. Used inside lib/store alone.
#pragma once

#include "core/result.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace cvdesk::store {

// Marks bytes that are bound as BLOB; a plain string_view is bound as TEXT.
struct Blob {
  std::string_view bytes;
};

// The current row of a running statement. Columns count from 0.
class Row {
public:
  explicit Row(sqlite3_stmt* statement) : statement_(statement) {}
  std::int64_t integer(int column) const;
  std::string bytes(int column) const; // TEXT or BLOB; empty for NULL
  bool is_null(int column) const;
  std::optional<std::int64_t> maybe_integer(int column) const;
  std::optional<std::string> maybe_bytes(int column) const;

private:
  sqlite3_stmt* statement_;
};

class Database {
public:
  enum class Mode { create, write, read };
  static Result<std::unique_ptr<Database>> open(const std::filesystem::path& file, Mode mode);
  ~Database();

  // One or more statements without parameters.
  Result<void> script(const std::string& sql);

  // One statement, its parameters (integers, text, Blob, optionals of these, nullptr) bound in order.
  template <class... Args>
  Result<void> execute(std::string_view sql, const Args&... args) {
    TRY_ASSIGN(const Use use, prepare(sql));
    TRY(bind_all(use.statement, args...));
    TRY_ASSIGN([[maybe_unused]] const bool row, step(use.statement));
    return {};
  }

  // Each row through `map(Row)`.
  template <class Map, class... Args>
  auto all(std::string_view sql, Map map, const Args&... args)
      -> Result<std::vector<std::invoke_result_t<Map, const Row&>>> {
    std::vector<std::invoke_result_t<Map, const Row&>> rows;
    TRY_ASSIGN(const Use use, prepare(sql));
    TRY(bind_all(use.statement, args...));
    for (;;) {
      TRY_ASSIGN(const bool more, step(use.statement));
      if (!more) return rows;
      rows.push_back(map(Row(use.statement)));
    }
  }

  // The first row, if there is one.
  template <class Map, class... Args>
  auto one(std::string_view sql, Map map, const Args&... args)
      -> Result<std::optional<std::invoke_result_t<Map, const Row&>>> {
    std::optional<std::invoke_result_t<Map, const Row&>> found;
    TRY_ASSIGN(const Use use, prepare(sql));
    TRY(bind_all(use.statement, args...));
    TRY_ASSIGN(const bool any, step(use.statement));
    if (any) found.emplace(map(Row(use.statement)));
    return found;
  }

  int changes() const; // rows that the last statement changed
  bool in_transaction() const;

private:
  // A prepared statement in use; reset when the use ends.
  struct Use {
    explicit Use(sqlite3_stmt* s) : statement(s) {}
    Use(Use&& other) noexcept : statement(std::exchange(other.statement, nullptr)) {}
    Use(const Use&) = delete;
    ~Use();
    sqlite3_stmt* statement;
  };

  explicit Database(sqlite3* handle, std::filesystem::path file) : handle_(handle), file_(std::move(file)) {}
  Result<Use> prepare(std::string_view sql);
  Result<bool> step(sqlite3_stmt* statement);
  tl::unexpected<Error> failure(int code) const;

  template <class... Args>
  Result<void> bind_all([[maybe_unused]] sqlite3_stmt* statement, const Args&... args) {
    int index = 0;
    Result<void> result;
    ((result ? void(result = bind(statement, ++index, args)) : void()), ...);
    return result;
  }
  Result<void> bind(sqlite3_stmt* statement, int index, std::int64_t value);
  Result<void> bind(sqlite3_stmt* statement, int index, std::string_view text);
  Result<void> bind(sqlite3_stmt* statement, int index, const Blob& blob);
  Result<void> bind(sqlite3_stmt* statement, int index, std::nullptr_t);
  Result<void> bind(sqlite3_stmt* statement, int index, const char* text) {
    return bind(statement, index, std::string_view(text));
  }
  template <class T>
  Result<void> bind(sqlite3_stmt* statement, int index, const std::optional<T>& value) {
    return value ? bind(statement, index, *value) : bind(statement, index, nullptr);
  }

  sqlite3* handle_;
  std::filesystem::path file_;
  std::unordered_map<std::string, sqlite3_stmt*> statements_;
};

} // namespace cvdesk::store
