#include "store/store.hpp"

#include "core/secret.hpp"
#include "store/schema.hpp"

#include <fmt/core.h>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

namespace cvdesk::store {

namespace {

// The store knows its own key: a keyed hash of a fixed word, made when the store was made.
Result<void> check_key(Database& database, const Keyring& keyring) {
  const std::string expected = keyring.lookup_hash("key-check", "cvdesk");
  TRY_ASSIGN(const auto known, database.one("SELECT value FROM meta WHERE name = 'key_check'",
                                            [](const Row& row) { return row.bytes(0); }));
  if (!known) {
    return database.execute("INSERT INTO meta (name, value) VALUES ('key_check', ?)", Blob{expected});
  }
  if (*known != expected) {
    return fail(ErrorKind::configuration, "the store key is not the one that this store was made with",
                "store.key_file must name the key that belongs to store.path");
  }
  return {};
}

// An empty file, as a full disk or a bad copy leaves it, would pass for a new store: every mail would be taken
// in, and answered, once more.
Result<void> check_is_store(Database& database, const std::filesystem::path& path) {
  TRY_ASSIGN(const auto tables, database.one("SELECT count(*) FROM sqlite_schema WHERE name = 'data_keys'",
                                             [](const Row& row) { return row.integer(0); }));
  if (tables.value_or(0) > 0) return {};
  return fail(ErrorKind::corrupt, fmt::format("{} holds no store", path.string()),
              "restore a backup; a new desk is made by cvdesk init");
}

} // namespace

Store::Store(std::filesystem::path path, Keyring keyring, std::unique_ptr<Database> writing)
    : path_(std::move(path)), keyring_(std::move(keyring)),
      writer_(std::make_unique<Writer>(std::move(writing), keyring_)) {}

Result<std::unique_ptr<Store>> Store::open_with(const StoreSettings& settings, Database::Mode mode) {
  TRY_ASSIGN(const Secret key, read_secret(settings.key_file, SecretForm::bytes));
  auto keyring_made = Keyring::create(key);
  if (!keyring_made) return tl::unexpected(within(settings.key_file.string(), std::move(keyring_made).error()));
  Keyring keyring = std::move(*keyring_made);
  TRY_ASSIGN(auto database, Database::open(settings.path, mode));
  if (mode != Database::Mode::create) TRY(check_is_store(*database, settings.path));
  TRY(migrate(*database));
  TRY(check_key(*database, keyring));
  return std::unique_ptr<Store>(new Store(settings.path, std::move(keyring), std::move(database)));
}

Result<std::unique_ptr<Store>> Store::open(const StoreSettings& settings) {
  return open_with(settings, Database::Mode::write);
}

Result<std::unique_ptr<Store>> Store::create(const StoreSettings& settings) {
  // Made here rather than by SQLite, for the mode: nobody else may read even sealed data.
  TRY(create_file(settings.path, "", 0600));
  return open_with(settings, Database::Mode::create);
}

Result<std::unique_ptr<Database>> Store::reader() {
  {
    const std::lock_guard lock(mutex_);
    if (!idle_readers_.empty()) {
      auto database = std::move(idle_readers_.back());
      idle_readers_.pop_back();
      return database;
    }
  }
  return Database::open(path_, Database::Mode::read);
}

void Store::give_back(std::unique_ptr<Database> database) {
  const std::lock_guard lock(mutex_);
  idle_readers_.push_back(std::move(database));
}

Result<DaemonLock> DaemonLock::take(const std::filesystem::path& store) {
  std::filesystem::path file = store;
  file += ".lock";
  UniqueFd fd(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!fd) {
    return fail(ErrorKind::io, fmt::format("cannot open {}: {}", file.string(), errno_text()),
                "the user that runs cvdesk must be able to write the store and its folder");
  }
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    return fail(ErrorKind::refused, fmt::format("another cvdeskd works on the store {}", store.string()),
                "one daemon serves all mailboxes; stop the other one first");
  }
  return DaemonLock(std::move(fd));
}

} // namespace cvdesk::store
