#include "store/keyring.hpp"

#include "core/random.hpp"

#include <catch2/catch.hpp>

using namespace cvdesk;
using namespace cvdesk::store;

namespace {
Keyring keyring(char fill = 'k') { return std::move(*Keyring::create(Secret(std::string(32, fill)))); }

bool is_broken(const Result<std::string>& text) { return !text && text.error().kind == ErrorKind::corrupt; }
} // namespace

TEST_CASE("what was sealed comes back, whatever its size") {
  const DataKey key = Keyring::new_data_key();
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{41}, std::size_t{100'000}}) {
    const std::string text = random_bytes(size);
    const std::string sealed = seal(key, {"inbox.raw", 7}, text);
    CHECK(sealed.size() == size + 41);
    CHECK(unseal(key, {"inbox.raw", 7}, sealed) == text);
  }
}

TEST_CASE("the same text sealed twice does not look the same") {
  const DataKey key = Keyring::new_data_key();
  CHECK(seal(key, {"a", 1}, "text") != seal(key, {"a", 1}, "text"));
}

TEST_CASE("a sealed value opens in its own place only") {
  const DataKey key = Keyring::new_data_key();
  const std::string sealed = seal(key, {"cases.sealed", 12}, "text");
  CHECK(is_broken(unseal(key, {"cases.sealed", 1}, sealed)));
  CHECK(is_broken(unseal(key, {"cases.sealed", 123}, sealed)));
  CHECK(is_broken(unseal(key, {"events.detail", 12}, sealed)));
  CHECK(is_broken(unseal(Keyring::new_data_key(), {"cases.sealed", 12}, sealed)));
  CHECK(unseal(key, {"cases.sealed", 12}, sealed) == "text");
}

TEST_CASE("any flipped bit, any cut and any addition breaks the seal") {
  const DataKey key = Keyring::new_data_key();
  const Place place{"cases.sealed", 1};
  const std::string sealed = seal(key, place, "the text");
  for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    std::string bad = sealed;
    bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << (bit % 8)));
    if (!is_broken(unseal(key, place, bad))) FAIL("bit " << bit << " may be flipped");
  }
  for (std::size_t size = 0; size < sealed.size(); ++size) CHECK(is_broken(unseal(key, place, sealed.substr(0, size))));
  CHECK(is_broken(unseal(key, place, sealed + '\0')));
  CHECK(is_broken(unseal(DataKey(), place, sealed)));
  CHECK(is_broken(unseal(DataKey(std::string(16, 'x')), place, sealed)));
}

TEST_CASE("a broken seal says where, and nothing of what was in it") {
  const DataKey key = Keyring::new_data_key();
  const auto bad = unseal(key, {"cases.sealed", 12}, seal(key, {"cases.sealed", 13}, "confidential"));
  REQUIRE_FALSE(bad);
  CHECK(bad.error().what.find("cases.sealed 12") != std::string::npos);
  CHECK(bad.error().what.find("confidential") == std::string::npos);
}

TEST_CASE("a data key is wrapped for its own id and by its own store key") {
  const Keyring ours = keyring();
  const DataKey key = Keyring::new_data_key();
  const std::string wrapped = ours.wrap(key, 5);
  REQUIRE(ours.unwrap(wrapped, 5));
  CHECK(ours.unwrap(wrapped, 5)->reveal() == key.reveal());
  CHECK_FALSE(ours.unwrap(wrapped, 6));
  CHECK_FALSE(keyring('x').unwrap(wrapped, 5));
  CHECK(wrapped.find(std::string(key.reveal())) == std::string::npos);
}

TEST_CASE("a lookup hash is stable, keyed and kept apart by purpose") {
  const Keyring ours = keyring();
  CHECK(ours.lookup_hash("address", "a@b.example") == keyring().lookup_hash("address", "a@b.example"));
  CHECK(ours.lookup_hash("address", "a@b.example") != ours.lookup_hash("message-id", "a@b.example"));
  CHECK(ours.lookup_hash("address", "a@b.example") != keyring('x').lookup_hash("address", "a@b.example"));
  CHECK(ours.lookup_hash("address", "").size() == 32);
  CHECK(ours.chain_hash("address\na@b.example") != ours.lookup_hash("address", "a@b.example"));
}

TEST_CASE("a store key has exactly 32 bytes") {
  for (const std::size_t size : {0, 16, 31, 33, 64}) {
    const auto bad = Keyring::create(Secret(std::string(size, 'k')));
    REQUIRE_FALSE(bad);
    CHECK(bad.error().kind == ErrorKind::configuration);
  }
}
