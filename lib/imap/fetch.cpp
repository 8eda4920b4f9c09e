#include "imap/fetch.hpp"

#include "imap/uid_set.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace cvdesk::imap {

namespace {
constexpr std::size_t batch_count = 100;
constexpr std::uint64_t batch_bytes = 32u << 20;
constexpr std::size_t most_in_flight = 2;
} // namespace

BatchFetch::BatchFetch(Dialogue& dialogue, const std::vector<Listed>& messages) : dialogue_(dialogue) {
  std::uint64_t bytes = 0;
  for (const Listed& message : messages) {
    const bool full = !waiting_.empty() && (waiting_.back().size() >= batch_count || bytes + message.size > batch_bytes);
    if (waiting_.empty() || full) {
      waiting_.emplace_back();
      bytes = 0;
    }
    waiting_.back().insert(message.uid);
    bytes += std::min(message.size, batch_bytes);
  }
}

Result<void> BatchFetch::run(const Take& take) {
  for (;;) {
    TRY(fill());
    if (in_flight_.empty()) break;
    TRY_ASSIGN(Response response, dialogue_.receive());
    if (response.kind == Response::Kind::tagged) TRY(on_tagged(response));
    if (response.name == "FETCH") TRY(on_message(std::move(response.fetch), take));
  }
  if (first_refusal_) return tl::unexpected(*first_refusal_);
  return {};
}

Result<void> BatchFetch::fill() {
  while (in_flight_.size() < most_in_flight && !waiting_.empty()) {
    Uids uids = std::move(waiting_.front());
    waiting_.pop_front();
    for (const std::string& set : uid_sets({uids.begin(), uids.end()})) {
      TRY_ASSIGN(std::string tag,
                 dialogue_.send(fmt::format("UID FETCH {} (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[])", set)));
      in_flight_.push_back({std::move(tag), uids});
    }
  }
  return {};
}

Result<void> BatchFetch::on_tagged(const Response& response) {
  const auto batch = std::find_if(in_flight_.begin(), in_flight_.end(),
                                  [&](const InFlight& one) { return one.tag == response.tag; });
  if (batch == in_flight_.end()) return {};
  const Uids missing = std::move(batch->missing);
  in_flight_.erase(batch);
  // What is missing after an OK has vanished from the folder.
  if (response.status == "OK") return {};
  Error error = dialogue_.refusal(response);
  if (response.status == "BAD" || error.kind == ErrorKind::authentication) return tl::unexpected(std::move(error));
  if (missing.size() > 1) {
    for (const std::uint32_t uid : missing) {
      waiting_.push_back({uid});
    }
  } else if (!missing.empty() && !first_refusal_) {
    first_refusal_ = within(fmt::format("UID {}", *missing.begin()), std::move(error));
  }
  return {};
}

Result<void> BatchFetch::on_message(FetchItem item, const Take& take) {
  if (!item.uid || !item.body) return {};
  for (InFlight& batch : in_flight_) {
    // A message that nobody asked for, or that comes twice, is left where it is.
    if (batch.missing.erase(*item.uid) == 0) continue;
    return take({*item.uid, std::move(item.internal_date), std::move(*item.body)});
  }
  return {};
}

} // namespace cvdesk::imap
