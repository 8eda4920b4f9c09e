// Words of answers that depend on the case: dates, what is missing, fingerprints.
#pragma once

#include "desk/desk.hpp"
#include "store/cases.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cvdesk::desk {

// The wished language where the organisation writes in it, else its default.
std::string language_for(const Settings& settings, const std::optional<std::string>& wished);

// "woensdag 25 november 2026"; nl, en, de, fr, others in English.
std::string date_in_words(Date date, std::string_view language);

// Questions after "contact", "affected-system", "description", an introduction above them; empty: none.
std::string missing_in_words(const std::vector<std::string>& missing, std::string_view language);

// What stands in the place of a reporter who is not named.
std::string withheld_in_words(std::string_view language);

// A fingerprint in groups of four.
std::string in_groups(std::string_view fingerprint);

// One line of a stranger's text that may stand among our own words: no control or bidirectional characters, no
// line ends, at most `limit` bytes.
std::string one_line(std::string_view utf8, std::size_t limit);

// organisation, address, fingerprint: what says nothing about any case.
Fields desk_fields(const Settings& settings);
// These, and reference, received, assess_by, resolve_by, missing.
Fields case_fields(const Desk& desk, std::string_view language, const store::CaseEntry& entry,
                   const std::vector<store::Deadline>& deadlines, const std::vector<std::string>& missing);

} // namespace cvdesk::desk
