#include "store/look_ups.hpp"

#include "core/text.hpp"

#include <fmt/core.h>

namespace cvdesk::store {

namespace {

constexpr std::string_view columns = "SELECT id, key_id, state, owed_at, sealed FROM certificate_look_ups";
constexpr std::string_view sealed_column = "certificate_look_ups.sealed";

struct SealedLookUp {
  LookUp look_up;
  std::string sealed;
};

SealedLookUp to_look_up(const Row& row) {
  return {{row.integer(0), row.integer(1), row.bytes(2), from_unix(row.integer(3)), {}, {}, {}}, row.bytes(4)};
}

std::string pack(const LookUp& look_up) {
  return fmt::format("{}\n{}\n{}", look_up.address, look_up.fingerprint, look_up.blob);
}

Result<std::optional<LookUp>> unseal(View& view, std::optional<SealedLookUp> found) {
  std::optional<LookUp> opened;
  if (!found) return opened;
  TRY_ASSIGN(const std::string packed, view.unseal(found->look_up.key_id, {sealed_column, found->look_up.id}, found->sealed));
  const auto first = packed.find('\n');
  const auto second = packed.find('\n', first + 1);
  if (second == std::string::npos) return fail(ErrorKind::corrupt, fmt::format("look-up {} is damaged", found->look_up.id));
  opened = std::move(found->look_up);
  opened->address = packed.substr(0, first);
  opened->fingerprint = packed.substr(first + 1, second - first - 1);
  opened->blob = packed.substr(second + 1);
  return opened;
}

std::string hash_of(const View& view, std::string_view address) {
  return view.keyring().lookup_hash("address", ascii_lower(address));
}

} // namespace

Result<std::optional<LookUp>> look_up_of(View& view, std::string_view address, Instant at) {
  const std::string hash = hash_of(view, address);
  TRY_ASSIGN(auto found, view.database().one(fmt::format("{} WHERE address_hash = ? AND owed_at > ?", columns), to_look_up,
                                             Blob{hash}, to_unix(at - look_up_lifetime)));
  return unseal(view, std::move(found));
}

Result<void> end_look_ups(Change& change, Instant at) {
  const std::int64_t too_old = to_unix(at - look_up_lifetime);
  TRY(change.database().execute(
      "UPDATE data_keys SET wrapped = NULL WHERE id IN (SELECT key_id FROM certificate_look_ups WHERE owed_at <= ?)", too_old));
  return change.database().execute("DELETE FROM certificate_look_ups WHERE owed_at <= ?", too_old);
}

Result<bool> any_look_up_ended(View& view, Instant at) {
  TRY_ASSIGN(const auto one, view.database().one("SELECT 1 FROM certificate_look_ups WHERE owed_at <= ? LIMIT 1",
                                                 [](const Row& row) { return row.integer(0); }, to_unix(at - look_up_lifetime)));
  return one.has_value();
}

Result<void> owe_look_up(Change& change, std::string_view address, Instant at) {
  TRY(end_look_ups(change, at));
  TRY_ASSIGN(const Id key_id, change.new_data_key());
  TRY_ASSIGN(const Id id, change.next_id("certificate_look_ups"));
  LookUp look_up;
  look_up.address = address;
  TRY_ASSIGN(const std::string sealed, change.seal(key_id, {sealed_column, id}, pack(look_up)));
  const std::string hash = hash_of(change, address);
  return change.database().execute(
      "INSERT INTO certificate_look_ups (id, key_id, address_hash, state, owed_at, sealed) VALUES (?, ?, ?, 'waiting', ?, ?)",
      id, key_id, Blob{hash}, to_unix(at), Blob{sealed});
}

Result<std::int64_t> count_look_ups(View& view, Instant since) {
  TRY_ASSIGN(const auto count, view.database().one("SELECT count(*) FROM certificate_look_ups WHERE owed_at > ?",
                                                   [](const Row& row) { return row.integer(0); }, to_unix(since)));
  return count.value_or(0);
}

Result<bool> any_look_up_waits(View& view) {
  TRY_ASSIGN(const auto one, view.database().one("SELECT 1 FROM certificate_look_ups WHERE state = 'waiting' LIMIT 1",
                                                 [](const Row& row) { return row.integer(0); }));
  return one.has_value();
}

Result<std::optional<LookUp>> begin_look_up(Change& change) {
  TRY_ASSIGN(auto found, change.database().one(fmt::format("{} WHERE state = 'waiting' ORDER BY id LIMIT 1", columns), to_look_up));
  if (!found) return std::optional<LookUp>();
  TRY(change.database().execute("UPDATE certificate_look_ups SET state = 'asked' WHERE id = ?", found->look_up.id));
  found->look_up.state = "asked";
  return unseal(change, std::move(found));
}

Result<void> answer_look_up(Change& change, const LookUp& look_up) {
  TRY_ASSIGN(const auto there, change.database().one("SELECT 1 FROM certificate_look_ups WHERE id = ?",
                                                     [](const Row& row) { return row.integer(0); }, look_up.id));
  if (!there) return {};
  TRY_ASSIGN(const std::string sealed, change.seal(look_up.key_id, {sealed_column, look_up.id}, pack(look_up)));
  return change.database().execute("UPDATE certificate_look_ups SET state = 'answered', sealed = ? WHERE id = ?", Blob{sealed},
                                   look_up.id);
}

Result<void> forget_look_ups(Change& change, std::string_view address) {
  const std::string hash = hash_of(change, address);
  TRY(change.database().execute(
      "UPDATE data_keys SET wrapped = NULL WHERE id IN (SELECT key_id FROM certificate_look_ups WHERE address_hash = ?)", Blob{hash}));
  return change.database().execute("DELETE FROM certificate_look_ups WHERE address_hash = ?", Blob{hash});
}

} // namespace cvdesk::store
