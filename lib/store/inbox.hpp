// Every mail received, its raw bytes, what became of it; and the ledger of what each server has given us.
#pragma once

#include "store/view.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cvdesk::store {

// A message on an IMAP server (RFC 3501, 2.3.1.1).
struct ServerUid {
  std::string mailbox; // name in the configuration
  std::uint32_t validity = 0;
  std::uint32_t uid = 0;
};

struct InboxEntry {
  Id id = 0;
  Id key_id = 0;
  std::string mailbox;
  std::string source; // "imap" or "import"
  bool done = false;  // it is known what became of it
  bool acknowledge = true; // false: imported with --no-acknowledge
  bool whole = true;       // false: only its header was taken in, the mail was too large
  Instant received;
  std::int64_t size = 0; // bytes of the whole mail
  std::optional<std::string> kind;
  std::optional<std::string> result; // case, follow-up, duplicate, filed, failed
  std::optional<Id> case_id;
  std::optional<Id> duplicate_of;
  bool reviewed = false;
};

struct NewMail {
  std::string mailbox;
  std::string source = "imap";
  bool acknowledge = true;
  bool whole = true;
  std::int64_t size = 0; // of the whole mail
  Instant received;
  std::string_view raw;
  std::optional<ServerUid> server_uid;
};

struct TakenIn {
  Id id = 0;
  bool known = false; // these exact bytes were in already; nothing was added but the ledger entry
};

Result<TakenIn> take_in(Change& change, const NewMail& mail);

// The UIDs of this mailbox and UIDVALIDITY that are in the ledger, ascending.
Result<std::vector<std::uint32_t>> known_uids(View& view, std::string_view mailbox, std::uint32_t validity);
// In the ledger, done, and not settled on the server yet.
Result<std::vector<std::uint32_t>> unsettled_uids(View& view, std::string_view mailbox, std::uint32_t validity);
Result<void> mark_settled(Change& change, std::string_view mailbox, std::uint32_t validity,
                          const std::vector<std::uint32_t>& uids);

// Ids of mails that nobody has looked at yet, oldest first, from `after` on.
Result<std::vector<Id>> unread(View& view, Id after, int most);
Result<std::optional<InboxEntry>> find_mail(View& view, Id id);
Result<std::vector<InboxEntry>> inbox(View& view);
Result<std::int64_t> count_unreviewed(View& view); // filed without a case, and nobody has looked
Result<std::string> raw_bytes(View& view, const InboxEntry& entry);

struct Reading {
  std::string openings;   // JSON of reader::Opening
  std::string inspection; // JSON of reader::Inspection
};
Result<std::optional<Reading>> reading(View& view, const InboxEntry& entry);
Result<void> save_reading(Change& change, const InboxEntry& entry, const Reading& reading);

struct Outcome {
  std::string kind;
  std::string result;
  std::optional<Id> case_id;
  std::optional<Id> duplicate_of;
  std::string message_id;  // empty: none
  std::string likeness;    // what makes two deliveries the same mail; empty: cannot be told
};
Result<void> settle_mail(Change& change, Id id, const Outcome& outcome);
// Back to the state before it was looked at (its case, if it has one, stays linked).
Result<void> reopen_mail(Change& change, Id id);
Result<void> mark_reviewed(Change& change, Id id);

// An earlier mail with this likeness.
Result<std::optional<Id>> find_alike(View& view, std::string_view likeness, Id other_than);

} // namespace cvdesk::store
