#include "desk/decide.hpp"

namespace cvdesk::desk {

using report::Kind;

namespace {

// Machines answer our Message-IDs too: what they send belongs to the case, but is no word of the reporter.
bool is_automatic(Kind kind) { return kind == Kind::bounce || kind == Kind::auto_reply; }

bool opens_a_case(Kind kind) {
  switch (kind) {
  case Kind::report:
  case Kind::beg_bounty:
  case Kind::undecryptable:
  case Kind::unreadable:
  case Kind::followup: // one that cannot be tied safely to its case
    return true;
  case Kind::spam:
  case Kind::bounce:
  case Kind::auto_reply:
  case Kind::bulk:
    return false;
  }
  return true;
}

// A mail that joins is a follow-up, unless it still has to be opened.
Kind kind_of_joining(Kind kind) {
  return kind == Kind::undecryptable || kind == Kind::unreadable ? kind : Kind::followup;
}

} // namespace

Decision decide(const reader::Inspection& inspection, const Known& known) {
  Decision decision;
  decision.kind = inspection.facts.kind;
  if (known.promoted) {
    decision.kind = opens_a_case(decision.kind) ? decision.kind : Kind::report;
    decision.suggested_link = known.answered_case ? known.answered_case : known.tagged_case;
    return decision;
  }
  if (known.duplicate_of) {
    decision.outcome = Decision::Outcome::duplicate;
    return decision;
  }
  if (known.is_ours && !known.opened_case && !known.joined_case) {
    decision.outcome = Decision::Outcome::filed;
    decision.kind = Kind::auto_reply;
    return decision;
  }
  const bool tag_is_safe = known.tagged_case && (known.sender_is_contact || known.signed_by_pinned);
  const auto joined = known.answered_case ? known.answered_case : tag_is_safe ? known.tagged_case : std::nullopt;
  // Read again, a mail stays where it is: the mail that opened a case goes on being that case's first, and a
  // follow-up gets none of the rights of a first mail. What it belongs to now is a suggestion.
  if (known.opened_case) {
    decision.outcome = Decision::Outcome::opens_case;
    decision.case_id = known.opened_case;
    if (known.was_report && !opens_a_case(decision.kind)) decision.kind = Kind::report; // a person said so
    decision.suggested_link = joined ? joined : known.tagged_case;
    return decision;
  }
  if (known.joined_case) {
    decision.outcome = Decision::Outcome::joins_case;
    decision.case_id = known.joined_case;
    decision.kind = kind_of_joining(decision.kind);
    return decision;
  }
  if (is_automatic(decision.kind)) {
    decision.outcome = Decision::Outcome::filed;
    decision.case_id = known.returned_case ? known.returned_case : known.answered_case;
    return decision;
  }
  if (joined) {
    decision.outcome = Decision::Outcome::joins_case;
    decision.case_id = joined;
    decision.kind = kind_of_joining(decision.kind);
    return decision;
  }
  if (opens_a_case(decision.kind)) {
    decision.outcome = Decision::Outcome::opens_case;
    decision.suggested_link = known.tagged_case;
    return decision;
  }
  decision.outcome = Decision::Outcome::filed;
  return decision;
}

std::string_view to_string(Decision::Outcome outcome) {
  switch (outcome) {
  case Decision::Outcome::opens_case:
    return "case";
  case Decision::Outcome::joins_case:
    return "follow-up";
  case Decision::Outcome::duplicate:
    return "duplicate";
  case Decision::Outcome::filed:
    return "filed";
  }
  return "";
}

} // namespace cvdesk::desk
