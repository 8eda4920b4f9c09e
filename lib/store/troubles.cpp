#include "store/troubles.hpp"

namespace cvdesk::store {

namespace {
Trouble to_trouble(const Row& row) { return {row.bytes(0), from_unix(row.integer(1)), row.integer(2) != 0}; }
} // namespace

Result<std::vector<Trouble>> troubles(View& view) {
  return view.database().all("SELECT name, since, told FROM troubles ORDER BY name", to_trouble);
}

Result<std::optional<Trouble>> find_trouble(View& view, std::string_view name) {
  return view.database().one("SELECT name, since, told FROM troubles WHERE name = ?", to_trouble, name);
}

Result<void> begin_trouble(Change& change, std::string_view name, Instant since) {
  return change.database().execute("INSERT INTO troubles (name, since) VALUES (?, ?) ON CONFLICT DO NOTHING", name,
                                   to_unix(since));
}

Result<void> mark_trouble_told(Change& change, std::string_view name) {
  return change.database().execute("UPDATE troubles SET told = 1 WHERE name = ?", name);
}

Result<void> end_trouble(Change& change, std::string_view name) {
  return change.database().execute("DELETE FROM troubles WHERE name = ?", name);
}

} // namespace cvdesk::store
