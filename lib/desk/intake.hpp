// From stored bytes to a recorded case: what the daemon's workers and `cvdesk import` both do.
#pragma once

#include "core/stop.hpp"
#include "desk/desk.hpp"
#include "desk/record.hpp"

#include <vector>

namespace cvdesk::desk {

// Reads and records one stored mail. An error means that the desk itself is in trouble (store, memory); the
// mail is still there, to be tried again.
Result<Recorded> read_and_record(Desk& desk, Hands& hands, store::Id message);

// Takes a mail in as if it had been fetched, reads and records it.
struct Imported {
  Recorded recorded;
  bool known = false; // these exact bytes were in already
};
Result<Imported> import_mail(Desk& desk, Hands& hands, const store::NewMail& mail);

// `inbox retry`: inspects and opens it again.
Result<Recorded> read_again(Desk& desk, Hands& hands, store::Id message);

// Every mail that is stored and unread, by several workers at once. Returns how many were recorded; the first
// error of the desk itself, if there was one, after the others were tried.
Result<int> read_all(Desk& desk, std::vector<Hands>& hands, StopToken& stop);

} // namespace cvdesk::desk
