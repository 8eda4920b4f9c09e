#include "store/certificate_decisions.hpp"

#include "store/audit.hpp"
#include "store/look_ups.hpp"

#include <fmt/core.h>

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace cvdesk::store {

namespace {

constexpr std::array<std::string_view, 2> tables = {"certificates", "added_certificates"};

// Where the team added one (case 0) there is no case whose key could seal the detail.
Result<void> log(Change& change, const std::vector<Id>& cases, std::string_view actor,
                 std::string_view action, std::string_view detail, Instant at) {
  for (const Id case_id : cases) {
    const bool of_case = case_id != 0;
    TRY(append_event(
        change, {of_case ? std::optional(case_id) : std::nullopt, actor, action, of_case ? detail : ""}, at));
  }
  return {};
}

} // namespace

Result<bool> accept_certificate(Change& change, std::string_view address, std::string_view fingerprint,
                                std::string_view actor, Instant at) {
  auto& database = change.database();
  const std::string by_address = change.keyring().lookup_hash("address", address);
  const std::string by_fingerprint = change.keyring().lookup_hash("fingerprint", fingerprint);
  TRY_ASSIGN(
      const auto cases,
      database.all(
          "SELECT DISTINCT case_id FROM kept_certificates WHERE address_hash = ? AND fingerprint_hash = ?",
          [](const Row& row) { return row.integer(0); }, Blob{by_address}, Blob{by_fingerprint}));
  if (cases.empty()) return false;
  for (const std::string_view table : tables) {
    TRY(database.execute(
        fmt::format("UPDATE {} SET state = 'conflict' WHERE address_hash = ? AND fingerprint_hash <> ? "
                    "AND state IN ('pinned', 'offered')",
                    table),
        Blob{by_address}, Blob{by_fingerprint}));
    TRY(database.execute(
        fmt::format("UPDATE {} SET state = 'pinned' WHERE address_hash = ? AND fingerprint_hash = ?", table),
        Blob{by_address}, Blob{by_fingerprint}));
  }
  TRY(log(change, cases, actor, "certificate-accepted", fingerprint, at));
  return true;
}

Result<bool> forget_certificates(Change& change, std::string_view address, std::string_view actor,
                                 Instant at) {
  auto& database = change.database();
  const std::string by_address = change.keyring().lookup_hash("address", address);
  TRY_ASSIGN(const auto cases, database.all(
                                   "SELECT DISTINCT case_id FROM kept_certificates WHERE address_hash = ?",
                                   [](const Row& row) { return row.integer(0); }, Blob{by_address}));
  TRY(forget_look_ups(change, address));
  if (cases.empty()) return false;
  TRY(database.execute("DELETE FROM certificates WHERE address_hash = ?", Blob{by_address}));
  TRY(database.execute("UPDATE data_keys SET wrapped = NULL WHERE id IN "
                       "(SELECT key_id FROM added_certificates WHERE address_hash = ?)",
                       Blob{by_address}));
  TRY(database.execute("DELETE FROM added_certificates WHERE address_hash = ?", Blob{by_address}));
  TRY(log(change, cases, actor, "certificates-forgotten", "", at));
  return true;
}

} // namespace cvdesk::store
