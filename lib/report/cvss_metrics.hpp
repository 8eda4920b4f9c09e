// A vector taken apart; shared by the versions.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace cvdesk::report {

using Metrics = std::map<std::string, std::string, std::less<>>; // "AV" → "N"

Metrics metrics_of(std::string_view vector); // without its prefix
// Of metrics that check_cvss accepted, with the threat and environmental ones that are given.
double score_4(const Metrics& metrics);

} // namespace cvdesk::report
