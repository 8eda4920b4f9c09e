// CVSS vectors, versions 2.0, 3.0, 3.1 and 4.0 (FIRST): checked against the specification, and scored.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cvdesk::report {

// The vector in its canonical form ("CVSS:3.1/AV:N/…"; version 2 without prefix) when every metric is known,
// none is there twice and all base metrics are there; else unset. `version`: what the text says where the
// vector has no prefix ("3.1", "4.0"); empty: a vector of version 3 without prefix stays without.
std::optional<std::string> check_cvss(std::string_view vector, std::string_view version = {});

// The score of a vector that check_cvss accepted: the base score; of version 4.0 the one with the threat and
// environmental metrics that it gives.
std::optional<double> cvss_base_score(std::string_view vector);

// All valid vectors in a text, in order, at most 20.
std::vector<std::string> find_cvss(std::string_view text);

} // namespace cvdesk::report
