// (what a mail says, what the store knows) → what becomes of it. Pure, so that it can be tested as a table.
#pragma once

#include "reader/inspection.hpp"
#include "store/view.hpp"

#include <optional>
#include <string>

namespace cvdesk::desk {

// What the store knows that matters for this one mail.
struct Known {
  std::optional<store::Id> duplicate_of;    // the same mail is in already
  std::optional<store::Id> answered_case;   // it answers one of our own, unguessable Message-IDs
  std::optional<store::Id> tagged_case;     // the case of the tag that it carries, if there is one
  bool sender_is_contact = false;           // of the tagged case
  bool signed_by_pinned = false;            // whole, by the certificate pinned to the tagged case
  std::optional<store::Id> returned_case;   // a bounce: the case of the mail that it returns
  std::optional<store::Id> opened_case;     // read again: the case that this mail opened before
  std::optional<store::Id> joined_case;     // read again: the case that it joined before
  bool was_report = false;                  // read again: it was taken for a report
  bool promoted = false;                    // a person says that it is a report
  bool is_ours = false;                     // a mail of ours that came back by a list, say: our address, our Message-ID
};

struct Decision {
  enum class Outcome { opens_case, joins_case, duplicate, filed };
  Outcome outcome = Outcome::opens_case;
  report::Kind kind = report::Kind::report;
  std::optional<store::Id> case_id;        // joined; or the case that a filed bounce or auto-reply concerns
  std::optional<store::Id> suggested_link; // for a case of its own
};

Decision decide(const reader::Inspection& inspection, const Known& known);

// "case", "follow-up", "duplicate", "filed"
std::string_view to_string(Decision::Outcome outcome);

} // namespace cvdesk::desk
