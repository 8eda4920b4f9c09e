// What the functions of the store work on: a consistent view for reading, a change for writing.
#pragma once

#include "core/time.hpp"
#include "store/database.hpp"
#include "store/keyring.hpp"

#include <cstdint>

namespace cvdesk::store {

using Id = std::int64_t;

// One read transaction. Valid only inside the closure that it was given to.
class View {
public:
  View(Database& database, const Keyring& keyring) : database_(database), keyring_(keyring) {}
  Database& database() { return database_; }
  const Keyring& keyring() const { return keyring_; }

  // not_found when the key has been destroyed (the case was erased).
  Result<DataKey> data_key(Id key_id);
  Result<std::string> unseal(Id key_id, const Place& place, std::string_view sealed);

private:
  Database& database_;
  const Keyring& keyring_;
};

// One write transaction (a savepoint in a group of them). The closure's error undoes all it did.
class Change : public View {
public:
  using View::View;

  Result<Id> new_data_key();
  Result<std::string> seal(Id key_id, const Place& place, std::string_view text);
  // The id that the next row of an AUTOINCREMENT table gets: needed before the row, because a seal names it.
  Result<Id> next_id(std::string_view table);
};

} // namespace cvdesk::store
