#include "store/certificates.hpp"

#include <fmt/core.h>

namespace cvdesk::store {

namespace {

constexpr std::string_view columns =
    "SELECT id, case_id, state, seen_at, sealed, key_id, source FROM kept_certificates";

constexpr std::string_view sealed_column = "certificates.sealed";
constexpr std::string_view added_column = "added_certificates.sealed";

struct SealedCertificate {
  CertificateEntry entry;
  std::string sealed;
  Id key_id;
};

SealedCertificate to_certificate(const Row& row) {
  return {{row.integer(0), row.integer(1), row.bytes(2), from_unix(row.integer(3)), {}, {}, {}, row.bytes(6)},
          row.bytes(4),
          row.integer(5)};
}

// Sealed together, one line each, the bytes last.
std::string pack(const NewCertificate& certificate) {
  return fmt::format("{}\n{}\n{}", certificate.address, certificate.fingerprint, certificate.blob);
}

Result<std::vector<CertificateEntry>> unseal_all(View& view, std::vector<SealedCertificate> found) {
  std::vector<CertificateEntry> entries;
  for (auto& sealed : found) {
    const auto column = sealed.entry.case_id == 0 ? added_column : sealed_column;
    auto packed = view.unseal(sealed.key_id, {column, sealed.entry.id}, sealed.sealed);
    // Its case was erased, or its seal is broken: then it is of no use, and no reason to stop.
    if (!packed && (packed.error().kind == ErrorKind::not_found || packed.error().kind == ErrorKind::corrupt))
      continue;
    if (!packed) return tl::unexpected(std::move(packed).error());
    const auto first = packed->find('\n');
    const auto second = packed->find('\n', first + 1);
    if (second == std::string::npos)
      return fail(ErrorKind::corrupt, fmt::format("certificate {} is damaged", sealed.entry.id));
    sealed.entry.address = packed->substr(0, first);
    sealed.entry.fingerprint = packed->substr(first + 1, second - first - 1);
    sealed.entry.blob = packed->substr(second + 1);
    entries.push_back(std::move(sealed.entry));
  }
  return entries;
}

} // namespace

Result<void> keep_certificate(Change& change, const NewCertificate& certificate, Instant at) {
  auto& database = change.database();
  const std::string address = change.keyring().lookup_hash("address", certificate.address);
  const std::string fingerprint = change.keyring().lookup_hash("fingerprint", certificate.fingerprint);
  TRY_ASSIGN(const auto known, database.one(
                                   "SELECT id, state FROM certificates WHERE case_id = ? AND address_hash = "
                                   "? AND fingerprint_hash = ?",
                                   [](const Row& row) { return std::pair(row.integer(0), row.bytes(1)); },
                                   certificate.case_id, Blob{address}, Blob{fingerprint}));
  TRY_ASSIGN(const auto key_id, database.one(
                                    "SELECT key_id FROM cases WHERE id = ?",
                                    [](const Row& row) { return row.integer(0); }, certificate.case_id));
  Id id = 0;
  if (known) {
    id = known->first;
  } else {
    TRY_ASSIGN(id, change.next_id("certificates"));
  }
  TRY_ASSIGN(const std::string sealed,
             change.seal(key_id.value_or(0), {sealed_column, id}, pack(certificate)));
  if (known) {
    const bool rises = known->second == "offered" && certificate.state == "pinned";
    return database.execute(
        "UPDATE certificates SET sealed = ?, state = ?, source = CASE WHEN source = 'wkd' THEN 'wkd' ELSE ? END "
        "WHERE id = ?",
        Blob{sealed}, rises ? certificate.state : known->second, certificate.source, id);
  }
  return database.execute(
      "INSERT INTO certificates (id, case_id, address_hash, fingerprint_hash, state, source, seen_at, sealed) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      id, certificate.case_id, Blob{address}, Blob{fingerprint}, certificate.state, certificate.source, to_unix(at),
      Blob{sealed});
}

Result<std::string> add_certificate(Change& change, const NewCertificate& certificate, Instant at) {
  auto& database = change.database();
  const std::string address = change.keyring().lookup_hash("address", certificate.address);
  const std::string fingerprint = change.keyring().lookup_hash("fingerprint", certificate.fingerprint);
  TRY_ASSIGN(const auto other,
             database.one(
                 "SELECT 1 FROM kept_certificates WHERE address_hash = ? AND fingerprint_hash <> ? "
                 "AND state = 'pinned' LIMIT 1",
                 [](const Row& row) { return row.integer(0); }, Blob{address}, Blob{fingerprint}));
  const std::string state = other ? "conflict" : "pinned";
  TRY_ASSIGN(const auto known,
             database.one(
                 "SELECT id, key_id FROM added_certificates WHERE address_hash = ? AND fingerprint_hash = ?",
                 [](const Row& row) { return std::pair(row.integer(0), row.integer(1)); }, Blob{address},
                 Blob{fingerprint}));
  if (known) {
    TRY_ASSIGN(const std::string sealed,
               change.seal(known->second, {added_column, known->first}, pack(certificate)));
    TRY(database.execute("UPDATE added_certificates SET sealed = ?, state = ? WHERE id = ?", Blob{sealed},
                         state, known->first));
    return state;
  }
  TRY_ASSIGN(const Id key_id, change.new_data_key());
  TRY_ASSIGN(const Id id, change.next_id("added_certificates"));
  TRY_ASSIGN(const std::string sealed, change.seal(key_id, {added_column, id}, pack(certificate)));
  TRY(database.execute(
      "INSERT INTO added_certificates (id, key_id, address_hash, fingerprint_hash, state, added_at, sealed) "
      "VALUES (?, ?, ?, ?, ?, ?, ?)",
      id, key_id, Blob{address}, Blob{fingerprint}, state, to_unix(at), Blob{sealed}));
  return state;
}

Result<std::vector<CertificateEntry>> certificates_for(View& view, std::string_view address) {
  const std::string hash = view.keyring().lookup_hash("address", address);
  TRY_ASSIGN(auto found,
             view.database().all(fmt::format("{} WHERE address_hash = ? ORDER BY state <> 'pinned', "
                                             "seen_at DESC, id DESC",
                                             columns),
                                 to_certificate, Blob{hash}));
  return unseal_all(view, std::move(found));
}

Result<std::vector<CertificateEntry>> certificates_of_case(View& view, Id case_id) {
  TRY_ASSIGN(auto found, view.database().all(fmt::format("{} WHERE case_id = ? ORDER BY state <> 'pinned', "
                                                         "seen_at DESC, id DESC",
                                                         columns),
                                             to_certificate, case_id));
  return unseal_all(view, std::move(found));
}

Result<std::vector<CertificateEntry>> certificates_by_fingerprint(View& view, std::string_view fingerprint) {
  const std::string hash = view.keyring().lookup_hash("fingerprint", fingerprint);
  TRY_ASSIGN(auto found,
             view.database().all(fmt::format("{} WHERE fingerprint_hash = ? ORDER BY case_id, id", columns),
                                 to_certificate, Blob{hash}));
  return unseal_all(view, std::move(found));
}

Result<std::vector<CertificateEntry>> certificates(View& view) {
  TRY_ASSIGN(auto found,
             view.database().all(fmt::format("{} ORDER BY case_id, id", columns), to_certificate));
  return unseal_all(view, std::move(found));
}

} // namespace cvdesk::store
