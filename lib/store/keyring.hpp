// The keys of a store: everything confidential is sealed by a data key of its own, every data key is wrapped
// by the store key, and what must be matched while it is sealed is matched by a keyed hash.
#pragma once

#include "core/result.hpp"
#include "core/secret.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace cvdesk::store {

// Where a sealed value stands; part of what the seal authenticates, so that no value can be moved.
struct Place {
  std::string_view column; // "inbox.raw"
  std::int64_t row = 0;
};

// 32 bytes that seal one case or one mail.
using DataKey = Secret;

class Keyring {
public:
  // `store_key`: exactly 32 bytes. configuration when it is not.
  static Result<Keyring> create(const Secret& store_key);

  static DataKey new_data_key();
  std::string wrap(const DataKey& key, std::int64_t key_id) const;
  Result<DataKey> unwrap(std::string_view wrapped, std::int64_t key_id) const;

  // 32 bytes. `purpose` keeps apart what must never match across columns ("message-id", "address", ...).
  std::string lookup_hash(std::string_view purpose, std::string_view value) const;
  // 32 bytes, under a key of its own: the audit chain.
  std::string chain_hash(std::string_view bytes) const;

private:
  Secret wrapping_;
  Secret lookup_;
  Secret chain_;
};

// XChaCha20-Poly1305, random nonce. 41 bytes longer than the text.
std::string seal(const DataKey& key, const Place& place, std::string_view text);
// corrupt: another key, another place, or altered bytes.
Result<std::string> unseal(const DataKey& key, const Place& place, std::string_view sealed);

} // namespace cvdesk::store
