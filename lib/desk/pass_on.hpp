// A report about somebody else's system, passed on to whom it concerns; and the reporter told to whom.
//
// Encrypted to the partner's certificate. Who reported it is left out (desk/redact.hpp), unless the reporter's
// consent is recorded and the officer asks for it. The raw mail never goes along; files only one by one.
#pragma once

#include "desk/outgoing.hpp"
#include "store/cases.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cvdesk::desk {

struct PassOnWish {
  std::string reference;
  std::string partner;
  std::string words;          // of the officer, to the partner
  bool clear = false;         // also without a certificate: only what came in clear
  bool with_reporter = false; // needs the recorded consent
  bool follow_ups = false;    // what the reporter wrote later, too
  std::vector<int> files;     // numbers as in `cvdesk attachments`
  bool untold = false;        // the reporter is not told
  bool again = false;         // although it was passed on to them before
};

struct OfferedFile {
  int id = 0; // as in `cvdesk attachments`
  std::string filename;
  std::string media_type;
  std::size_t size = 0;
  std::vector<std::string> tells; // what of its maker can be seen in it
  bool goes_along = false;
};

struct PassOnPlan {
  store::CaseEntry entry;
  std::string partner; // name
  bool named = false;  // with the reporter's identity
  Draft mail;
  std::optional<Draft> notice; // for the reporter
  std::vector<OfferedFile> files;
  std::vector<std::string> remarks;
};

// not_found: no such case, partner or file. refused: no certificate (and not `clear`); something came in encrypted
// and it would go out readable; no consent; its text cannot be read; it was passed on to them before; the reporter
// cannot be told safely.
// `extractor`: of make_extractor, for the attachments.
Result<PassOnPlan> plan_pass_on(Desk& desk, reader::Reader& extractor, const PassOnWish& wish);

struct PassedOn {
  std::vector<Composed> mails; // to the partner, then to the reporter
  std::vector<store::Id> ids;  // in the outbox; empty in a preview
};
Result<PassedOn> compose_pass_on(const Desk& desk, openpgp::Engine& engine, const PassOnPlan& plan);
// One transaction.
Result<void> send_pass_on(Desk& desk, const PassOnWish& wish, const PassOnPlan& plan, PassedOn& mails, std::string_view actor);

} // namespace cvdesk::desk
