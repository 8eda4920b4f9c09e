// Fetching whole messages in pipelined batches.
#pragma once

#include "imap/dialogue.hpp"
#include "imap/session.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <set>
#include <vector>

namespace cvdesk::imap {

// At most 100 messages or 32 MiB a command (one message may be larger), two commands in flight. Where the
// server refuses a command, its messages are asked for one by one: one that cannot be served does not keep
// back the others; its error is returned when they have come.
class BatchFetch {
public:
  using Take = std::function<Result<void>(Fetched)>;
  BatchFetch(Dialogue& dialogue, const std::vector<Listed>& messages);
  Result<void> run(const Take& take);

private:
  using Uids = std::set<std::uint32_t>;
  struct InFlight {
    std::string tag;
    Uids missing;
  };
  Result<void> fill();
  Result<void> on_tagged(const Response& response);
  Result<void> on_message(FetchItem item, const Take& take);

  Dialogue& dialogue_;
  std::deque<Uids> waiting_;
  std::deque<InFlight> in_flight_;
  std::optional<Error> first_refusal_;
};

} // namespace cvdesk::imap
