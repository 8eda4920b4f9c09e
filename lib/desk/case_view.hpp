// A case as the team sees it: what its mails say, taken together, with what the team has set.
#pragma once

#include "desk/case_certificates.hpp"
#include "desk/correspondents.hpp"
#include "desk/desk.hpp"
#include "desk/sheet.hpp"
#include "reader/inspection.hpp"
#include "store/audit.hpp"
#include "store/cases.hpp"
#include "store/inbox.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace cvdesk::desk {

struct CaseMessage {
  store::Id id = 0;
  bool incoming = true;
  std::optional<store::Id> inbox_id;
  std::string from;
  std::vector<std::string> to;
  std::string subject;
  std::optional<Instant> date;
  std::string message_id;
  std::string text;
  reader::Protection protection;
  std::vector<report::Evidence> evidence; // of what the case's facts take from it
  std::string state; // of an outgoing one: waiting, sent, failed, cancelled
  std::string side = "reporter"; // who wrote it: reporter, partner, team
  std::string reference;         // of the case that it belongs to: a linked one shows together with this
  std::vector<SentFile> files;   // of an outgoing one
  std::vector<std::string> defects; // what was wrong with an incoming one, in words
};

struct CaseAttachment {
  int id = 0;
  store::Id message = 0;
  store::Id inbox_id = 0;
  reader::Attachment file;
};

struct CaseLink {
  std::string reference;
  std::string relation;
  std::optional<std::string> reason; // of a suggested one
};

struct CaseView {
  store::CaseEntry entry;
  Sheet sheet;
  report::Facts facts; // of all its mails
  std::vector<CaseAttachment> attachments;
  std::vector<CaseMessage> messages;
  std::vector<store::Deadline> deadlines;
  std::vector<CaseLink> links;
  std::vector<std::string> duplicates; // references of the cases that are duplicates of this one
  Correspondents correspondents;
  std::vector<CaseCertificate> certificates;
  std::vector<store::Event> notes;
};

Result<CaseView> view_case(Desk& desk, std::string_view reference);

// A case in a list, without its conversation.
struct CaseSummary {
  store::CaseEntry entry;
  Sheet sheet;
  std::optional<store::Deadline> next_deadline; // the nearest that is not met
};
Result<std::vector<CaseSummary>> list_cases(Desk& desk);

// One mail with all that was read out of it. not_found: no such message.
struct MailView {
  store::InboxEntry entry;
  std::optional<std::string> reference; // of its case
  std::optional<reader::Inspection> inspection; // unset: not read yet
};
Result<MailView> view_mail(Desk& desk, store::Id message);
// Each mail in turn, oldest first; one at a time in memory.
Result<void> visit_inbox(Desk& desk, const std::function<void(const MailView&)>& visit);

} // namespace cvdesk::desk
