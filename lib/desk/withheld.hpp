// The acknowledgement of a case, looked at, and sent by hand where it was withheld (imported without one, switched
// off, a cap was reached). What is never answered of itself is not answered by this verb either: `reply` is.
#pragma once

#include "desk/answer_task.hpp"
#include "desk/desk.hpp"
#include "store/cases.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace cvdesk::desk {

struct CaseAcknowledgement {
  store::CaseEntry entry;
  std::optional<store::Id> owed; // in the outbox, where it is or was
  store::Id mail = 0;            // in the inbox: what it answers
  AnswerTask task;
  Rendered text;
};

// What was, is or would be sent. refused: to nobody, with the reason of addressee_of(); the case was erased, or the
// mail that opened it cannot be read.
Result<CaseAcknowledgement> acknowledgement_of(Desk& desk, std::string_view reference);

// Into the outbox; its number. refused: it is there already.
Result<store::Id> send_withheld(Desk& desk, const CaseAcknowledgement& acknowledgement, std::string_view actor);

} // namespace cvdesk::desk
