// Certificates that are found in the Web Key Directory of their address's domain, where [openpgp] wkd allows it: for
// an address that is about to be acknowledged, where no certificate is pinned to it and none came with its mail.
//
// The look-up is owed in the transaction that owes the acknowledgement, and made by the daemon; the acknowledgement
// waits for it at most for `look_up_patience`. An address is looked up at most once a day, whatever came of it; of all
// together not more in an hour than acknowledgements go out, and none while the breaker is open.
#pragma once

#include "core/stop.hpp"
#include "desk/desk.hpp"
#include "store/certificates.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace cvdesk::desk {

inline constexpr std::chrono::seconds look_up_patience{10};

struct FoundCertificate {
  std::string address; // lower case
  std::string fingerprint;
  std::string blob;
};

struct InDirectory {
  std::optional<FoundCertificate> certificate; // from a look-up of the last day
  bool awaited = false;                        // one is on its way
};
// What the directory says of this address; owes a look-up where nobody has asked it today.
Result<InDirectory> in_directory(const Settings& settings, store::Change& change, const std::string& address, Instant at);

// Of the certificates that are kept for an address, what its directory said for this case. Null: nothing.
const store::CertificateEntry* found_for(const std::vector<store::CertificateEntry>& known, store::Id case_id);

// Keeps it for the case: offered, or a conflict where another one is pinned to the address.
Result<void> keep_found(store::Change& change, store::Id case_id, const FoundCertificate& certificate, Instant at);

// Destroys what was looked up more than a day ago, also where [openpgp] wkd was switched off since.
Result<void> end_look_ups(Desk& desk);

// Makes the oldest that is owed; what it finds goes to the acknowledgements that wait for it and to their cases. False:
// none is owed. `begun` is called once it is known which. From several threads.
Result<bool> make_look_up(Desk& desk, StopToken& stop, const std::function<void()>& begun);

inline constexpr int look_ups_at_once = 4;

// All that are owed, several at a time. Begins none after `time`.
Result<void> make_look_ups(Desk& desk, StopToken& stop, std::chrono::seconds time);

} // namespace cvdesk::desk
