#include "desk/decide.hpp"

#include <catch2/catch.hpp>

using namespace cvdesk;
using namespace cvdesk::desk;
using report::Kind;
using Outcome = Decision::Outcome;

namespace {

constexpr Kind all_kinds[] = {Kind::report, Kind::followup, Kind::beg_bounty,    Kind::spam,      Kind::bounce,
                              Kind::auto_reply, Kind::bulk, Kind::undecryptable, Kind::unreadable};

Decision decided(Kind kind, const Known& known = {}) {
  reader::Inspection inspection;
  inspection.facts.kind = kind;
  return decide(inspection, known);
}

Known answering(store::Id id) {
  Known known;
  known.answered_case = id;
  return known;
}

Known tagged(store::Id id, bool contact = false, bool pinned = false) {
  Known known;
  known.tagged_case = id;
  known.sender_is_contact = contact;
  known.signed_by_pinned = pinned;
  return known;
}

} // namespace

TEST_CASE("a mail of no known case opens one, unless it is of a kind that needs none") {
  for (const Kind kind : all_kinds) {
    const bool needs_none = kind == Kind::spam || kind == Kind::bounce || kind == Kind::auto_reply || kind == Kind::bulk;
    const auto decision = decided(kind);
    CAPTURE(report::to_string(kind));
    CHECK(decision.outcome == (needs_none ? Outcome::filed : Outcome::opens_case));
    CHECK(decision.kind == kind);
    CHECK_FALSE(decision.case_id);
    CHECK_FALSE(decision.suggested_link);
  }
}

TEST_CASE("the same mail again is a duplicate, whatever else is known of it") {
  for (const Kind kind : all_kinds) {
    Known known = tagged(7, true, true);
    known.duplicate_of = 3;
    known.answered_case = 8;
    known.returned_case = 9;
    CHECK(decided(kind, known).outcome == Outcome::duplicate);
  }
}

TEST_CASE("an answer to one of our own mails joins its case as a follow-up") {
  for (const Kind kind : {Kind::report, Kind::followup, Kind::beg_bounty, Kind::spam, Kind::bulk}) {
    const auto decision = decided(kind, answering(5));
    CAPTURE(report::to_string(kind));
    CHECK(decision.outcome == Outcome::joins_case);
    CHECK(decision.case_id == 5);
    CHECK(decision.kind == Kind::followup);
  }
}

TEST_CASE("what still has to be opened keeps its kind when it joins") {
  for (const Kind kind : {Kind::undecryptable, Kind::unreadable}) {
    const auto decision = decided(kind, answering(5));
    CHECK(decision.outcome == Outcome::joins_case);
    CHECK(decision.kind == kind);
  }
}

TEST_CASE("a tag joins only with a known contact or the pinned signature") {
  for (const Kind kind : {Kind::report, Kind::followup}) {
    CHECK(decided(kind, tagged(5, true, false)).outcome == Outcome::joins_case);
    CHECK(decided(kind, tagged(5, false, true)).outcome == Outcome::joins_case);
    const auto stranger = decided(kind, tagged(5));
    CHECK(stranger.outcome == Outcome::opens_case);
    CHECK_FALSE(stranger.case_id);
    CHECK(stranger.suggested_link == 5);
    CHECK(stranger.kind == kind);
  }
}

TEST_CASE("being a contact of no tagged case joins nothing") {
  Known known;
  known.sender_is_contact = true;
  known.signed_by_pinned = true;
  CHECK(decided(Kind::report, known).outcome == Outcome::opens_case);
}

TEST_CASE("an unguessable Message-ID counts for more than a tag") {
  Known known = tagged(5, true, true);
  known.answered_case = 6;
  CHECK(decided(Kind::followup, known).case_id == 6);
}

TEST_CASE("spam and bulk that carry the tag of a case are filed, not joined by the tag alone") {
  CHECK(decided(Kind::spam, tagged(5)).outcome == Outcome::filed);
  CHECK(decided(Kind::bulk, tagged(5)).outcome == Outcome::filed);
}

TEST_CASE("what machines send is filed with the case that it concerns") {
  for (const Kind kind : {Kind::bounce, Kind::auto_reply}) {
    Known known = tagged(5, true, true);
    CHECK(decided(kind, known).outcome == Outcome::filed);
    CHECK_FALSE(decided(kind, known).case_id);
    known.answered_case = 6;
    CHECK(decided(kind, known).outcome == Outcome::filed);
    CHECK(decided(kind, known).case_id == 6);
    known.returned_case = 7;
    CHECK(decided(kind, known).case_id == 7);
  }
}

TEST_CASE("a mail that is read again stays with the case that it opened, whatever it turns out to be") {
  for (const Kind kind : all_kinds) {
    Known known;
    known.opened_case = 4;
    const auto decision = decided(kind, known);
    CAPTURE(report::to_string(kind));
    CHECK(decision.outcome == Outcome::opens_case);
    CHECK(decision.case_id == 4);
    known.answered_case = 5; // what it belongs to now is a suggestion
    CHECK(decided(kind, known).case_id == 4);
    CHECK(decided(kind, known).suggested_link == 5);
  }
}

TEST_CASE("a follow-up that is read again stays one, in the case that it joined") {
  for (const Kind kind : all_kinds) {
    Known known = tagged(6);
    known.joined_case = 4;
    const auto decision = decided(kind, known);
    CAPTURE(report::to_string(kind));
    CHECK(decision.outcome == Outcome::joins_case);
    CHECK(decision.case_id == 4);
  }
}

TEST_CASE("each outcome has its word of the contract") {
  CHECK(to_string(Outcome::opens_case) == "case");
  CHECK(to_string(Outcome::joins_case) == "follow-up");
  CHECK(to_string(Outcome::duplicate) == "duplicate");
  CHECK(to_string(Outcome::filed) == "filed");
}
