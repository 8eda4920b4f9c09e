// The tables in lib/report/data: one row a line, cells parted by tabs, "#" starts a comment line.
#pragma once

#include <string_view>
#include <vector>

namespace cvdesk::report {

extern const char* const weaknesses_tsv;
extern const char* const phrases_tsv;
extern const char* const hosts_tsv;
extern const char* const cvss4_tsv;

using Row = std::vector<std::string_view>;

// Cells are trimmed; a run of tabs counts as one, so that columns may be aligned.
std::vector<Row> read_table(std::string_view tsv);

} // namespace cvdesk::report
