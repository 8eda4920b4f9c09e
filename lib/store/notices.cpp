#include "store/notices.hpp"

namespace cvdesk::store {

Result<void> add_notice(Change& change, const NewNotice& notice, Instant at) {
  return change.database().execute("INSERT INTO notices (at, what, case_id, detail) VALUES (?, ?, ?, ?)", to_unix(at),
                                   notice.what, notice.case_id, notice.detail);
}

Result<bool> any_notice_waits(View& view) {
  TRY_ASSIGN(const auto one, view.database().one("SELECT 1 FROM notices WHERE told_at IS NULL LIMIT 1",
                                                 [](const Row& row) { return row.integer(0); }));
  return one.has_value();
}

Result<std::vector<Notice>> waiting_notices(View& view) {
  return view.database().all("SELECT id, at, what, case_id, detail FROM notices WHERE told_at IS NULL ORDER BY id",
                             [](const Row& row) {
                               return Notice{row.integer(0), from_unix(row.integer(1)), row.bytes(2), row.maybe_integer(3),
                                             row.bytes(4)};
                             });
}

Result<std::optional<Instant>> last_told(View& view) {
  // Rows are told in their order: the newest that was told was told last.
  TRY_ASSIGN(const auto at, view.database().one("SELECT told_at FROM notices WHERE told_at IS NOT NULL ORDER BY id DESC LIMIT 1",
                                                [](const Row& row) { return row.integer(0); }));
  std::optional<Instant> told;
  if (at) told = from_unix(*at);
  return told;
}

Result<void> mark_notices_told(Change& change, Id up_to, Instant at) {
  return change.database().execute("UPDATE notices SET told_at = ? WHERE told_at IS NULL AND id <= ?", to_unix(at), up_to);
}

} // namespace cvdesk::store
