#include "store/keyring.hpp"

#include "core/random.hpp"

#include <fmt/core.h>
#include <sodium.h>

namespace cvdesk::store {

namespace {

constexpr char format_version = 1;
constexpr std::size_t nonce_size = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tag_size = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr std::size_t key_size = crypto_aead_xchacha20poly1305_ietf_KEYBYTES;

const unsigned char* raw(std::string_view bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }
unsigned char* raw(std::string& bytes) { return reinterpret_cast<unsigned char*>(bytes.data()); }

Secret derive(const Secret& store_key, std::uint64_t number) {
  std::string key(key_size, '\0');
  crypto_kdf_derive_from_key(raw(key), key.size(), number, "cvdesk.1", raw(store_key.reveal()));
  return Secret(std::move(key));
}

std::string keyed_hash(const Secret& key, std::string_view bytes) {
  std::string hash(crypto_generichash_BYTES, '\0');
  crypto_generichash(raw(hash), hash.size(), raw(bytes), bytes.size(), raw(key.reveal()), key.reveal().size());
  return hash;
}

std::string associated_data(const Place& place) { return fmt::format("{}:{}", place.column, place.row); }

} // namespace

Result<Keyring> Keyring::create(const Secret& store_key) {
  static_assert(crypto_kdf_KEYBYTES == 32);
  if (sodium_init() < 0) return fail(ErrorKind::failed, "libsodium cannot be initialised");
  if (store_key.reveal().size() != crypto_kdf_KEYBYTES) {
    return fail(ErrorKind::configuration, "the store key must be exactly 32 bytes",
                "is store.key_file the right file? `cvdesk init` makes one");
  }
  Keyring keyring;
  keyring.wrapping_ = derive(store_key, 1);
  keyring.lookup_ = derive(store_key, 2);
  keyring.chain_ = derive(store_key, 3);
  return keyring;
}

DataKey Keyring::new_data_key() { return DataKey(random_bytes(key_size)); }

std::string Keyring::wrap(const DataKey& key, std::int64_t key_id) const {
  return seal(wrapping_, {"data_keys.wrapped", key_id}, key.reveal());
}

Result<DataKey> Keyring::unwrap(std::string_view wrapped, std::int64_t key_id) const {
  TRY_ASSIGN(std::string key, unseal(wrapping_, {"data_keys.wrapped", key_id}, wrapped));
  return DataKey(std::move(key));
}

std::string Keyring::lookup_hash(std::string_view purpose, std::string_view value) const {
  return keyed_hash(lookup_, fmt::format("{}\n{}", purpose, value));
}

std::string Keyring::chain_hash(std::string_view bytes) const { return keyed_hash(chain_, bytes); }

std::string seal(const DataKey& key, const Place& place, std::string_view text) {
  const std::string where = associated_data(place);
  std::string sealed(1 + nonce_size + text.size() + tag_size, format_version);
  randombytes_buf(sealed.data() + 1, nonce_size);
  crypto_aead_xchacha20poly1305_ietf_encrypt(raw(sealed) + 1 + nonce_size, nullptr, raw(text), text.size(), raw(where),
                                             where.size(), nullptr, raw(sealed) + 1, raw(key.reveal()));
  return sealed;
}

Result<std::string> unseal(const DataKey& key, const Place& place, std::string_view sealed) {
  const std::string where = associated_data(place);
  if (sealed.size() >= 1 + nonce_size + tag_size && sealed[0] == format_version && key.reveal().size() == key_size) {
    std::string text(sealed.size() - 1 - nonce_size - tag_size, '\0');
    const int code = crypto_aead_xchacha20poly1305_ietf_decrypt(
        raw(text), nullptr, nullptr, raw(sealed) + 1 + nonce_size, sealed.size() - 1 - nonce_size, raw(where),
        where.size(), raw(sealed) + 1, raw(key.reveal()));
    if (code == 0) return text;
  }
  return fail(ErrorKind::corrupt, fmt::format("the seal of {} {} is broken", place.column, place.row),
              "`cvdesk verify` tells what else is damaged; restore a backup");
}

} // namespace cvdesk::store
