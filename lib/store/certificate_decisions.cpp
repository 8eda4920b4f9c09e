#include "store/certificate_decisions.hpp"

#include "store/audit.hpp"

#include <string>
#include <vector>

namespace cvdesk::store {

Result<bool> accept_certificate(Change& change, std::string_view address, std::string_view fingerprint,
                                std::string_view actor, Instant at) {
  auto& database = change.database();
  const std::string by_address = change.keyring().lookup_hash("address", address);
  const std::string by_fingerprint = change.keyring().lookup_hash("fingerprint", fingerprint);
  TRY_ASSIGN(const auto cases, database.all("SELECT DISTINCT case_id FROM certificates WHERE address_hash = ? AND fingerprint_hash = ?",
                                            [](const Row& row) { return row.integer(0); }, Blob{by_address}, Blob{by_fingerprint}));
  if (cases.empty()) return false;
  TRY(database.execute("UPDATE certificates SET state = 'conflict' WHERE address_hash = ? AND fingerprint_hash <> ? "
                       "AND state = 'pinned'",
                       Blob{by_address}, Blob{by_fingerprint}));
  TRY(database.execute("UPDATE certificates SET state = 'pinned' WHERE address_hash = ? AND fingerprint_hash = ?",
                       Blob{by_address}, Blob{by_fingerprint}));
  for (const Id case_id : cases)
    TRY(append_event(change, {case_id, actor, "certificate-accepted", fingerprint}, at));
  return true;
}

Result<bool> forget_certificates(Change& change, std::string_view address, std::string_view actor, Instant at) {
  auto& database = change.database();
  const std::string by_address = change.keyring().lookup_hash("address", address);
  TRY_ASSIGN(const auto cases, database.all("SELECT DISTINCT case_id FROM certificates WHERE address_hash = ?",
                                            [](const Row& row) { return row.integer(0); }, Blob{by_address}));
  if (cases.empty()) return false;
  TRY(database.execute("DELETE FROM certificates WHERE address_hash = ?", Blob{by_address}));
  for (const Id case_id : cases)
    TRY(append_event(change, {case_id, actor, "certificates-forgotten", ""}, at));
  return true;
}

} // namespace cvdesk::store
