#include "store/marks.hpp"

namespace cvdesk::store {

Result<void> set_marks(Change& change, Id case_id, const std::vector<Mark>& marks) {
  TRY(remove_marks(change, case_id));
  for (const auto& mark : marks) {
    const std::string hash = change.keyring().lookup_hash("mark " + mark.kind, mark.value);
    TRY(change.database().execute("INSERT INTO case_marks (case_id, kind, hash) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                                  case_id, mark.kind, Blob{hash}));
  }
  return {};
}

Result<void> remove_marks(Change& change, Id case_id) {
  return change.database().execute("DELETE FROM case_marks WHERE case_id = ?", case_id);
}

Result<std::vector<SharedMarks>> shared_marks(View& view, Id case_id) {
  // A host and a kind of weakness are shared by many: what is rarer comes first to the 500.
  return view.database().all(
      "SELECT other.case_id, other.kind, COUNT(*) FROM case_marks AS own JOIN case_marks AS other ON other.hash = own.hash "
      "WHERE own.case_id = ? AND other.case_id < own.case_id AND other.kind = own.kind "
      "AND EXISTS (SELECT 1 FROM case_marks AS a JOIN case_marks AS b ON b.hash = a.hash "
      "WHERE a.case_id = own.case_id AND b.case_id = other.case_id AND a.kind IN ('url', 'cve', 'text')) "
      "GROUP BY other.case_id, other.kind ORDER BY other.case_id DESC LIMIT 500",
      [](const Row& row) { return SharedMarks{row.integer(0), row.bytes(1), static_cast<int>(row.integer(2))}; }, case_id);
}

} // namespace cvdesk::store
