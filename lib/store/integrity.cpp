#include "store/integrity.hpp"

#include "store/audit.hpp"

#include <fmt/core.h>

namespace cvdesk::store {

namespace {

constexpr std::size_t problem_limit = 100;

// Each sealed column: rows of (row id, key id, sealed bytes).
struct SealedColumn {
  std::string_view name;
  std::string_view ids;   // SELECT id, key_id
  std::string_view value; // SELECT sealed WHERE id = ?
};

constexpr SealedColumn sealed_columns[] = {
    {"cases.sealed", "SELECT id, key_id FROM cases", "SELECT sealed FROM cases WHERE id = ?"},
    {"raw_mails.sealed", "SELECT id, key_id FROM inbox", "SELECT sealed FROM raw_mails WHERE inbox_id = ?"},
    {"readings.openings", "SELECT id, key_id FROM inbox JOIN readings ON inbox_id = id",
     "SELECT openings FROM readings WHERE inbox_id = ?"},
    {"readings.inspection", "SELECT id, key_id FROM inbox JOIN readings ON inbox_id = id",
     "SELECT inspection FROM readings WHERE inbox_id = ?"},
    {"outbox.task", "SELECT id, key_id FROM outbox", "SELECT task FROM outbox WHERE id = ?"},
    {"outbox.last_error", "SELECT id, key_id FROM outbox WHERE last_error IS NOT NULL",
     "SELECT last_error FROM outbox WHERE id = ?"},
    {"outbox_mails.sealed", "SELECT id, key_id FROM outbox JOIN outbox_mails ON outbox_id = id",
     "SELECT sealed FROM outbox_mails WHERE outbox_id = ?"},
    {"certificates.sealed", "SELECT c.id, k.key_id FROM certificates c JOIN cases k ON k.id = c.case_id",
     "SELECT sealed FROM certificates WHERE id = ?"},
    {"added_certificates.sealed", "SELECT id, key_id FROM added_certificates", "SELECT sealed FROM added_certificates WHERE id = ?"},
    {"certificate_look_ups.sealed", "SELECT id, key_id FROM certificate_look_ups", "SELECT sealed FROM certificate_look_ups WHERE id = ?"},
    {"claim_decisions.sealed", "SELECT d.id, k.key_id FROM claim_decisions d JOIN cases k ON k.id = d.case_id",
     "SELECT sealed FROM claim_decisions WHERE id = ?"},
    {"events.detail", "SELECT e.id, k.key_id FROM events e JOIN cases k ON k.id = e.case_id WHERE e.detail IS NOT NULL",
     "SELECT detail FROM events WHERE id = ?"},
};

class Check {
public:
  explicit Check(View& view) : view_(view) {}

  Result<IntegrityReport> run() {
    TRY(count());
    TRY(sqlite_check("PRAGMA integrity_check(20)"));
    TRY(foreign_keys());
    for (const auto& column : sealed_columns) {
      TRY(seals(column));
    }
    TRY_ASSIGN(const ChainReport chain, check_chain(view_));
    for (const auto& problem : chain.problems) {
      complain(problem);
    }
    report_.events = chain.entries;
    report_.chain_head = chain.head;
    return std::move(report_);
  }

private:
  void complain(std::string problem) {
    if (report_.problems.size() < problem_limit) report_.problems.push_back(std::move(problem));
  }

  Result<void> count() {
    const auto number = [](const Row& row) { return row.integer(0); };
    TRY_ASSIGN(const auto mails, view_.database().one("SELECT count(*) FROM inbox", number));
    TRY_ASSIGN(const auto cases, view_.database().one("SELECT count(*) FROM cases", number));
    report_.mails = mails.value_or(0);
    report_.cases = cases.value_or(0);
    return {};
  }

  Result<void> sqlite_check(std::string_view pragma) {
    TRY_ASSIGN(const auto lines, view_.database().all(pragma, [](const Row& row) { return row.bytes(0); }));
    for (const auto& line : lines) {
      if (line != "ok") complain(fmt::format("SQLite: {}", line));
    }
    return {};
  }

  Result<void> foreign_keys() {
    TRY_ASSIGN(const auto rows, view_.database().all("PRAGMA foreign_key_check", [](const Row& row) {
      return fmt::format("{} {} points to a row that is not there", row.bytes(0), row.integer(1));
    }));
    for (const auto& row : rows) {
      complain(row);
    }
    return {};
  }

  Result<void> seals(const SealedColumn& column) {
    TRY_ASSIGN(const auto ids, view_.database().all(column.ids, [](const Row& row) {
      return std::pair(row.integer(0), row.integer(1));
    }));
    for (const auto& [id, key_id] : ids) {
      TRY_ASSIGN(const auto sealed,
                 view_.database().one(column.value, [](const Row& row) { return row.bytes(0); }, id));
      if (!sealed) {
        complain(fmt::format("{} {} is missing", column.name, id));
        continue;
      }
      const auto text = view_.unseal(key_id, {column.name, id}, *sealed);
      if (text) {
        ++report_.seals;
      } else if (text.error().kind == ErrorKind::not_found) {
        ++report_.erased;
      } else {
        complain(text.error().what);
      }
    }
    return {};
  }

  View& view_;
  IntegrityReport report_;
};

} // namespace

Result<IntegrityReport> check_integrity(Store& store) {
  return store.read([](View& view) { return Check(view).run(); });
}

} // namespace cvdesk::store
