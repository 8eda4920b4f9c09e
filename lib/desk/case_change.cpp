#include "desk/case_change.hpp"

#include "core/text.hpp"
#include "desk/case_work.hpp"
#include "store/audit.hpp"

#include <fmt/core.h>

namespace cvdesk::desk {

namespace {

// "12", "cvd-2026-0012", "[CVD-2026-0012]" → "CVD-2026-0012".
std::string canonical(const Desk& desk, std::string_view reference) {
  std::string text = ascii_upper(trim(reference));
  if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
  const bool number = !text.empty() && text.size() <= 6 && text.find_first_not_of("0123456789") == std::string::npos;
  if (!number) return text;
  return fmt::format("CVD-{:04}-{:04}", static_cast<int>(desk.calendar().local_date(now()).year()), std::stoi(text));
}

} // namespace

Result<store::CaseEntry> find_case_in(store::View& view, const Desk& desk, std::string_view reference) {
  const std::string name = canonical(desk, reference);
  TRY_ASSIGN(const auto found, store::find_case_by_reference(view, name));
  if (!found) {
    return fail(ErrorKind::not_found, fmt::format("there is no case {}", shorten(safe_for_terminal(name), 40)),
                "cvdesk list --all");
  }
  return *found;
}

Result<store::CaseEntry> find_case(Desk& desk, std::string_view reference) {
  return desk.store().read([&](store::View& view) { return find_case_in(view, desk, reference); });
}

Result<void> change_case(Desk& desk, std::string_view reference, std::string_view actor, const CaseChange& change) {
  return desk.store().write([&](store::Change& transaction) -> Result<void> {
    TRY_ASSIGN(store::CaseEntry entry, find_case_in(transaction, desk, reference));
    if (entry.sheet.empty()) return fail(ErrorKind::refused, fmt::format("{} has been erased", entry.reference));
    TRY_ASSIGN(Sheet sheet, sheet_from_json(entry.sheet));
    TRY_ASSIGN(const Done done, change(transaction, entry, sheet));
    entry.sheet = to_json(sheet);
    TRY(store::save_case(transaction, entry));
    return store::append_event(transaction, {entry.id, actor, done.action, done.detail}, now());
  });
}

} // namespace cvdesk::desk
