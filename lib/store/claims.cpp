#include "store/claims.hpp"

#include <fmt/core.h>

namespace cvdesk::store {

namespace {

struct SealedDecision {
  Id id = 0;
  bool accepted = false;
  std::string sealed;
};

Result<Id> key_of(View& view, Id case_id) {
  TRY_ASSIGN(const auto key, view.database().one("SELECT key_id FROM cases WHERE id = ?",
                                                 [](const Row& row) { return row.integer(0); }, case_id));
  return key.value_or(0);
}

} // namespace

Result<void> decide_claim(Change& change, Id case_id, const ClaimDecision& decision, Instant at) {
  auto& database = change.database();
  const std::string packed = fmt::format("{}\n{}", decision.kind, decision.value);
  const std::string hash = change.keyring().lookup_hash("claim", packed);
  TRY_ASSIGN(const auto known, database.one("SELECT id FROM claim_decisions WHERE case_id = ? AND value_hash = ?",
                                            [](const Row& row) { return row.integer(0); }, case_id, Blob{hash}));
  if (known) {
    return database.execute("UPDATE claim_decisions SET accepted = ?, decided_at = ? WHERE id = ?", decision.accepted,
                            to_unix(at), *known);
  }
  TRY_ASSIGN(const Id id, change.next_id("claim_decisions"));
  TRY_ASSIGN(const Id key_id, key_of(change, case_id));
  TRY_ASSIGN(const std::string sealed, change.seal(key_id, {"claim_decisions.sealed", id}, packed));
  return database.execute("INSERT INTO claim_decisions (id, case_id, value_hash, accepted, decided_at, sealed) "
                          "VALUES (?, ?, ?, ?, ?, ?)",
                          id, case_id, Blob{hash}, decision.accepted, to_unix(at), Blob{sealed});
}

Result<std::vector<ClaimDecision>> claim_decisions(View& view, Id case_id) {
  TRY_ASSIGN(const auto found,
             view.database().all("SELECT id, accepted, sealed FROM claim_decisions WHERE case_id = ? ORDER BY id",
                                 [](const Row& row) {
                                   return SealedDecision{row.integer(0), row.integer(1) != 0, row.bytes(2)};
                                 },
                                 case_id));
  TRY_ASSIGN(const Id key_id, key_of(view, case_id));
  std::vector<ClaimDecision> decisions;
  for (const auto& sealed : found) {
    auto packed = view.unseal(key_id, {"claim_decisions.sealed", sealed.id}, sealed.sealed);
    // Erased or damaged: what was decided is gone, and with it the right to use what was accepted.
    const bool gone = !packed && (packed.error().kind == ErrorKind::not_found || packed.error().kind == ErrorKind::corrupt);
    if (gone) continue;
    if (!packed) return tl::unexpected(std::move(packed).error());
    const auto end = packed->find('\n');
    if (end != std::string::npos) decisions.push_back({packed->substr(0, end), packed->substr(end + 1), sealed.accepted});
  }
  return decisions;
}

} // namespace cvdesk::store
