// How every verb changes a case: found by its reference, changed, saved and logged in one transaction.
#pragma once

#include "desk/desk.hpp"
#include "desk/sheet.hpp"
#include "store/cases.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace cvdesk::desk {

// As find_case() of case_work.hpp, within a view of the caller's.
Result<store::CaseEntry> find_case_in(store::View& view, const Desk& desk, std::string_view reference);

// The event that stands for the change.
struct Done {
  std::string action;
  std::string detail;
};
using CaseChange = std::function<Result<Done>(store::Change&, store::CaseEntry&, Sheet&)>;

// Saves case and sheet as `change` left them. refused: the case was erased.
Result<void> change_case(Desk& desk, std::string_view reference, std::string_view actor, const CaseChange& change);

} // namespace cvdesk::desk
