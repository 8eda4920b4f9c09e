// The mails of a case in their order, and on whose side each stands: what `show`, replies and passing on need.
#pragma once

#include "desk/answer_task.hpp"
#include "desk/desk.hpp"
#include "reader/inspection.hpp"
#include "store/cases.hpp"
#include "store/inbox.hpp"
#include "store/outbox.hpp"

#include <optional>
#include <string>
#include <vector>

namespace cvdesk::desk {

struct Letter {
  store::Id id = 0; // in the conversation
  // Incoming:
  std::optional<store::InboxEntry> mail;
  reader::Inspection inspection;
  bool opened_case = false;
  // The certificate that signed this mail as a whole is pinned to the case: it speaks for the reporter.
  bool vouched = false;
  bool from_partner = false;
  // Outgoing:
  std::optional<store::OutboxEntry> outgoing;
  AnswerTask task;

  bool is_from_reporter() const { return mail && !from_partner; }
  // Addr-spec of the single From, lower case; empty where there is not exactly one.
  std::string sender() const;
};

struct Conversation {
  std::vector<Letter> letters;
  std::vector<std::string> partners; // addresses that the case was passed on to, lower case
  // Something in it came or went encrypted, or cannot be read so that nobody knows: nothing of it may go out
  // readable.
  bool secret = false;

  const Letter* opening() const; // the mail that opened the case; null where it cannot be read
  store::Id last() const;        // of the newest letter; 0: none
};

// Mails that are damaged are left out.
Result<Conversation> read_conversation(store::View& view, store::Id case_id);

// The cases whose conversations show together with this one, itself first: those that a person linked. With
// `duplicates` also those that are marked as duplicates of it. Erased ones are left out.
Result<std::vector<store::CaseEntry>> cases_together(store::View& view, const store::CaseEntry& entry, bool duplicates);

// Something came or went encrypted in this case, in one that shows together with it, in a duplicate of it or in what
// it is a duplicate of: one matter, of which nothing goes out readable.
Result<bool> is_secret_matter(store::View& view, const store::CaseEntry& entry);

// The newest reading of a mail; unset where it is not read yet, or damaged.
Result<std::optional<reader::Inspection>> inspection_of(store::View& view, const store::InboxEntry& entry);

} // namespace cvdesk::desk
