#include "store/writer.hpp"

#include <fmt/core.h>

#include <exception>

namespace cvdesk::store {

namespace {
// A bound on how much is undone, and done again by nobody, when a commit fails.
constexpr std::size_t group_limit = 256;
} // namespace

Result<DataKey> View::data_key(Id key_id) {
  TRY_ASSIGN(const auto wrapped, database_.one("SELECT wrapped FROM data_keys WHERE id = ?",
                                               [](const Row& row) { return row.maybe_bytes(0); }, key_id));
  if (!wrapped || !*wrapped) return fail(ErrorKind::not_found, "its data key has been destroyed (the case was erased)");
  return keyring_.unwrap(**wrapped, key_id);
}

Result<std::string> View::unseal(Id key_id, const Place& place, std::string_view sealed) {
  TRY_ASSIGN(const DataKey key, data_key(key_id));
  return store::unseal(key, place, sealed);
}

Result<Id> Change::new_data_key() {
  TRY_ASSIGN(const Id id, next_id("data_keys"));
  const std::string wrapped = keyring().wrap(Keyring::new_data_key(), id);
  TRY(database().execute("INSERT INTO data_keys (id, wrapped) VALUES (?, ?)", id, Blob{wrapped}));
  return id;
}

Result<std::string> Change::seal(Id key_id, const Place& place, std::string_view text) {
  TRY_ASSIGN(const DataKey key, data_key(key_id));
  return store::seal(key, place, text);
}

Result<Id> Change::next_id(std::string_view table) {
  TRY_ASSIGN(const auto last, database().one("SELECT seq FROM sqlite_sequence WHERE name = ?",
                                             [](const Row& row) { return row.integer(0); }, table));
  return last.value_or(0) + 1;
}

Writer::Writer(std::unique_ptr<Database> database, const Keyring& keyring)
    : database_(std::move(database)), keyring_(keyring), thread_([this] { loop(); }) {}

Writer::~Writer() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

Result<void> Writer::run(Work work) {
  std::future<Result<void>> done;
  {
    const std::lock_guard lock(mutex_);
    queue_.push_back({std::move(work), {}});
    done = queue_.back().done.get_future();
  }
  wake_.notify_one();
  return done.get();
}

void Writer::loop() {
  for (;;) {
    std::deque<Task> group;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return ending_ || !queue_.empty(); });
      if (queue_.empty()) return;
      while (!queue_.empty() && group.size() < group_limit) {
        group.push_back(std::move(queue_.front()));
        queue_.pop_front();
      }
    }
    commit(group);
  }
}

Result<void> Writer::run_in_savepoint(Change& change, const Work& work) {
  TRY(database_->script("SAVEPOINT work;"));
  Result<void> result;
  try {
    result = work(change);
  } catch (const std::exception& error) {
    result = fail(ErrorKind::failed, fmt::format("unexpected: {}", error.what()));
  }
  // A full disk makes SQLite roll back all of it by itself: then there is no savepoint any more.
  if (!database_->in_transaction()) return result;
  if (!result) TRY(database_->script("ROLLBACK TO work;"));
  TRY(database_->script("RELEASE work;"));
  return result;
}

void Writer::commit(std::deque<Task>& group) {
  std::vector<Result<void>> results;
  auto whole = database_->script("BEGIN IMMEDIATE;");
  if (whole) {
    Change change(*database_, keyring_);
    for (auto& task : group) {
      results.push_back(run_in_savepoint(change, task.work));
      if (database_->in_transaction()) continue;
      whole = results.back() ? fail_temporarily(ErrorKind::io, "the store undid a group of changes") : results.back();
      break;
    }
    if (whole) whole = database_->script("COMMIT;");
    if (!whole && database_->in_transaction()) (void)database_->script("ROLLBACK;");
  }
  for (std::size_t i = 0; i < group.size(); ++i) {
    group[i].done.set_value(whole ? results[i] : tl::unexpected(whole.error()));
  }
}

} // namespace cvdesk::store
