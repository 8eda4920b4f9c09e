// Tells the team that there is work: by mail and webhook, with reference and kind and never anything that a mail
// says. What is to be told is collected in the transaction that causes it, and goes out in batches, through the
// outbox, so that a flood of mail does not become a flood of notifications.
#pragma once

#include "desk/desk.hpp"
#include "store/notices.hpp"

#include <string>
#include <string_view>

namespace cvdesk::desk {

// The recipient of a row of the outbox that goes to the webhook.
constexpr std::string_view webhook_recipient = "webhook";

// Nothing where nobody is to be told.
Result<void> tell_team(const Desk& desk, store::Change& change, const store::NewNotice& notice, Instant at);

// Notes the clocks that are near (a day; six hours for the early warning) or past and were not told of yet.
Result<void> watch_clocks(Desk& desk);

// Makes of all that waits one mail to each address and one call of the webhook, once `at_most_every` has gone by
// since the last time.
Result<void> announce(Desk& desk);

// The body that Mattermost, Slack and the webhooks of Matrix bridges take.
std::string webhook_body(std::string_view text);

} // namespace cvdesk::desk
