#include "desk/relations.hpp"

#include "desk/case_work.hpp"
#include "store/audit.hpp"
#include "store/cases.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace cvdesk::desk {

namespace {

using store::CaseEntry;
using store::Change;

struct Pair {
  CaseEntry first;
  CaseEntry second;
};

// Finds both, runs `work(change, pair)`, and writes the event on each of them.
template <class Work>
Result<void> relate(Desk& desk, std::string_view reference, std::string_view other, std::string_view actor,
                    std::string_view action, Work work) {
  TRY_ASSIGN(const CaseEntry first, find_case(desk, reference));
  TRY_ASSIGN(const CaseEntry second, find_case(desk, other));
  if (first.id == second.id) return fail(ErrorKind::usage, "a case cannot be related to itself");
  return desk.store().write([&](Change& change) -> Result<void> {
    // Anew, inside the transaction: one of them may have been erased meanwhile.
    TRY_ASSIGN(const auto one, store::find_case(change, first.id));
    TRY_ASSIGN(const auto two, store::find_case(change, second.id));
    for (const auto* entry : {&one, &two}) {
      if (!*entry || (*entry)->sheet.empty()) return fail(ErrorKind::refused, "one of the cases has been erased");
    }
    TRY(work(change, Pair{*one, *two}));
    TRY(store::append_event(change, {one->id, actor, action, two->reference}, now()));
    return store::append_event(change, {two->id, actor, action, one->reference}, now());
  });
}

Result<int> remove_all(Change& change, const Pair& pair) {
  TRY_ASSIGN(const int there, store::remove_links(change, pair.first.id, pair.second.id));
  TRY_ASSIGN(const int back, store::remove_links(change, pair.second.id, pair.first.id));
  return there + back;
}

} // namespace

Result<void> link(Desk& desk, std::string_view reference, std::string_view other, std::string_view actor) {
  return relate(desk, reference, other, actor, "linked", [](Change& change, const Pair& pair) -> Result<void> {
    TRY(remove_all(change, pair));
    TRY(store::add_link(change, pair.first.id, {pair.second.id, "related"}));
    return store::add_link(change, pair.second.id, {pair.first.id, "related"});
  });
}

Result<void> mark_duplicate(Desk& desk, std::string_view reference, std::string_view of, std::string_view actor) {
  return relate(desk, reference, of, actor, "duplicate", [](Change& change, const Pair& pair) -> Result<void> {
    TRY_ASSIGN(const auto back, store::links(change, pair.second.id));
    const bool reversed = std::any_of(back.begin(), back.end(), [&](const store::Link& link) {
      return link.other == pair.first.id && link.relation == "duplicate-of";
    });
    if (reversed) {
      return fail(ErrorKind::refused, fmt::format("{} is a duplicate of {} already", pair.second.reference, pair.first.reference),
                  fmt::format("cvdesk unlink {} {}", pair.second.reference, pair.first.reference));
    }
    TRY(remove_all(change, pair));
    return store::add_link(change, pair.first.id, {pair.second.id, "duplicate-of"});
  });
}

Result<void> unlink(Desk& desk, std::string_view reference, std::string_view other, std::string_view actor) {
  return relate(desk, reference, other, actor, "unlinked", [](Change& change, const Pair& pair) -> Result<void> {
    TRY_ASSIGN(const int removed, remove_all(change, pair));
    if (removed == 0) {
      return fail(ErrorKind::not_found, fmt::format("nothing relates {} and {}", pair.first.reference, pair.second.reference));
    }
    return {};
  });
}

} // namespace cvdesk::desk
