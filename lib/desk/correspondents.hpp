// Whom a case is talked about with: what its mails say of the reporter, and which of that may be believed.
//
// `From` is a claim. Believed is what the mail says that opened the case, what the certificate pinned to the case
// signed, and what a person accepted; the rest is a suggestion, and nothing is ever sent there.
#pragma once

#include "desk/conversation.hpp"
#include "report/facts.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cvdesk::desk {

struct Claim {
  enum class State { accepted, suggested, rejected };
  std::string kind;  // email, phone, handle, fingerprint, certificate, credit, anonymous
  std::string value; // of a certificate its fingerprint, of anonymous "yes"
  State state = State::suggested;
  std::string why; // in words
  std::optional<store::Id> letter; // that said it first
  bool of_opening = false;         // the mail that opened the case says it, and nobody decided on it
};
std::string_view to_string(Claim::State state); // "accepted", ...

struct Correspondents {
  std::vector<Claim> claims;
  std::vector<std::string> reporters; // addresses that may be written to, lower case; whom to answer first
  std::vector<std::string> partners;  // the same of those whom the case was passed on to
  // The mail that opened the case was signed by somebody else than its sender: it may have been passed along by
  // who was never meant to know what is in it.
  bool opened_by_other_than_signer = false;
};

Result<Correspondents> correspondents(store::View& view, const Settings& settings, store::Id case_id,
                                      const Conversation& conversation);

// What is believed of the reporter: the mails' facts with what was accepted and without what was rejected.
void apply(const Correspondents& correspondents, report::Reporter& reporter);

// Accepts or rejects everything of this value (an address, a number, a fingerprint, "anonymous") that the mails
// of the case say. Accepting a fingerprint pins the certificate. not_found: no mail of the case says it.
Result<void> decide_claims(Desk& desk, std::string_view reference, std::string_view value, bool accept, std::string_view actor);

} // namespace cvdesk::desk
