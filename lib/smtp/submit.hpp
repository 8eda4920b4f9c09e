// Hands one mail to the submission server (RFC 6409) by libcurl.
#pragma once

#include "core/result.hpp"
#include "core/settings.hpp"
#include "core/stop.hpp"
#include "net/access.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace cvdesk::smtp {

struct Envelope {
  std::string sender; // empty: <>
  std::vector<std::string> recipients;
};

// Why a submission failed: the SMTP reply where there was one.
// `error.kind`: failed — the server said no to this mail; too_big — it is larger than the server takes; network, tls, authentication, configuration,
// protocol — nothing was said about the mail, whatever is `temporary`; stopped, usage.
struct Refusal {
  Error error;            // temporary as the reply says (4xx) or as the failure of the connection suggests
  int reply = 0;          // 550, 421, ...; 0: no reply
  std::string code;       // the reply with its enhanced status code (RFC 3463) where there is one: "550 5.1.1"
  bool sender_refused = false; // the reply was to MAIL FROM
  // It may be about the sender: Postfix, for one, refuses a sender as late as at RCPT. False where the
  // enhanced code speaks of the recipient.
  bool may_be_the_sender = false;
};

// Checks that server, TLS and log-in work, without sending anything.
Result<void> check(const ServerAccess& server, const net::Credentials& credentials, StopToken& stop);

// `mail`: CRLF line ends. All recipients (at most 100) or none: one refused recipient fails the whole. 60 s
// without any progress end it. Where the connection ends after the last byte, the server may have it all the
// same: a later try can make a double, never a part.
tl::expected<void, Refusal> submit(const ServerAccess& server, const net::Credentials& credentials,
                                   const Envelope& envelope, std::string_view mail, StopToken& stop);

} // namespace cvdesk::smtp
