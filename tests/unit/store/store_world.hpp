// A real store in a folder of its own, and a way to tamper with its file behind its back.
#pragma once

#include "store/store.hpp"

#include "../core/scratch.hpp"
#include "store/cases.hpp"
#include "store/inbox.hpp"
#include "store/outbox.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct sqlite3;

namespace cvdesk::testing {

// A connection to the same file that knows nothing of seals.
class Intruder {
public:
  explicit Intruder(const std::filesystem::path& file);
  Intruder(const Intruder&) = delete;
  ~Intruder();

  void run(const std::string& sql);
  std::int64_t number(const std::string& sql);
  std::string blob(const std::string& sql);
  // Flips one bit of the last byte of this column in the first row that has it.
  void flip(const std::string& table, const std::string& column);

private:
  sqlite3* handle_ = nullptr;
};

class StoreWorld {
public:
  StoreWorld();

  store::Store& operator*() { return *store_; }
  store::Store* operator->() { return store_.get(); }
  const StoreSettings& settings() const { return settings_; }
  const Scratch& scratch() const { return scratch_; }
  void close() { store_.reset(); }
  void reopen();
  Intruder intruder() const { return Intruder(settings_.path); }
  // All bytes of the database and its journal.
  std::string bytes() const;

  // `write` and `read` of the store, which must succeed.
  template <class Work>
  auto write(Work work) {
    return must(store_->write(std::move(work)));
  }
  template <class Work>
  auto read(Work work) {
    return must(store_->read(std::move(work)));
  }

  store::Id mail(std::string_view raw, std::string_view mailbox = "cvd");
  store::CaseEntry open_case(std::string_view sheet = "{}", int year = 2026);
  store::Id owe(std::string_view message_id, std::optional<store::Id> case_id = {}, std::string_view recipient = "rosa@reporter.example");

  template <class T>
  static T must(Result<T> result) {
    if (!result) throw std::runtime_error(result.error().what);
    if constexpr (!std::is_void_v<T>) return std::move(*result);
  }

private:
  Scratch scratch_;
  StoreSettings settings_;
  std::unique_ptr<store::Store> store_;
};

inline const Instant some_time = from_unix(1'795'341'600); // 2026-11-22T10:00:00Z

} // namespace cvdesk::testing
