// The outbox: composes, signs, encrypts and hands over what is owed.
#pragma once

#include "core/stop.hpp"
#include "desk/desk.hpp"
#include "openpgp/engine.hpp"

namespace cvdesk::desk {

struct Delivery {
  int sent = 0;
  int postponed = 0;
  int failed = 0;
};

// Tries once everything that is due. The bytes are stored before the first attempt and every attempt is
// counted before it is made; so a mail that may have been sent already goes out again with the same bytes
// and the same Message-ID. An error only where the store fails; what a server says is in the outbox.
Result<Delivery> deliver_due(Desk& desk, openpgp::Engine* engine, StopToken& stop);

// The mail of this row as it goes, or would go, over the wire.
Result<std::string> compose_outgoing(Desk& desk, openpgp::Engine& engine, store::Id id);

} // namespace cvdesk::desk
