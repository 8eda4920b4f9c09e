#pragma once

#include "report/facts.hpp"

#include <vector>

namespace cvdesk::desk {

// Leaves the evidence of what is among the case's facts: a person may have set others, and what a later mail
// says about its sender is not taken over.
void keep_relevant(std::vector<report::Evidence>& evidence, const report::Facts& facts);

} // namespace cvdesk::desk
