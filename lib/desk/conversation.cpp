#include "desk/conversation.hpp"

#include "core/text.hpp"
#include "store/certificates.hpp"

#include <algorithm>
#include <set>

namespace cvdesk::desk {

namespace {

using store::Id;
using store::View;

class ConversationReader {
public:
  ConversationReader(View& view, Id case_id) : view_(view), case_id_(case_id) {}

  Result<Conversation> run() {
    TRY_ASSIGN(const auto certificates, store::certificates_of_case(view_, case_id_));
    for (const auto& certificate : certificates) {
      if (certificate.state == "pinned") pinned_.insert(certificate.fingerprint);
    }
    TRY_ASSIGN(const auto entries, store::conversation(view_, case_id_));
    for (const auto& entry : entries) {
      TRY(entry.inbox_id ? add_incoming(entry) : add_outgoing(entry));
    }
    // Who reported the matter stays its reporter, also where that is whom it was passed on to.
    if (const Letter* opening = out_.opening()) std::erase(out_.partners, opening->sender());
    for (auto& letter : out_.letters) {
      letter.from_partner = letter.mail && is_from_partner(letter);
    }
    return std::move(out_);
  }

private:
  Result<void> add_incoming(const store::ConversationEntry& entry) {
    Letter letter;
    letter.id = entry.id;
    TRY_ASSIGN(letter.mail, store::find_mail(view_, *entry.inbox_id));
    if (!letter.mail) return {};
    TRY_ASSIGN(auto inspection, inspection_of(view_, *letter.mail));
    out_.secret = out_.secret || !inspection || inspection->any_encrypted;
    if (!inspection) return {};
    letter.inspection = std::move(*inspection);
    letter.opened_case = letter.mail->result == "case";
    const auto& protection = letter.inspection.protection;
    if (letter.opened_case && protection.signed_whole_by_sender()) pinned_.insert(*protection.signer);
    letter.vouched = protection.signed_whole_by_sender() && pinned_.contains(*protection.signer);
    out_.letters.push_back(std::move(letter));
    return {};
  }

  Result<void> add_outgoing(const store::ConversationEntry& entry) {
    Letter letter;
    letter.id = entry.id;
    TRY_ASSIGN(letter.outgoing, store::find_outgoing(view_, *entry.outbox_id));
    if (!letter.outgoing || letter.outgoing->task.empty()) return {};
    TRY_ASSIGN(letter.task, unpack_answer_task(letter.outgoing->task));
    out_.secret = out_.secret || letter.task.sent_encrypted;
    if (letter.outgoing->purpose == "pass-on") {
      out_.partners.push_back(ascii_lower(letter.task.recipient));
      for_partners_.insert(letter.task.message_id);
    } else if (is_partner(letter.task.recipient)) {
      for_partners_.insert(letter.task.message_id);
    }
    out_.letters.push_back(std::move(letter));
    return {};
  }

  bool is_partner(const std::string& address) const {
    return std::find(out_.partners.begin(), out_.partners.end(), ascii_lower(address)) != out_.partners.end();
  }

  // Who answers what only a partner got, or writes from a partner's address. The mail that opened the case is
  // the reporter's, whoever that is.
  bool is_from_partner(const Letter& letter) const {
    if (letter.opened_case) return false;
    const auto& thread = letter.inspection.thread;
    return is_partner(letter.sender()) ||
           std::any_of(thread.begin(), thread.end(), [&](const auto& id) { return for_partners_.contains(id); });
  }

  View& view_;
  Id case_id_;
  Conversation out_;
  std::set<std::string> pinned_;       // fingerprints
  std::set<std::string> for_partners_; // Message-IDs of ours
};

} // namespace

std::string Letter::sender() const {
  return inspection.from.size() == 1 ? ascii_lower(inspection.from.front().address) : std::string();
}

const Letter* Conversation::opening() const {
  const auto found = std::find_if(letters.begin(), letters.end(), [](const Letter& letter) { return letter.opened_case; });
  return found == letters.end() ? nullptr : &*found;
}

store::Id Conversation::last() const { return letters.empty() ? 0 : letters.back().id; }

Result<Conversation> read_conversation(View& view, Id case_id) { return ConversationReader(view, case_id).run(); }

Result<std::vector<store::CaseEntry>> cases_together(View& view, const store::CaseEntry& entry, bool duplicates) {
  std::vector<store::CaseEntry> together = {entry};
  std::vector<Id> others;
  TRY_ASSIGN(const auto links, store::links(view, entry.id));
  for (const auto& link : links) {
    if (link.relation == "related") others.push_back(link.other);
  }
  if (duplicates) {
    TRY_ASSIGN(const auto back, store::links_to(view, entry.id));
    for (const auto& link : back) {
      if (link.relation == "duplicate-of") others.push_back(link.other);
    }
  }
  for (const Id id : others) {
    TRY_ASSIGN(auto other, store::find_case(view, id));
    if (other && !other->sheet.empty()) together.push_back(std::move(*other));
  }
  return together;
}

Result<bool> is_secret_matter(View& view, const store::CaseEntry& entry) {
  TRY_ASSIGN(const auto together, cases_together(view, entry, true));
  std::vector<Id> ids;
  for (const auto& each : together) ids.push_back(each.id);
  TRY_ASSIGN(const auto links, store::links(view, entry.id));
  for (const auto& link : links) {
    if (link.relation == "duplicate-of") ids.push_back(link.other);
  }
  for (const Id id : ids) {
    TRY_ASSIGN(const Conversation conversation, read_conversation(view, id));
    if (conversation.secret) return true;
  }
  return false;
}

Result<std::optional<reader::Inspection>> inspection_of(View& view, const store::InboxEntry& entry) {
  auto reading = store::reading(view, entry);
  const bool gone = !reading && (reading.error().kind == ErrorKind::not_found || reading.error().kind == ErrorKind::corrupt);
  if (!reading && !gone) return tl::unexpected(std::move(reading).error());
  std::optional<reader::Inspection> inspection;
  if (!reading || !*reading) return inspection;
  // A damaged one is shown as not read; `verify` names it, `inbox retry` makes it anew.
  if (auto read = reader::inspection_from_json((*reading)->inspection)) inspection = std::move(*read);
  return inspection;
}

} // namespace cvdesk::desk
