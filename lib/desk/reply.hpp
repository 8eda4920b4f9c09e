// What the team answers to a reporter, or to a partner that a case was passed on to.
//
// Signed always; encrypted where a certificate is known. Of a case in which anything came or went encrypted nothing
// goes out readable. Written to are only addresses that are believed (desk/correspondents.hpp).
#pragma once

#include "desk/correspondents.hpp"
#include "desk/outgoing.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cvdesk::desk {

struct ReplyWish {
  std::string reference;
  std::vector<std::string> to; // empty: the reporter who wrote last
  bool all_reporters = false;  // of the case and of its duplicates
  std::optional<std::string> subject;
  std::optional<std::string> language;
  std::string template_name;    // empty: the officer's words alone
  bool ask_certificate = false; // a fixed text that says nothing of the case, in the clear
};

// One mail of a reply, without its text.
struct ReplyTo {
  store::CaseEntry entry; // the case that it belongs to: a duplicate has its own reporter
  Draft draft;
  Fields fields; // for a template
  // The mail that is answered, where it may be quoted in this answer.
  std::string quotable;
  bool pinned = false; // the certificate is a pinned one
  bool found = false;  // it comes from the directory of the address's domain
};

struct ReplyPlan {
  store::CaseEntry entry;
  std::vector<ReplyTo> mails;
  std::vector<std::string> remarks; // what the officer should know, in words
  store::Id last_letter = 0;        // of the case's conversation, when the plan was made
};

// To whom, under which subject, encrypted or not. refused: nobody may be written to; the answer would have to go
// out readable; the case was erased. not_found: no such case or template.
Result<ReplyPlan> plan_reply(Desk& desk, const ReplyWish& wish);

struct ReplyText {
  std::string words;
  bool whole = false; // the template stands in it already: it was edited
};

// Each mail with the officer's words and files, composed. usage: there is nothing to say. refused: a certificate
// cannot be encrypted to.
Result<std::vector<Composed>> compose_reply(const Desk& desk, openpgp::Engine& engine, const ReplyWish& wish, const ReplyPlan& plan,
                                            const ReplyText& text, const std::vector<mime::OutgoingAttachment>& files);

// Whether each certificate of the plan can be encrypted to, before anybody writes a word. refused: it cannot.
Result<void> check_certificates(openpgp::Engine& engine, const ReplyPlan& plan);

// An event on the case where a certificate could not be encrypted to (kind refused); nothing for other errors.
Result<void> note_refusal(Desk& desk, const ReplyPlan& plan, const Error& error, std::string_view actor);

// What a person begins with in an editor: the template, filled in for the first recipient; empty without one.
Result<std::string> begin_of_reply(const Desk& desk, const ReplyWish& wish, const ReplyPlan& plan);

// Into the outbox and the conversation, in one transaction. `unless_changed`: refused when the conversation has
// grown since the plan was made.
Result<std::vector<store::Id>> send_reply(Desk& desk, const ReplyPlan& plan, const std::vector<Composed>& mails, bool unless_changed,
                                          std::string_view actor);

} // namespace cvdesk::desk
