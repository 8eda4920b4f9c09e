// What the team is to be told: collected with the change that causes it, told in batches.
#pragma once

#include "store/view.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cvdesk::store {

struct Notice {
  Id id = 0;
  Instant at;
  std::string what; // new-case, follow-up, deadline-near, deadline-missed, not-delivered, trouble, trouble-over
  std::optional<Id> case_id;
  std::string detail; // a clock's or a trouble's name: stands in clear, so nothing that came with a mail
};

struct NewNotice {
  std::string_view what;
  std::optional<Id> case_id;
  std::string_view detail;
};

Result<void> add_notice(Change& change, const NewNotice& notice, Instant at);
Result<bool> any_notice_waits(View& view);
// Not told yet, oldest first.
Result<std::vector<Notice>> waiting_notices(View& view);
Result<std::optional<Instant>> last_told(View& view);
Result<void> mark_notices_told(Change& change, Id up_to, Instant at);

} // namespace cvdesk::store
