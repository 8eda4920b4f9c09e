// bytes (and what was opened of them so far) → Inspection. Pure: it can run in a process that may do nothing
// but compute, and be fuzzed without a world.
#pragma once

#include "core/result.hpp"
#include "mime/message.hpp"
#include "reader/inspection.hpp"
#include "report/read.hpp"

#include <string_view>
#include <vector>

namespace cvdesk::reader {

struct Reading {
  Inspection inspection;
  std::vector<Pending> pending; // what has still to be opened before the inspection is complete; at most 16
};

struct Task {
  std::string_view raw;
  const std::vector<Opening>* openings = nullptr; // may be null: nothing opened yet
  const report::Vantage* vantage = nullptr;
  mime::Limits limits;
};

// Called again with the openings of what was pending, until nothing is. Nested protection is followed to a
// depth of 4. too_big: the mail breaches a limit of mime::Limits.
Result<Reading> inspect(const Task& task);

// The content of one attachment of the inspection, by its id.
Result<std::string> extract_attachment(const Task& task, int id);

} // namespace cvdesk::reader
