#include "report/table.hpp"

#include "core/text.hpp"

namespace cvdesk::report {

std::vector<Row> read_table(std::string_view tsv) {
  std::vector<Row> rows;
  for (const auto line : split(tsv, '\n')) {
    if (trim(line).empty() || line.front() == '#') continue;
    Row row;
    for (const auto cell : split(line, '\t')) {
      if (!trim(cell).empty()) row.push_back(trim(cell));
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

} // namespace cvdesk::report
