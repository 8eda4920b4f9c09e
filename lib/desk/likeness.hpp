// Whether two cases report the same thing: by what they name and how they say it. It suggests; a person
// decides.
#pragma once

#include "reader/inspection.hpp"
#include "store/marks.hpp"

#include <string>
#include <vector>

namespace cvdesk::desk {

// What a report is recognised by: pages (not the bare host), hosts, weaknesses, and a sketch of its words
// (MinHash over runs of three words). At most 100.
std::vector<store::Mark> marks_of(const reader::Inspection& inspection);

struct Alike {
  store::Id other = 0;
  int points = 0;
  std::string reason; // in words; names nothing that the mails say but kinds of things
};
// Of what is shared with older cases those that are alike enough, the likest first, at most three.
std::vector<Alike> alike_among(const std::vector<store::SharedMarks>& shared);

} // namespace cvdesk::desk
