// The store of a desk: one SQLite file, one writer, readers on connections of their own.
#pragma once

#include "core/file.hpp"
#include "core/settings.hpp"
#include "store/view.hpp"
#include "store/writer.hpp"

#include <functional>
#include <memory>
#include <mutex>
#include <type_traits>
#include <vector>

namespace cvdesk::store {

class Store {
public:
  // Opens and migrates. io: cannot be opened or written; configuration: newer than the program, or the key is
  // not the one that sealed it.
  static Result<std::unique_ptr<Store>> open(const StoreSettings& settings);
  // A new store; refused when the file exists.
  static Result<std::unique_ptr<Store>> create(const StoreSettings& settings);

  // Runs `work(View&)` on a consistent snapshot. From any thread.
  template <class Work>
  auto read(Work work) -> std::invoke_result_t<Work, View&> {
    TRY_ASSIGN(auto database, reader());
    TRY(database->script("BEGIN;"));
    View view(*database, keyring_);
    auto result = work(view);
    TRY(database->script("COMMIT;"));
    give_back(std::move(database));
    return result;
  }

  // Runs `work(Change&)`; when this returns without an error, what it did is durable. From any thread.
  template <class Work>
  auto write(Work work) -> std::invoke_result_t<Work, Change&> {
    using Returned = std::invoke_result_t<Work, Change&>;
    if constexpr (std::is_same_v<Returned, Result<void>>) {
      return writer_->run(std::move(work));
    } else {
      std::optional<typename Returned::value_type> value;
      TRY(writer_->run([&](Change& change) -> Result<void> {
        TRY_ASSIGN(value, work(change));
        return {};
      }));
      return std::move(*value);
    }
  }

  const Keyring& keyring() const { return keyring_; }
  const std::filesystem::path& path() const { return path_; }

private:
  Store(std::filesystem::path path, Keyring keyring, std::unique_ptr<Database> writing);
  static Result<std::unique_ptr<Store>> open_with(const StoreSettings& settings, Database::Mode mode);
  Result<std::unique_ptr<Database>> reader();
  void give_back(std::unique_ptr<Database> database);

  std::filesystem::path path_;
  Keyring keyring_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Database>> idle_readers_;
  std::unique_ptr<Writer> writer_;
};

// Held by the daemon: only one may work on a store. refused when another holds it.
class DaemonLock {
public:
  static Result<DaemonLock> take(const std::filesystem::path& store);

private:
  explicit DaemonLock(UniqueFd fd) : fd_(std::move(fd)) {}
  UniqueFd fd_;
};

} // namespace cvdesk::store
