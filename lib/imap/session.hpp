// One logged-in IMAP session on one mailbox folder.
#pragma once

#include "core/result.hpp"
#include "core/settings.hpp"
#include "core/stop.hpp"
#include "net/access.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace cvdesk::imap {

struct Selected {
  std::uint32_t uid_validity = 0;
  std::uint32_t exists = 0;
};

// What a FETCH without bodies says of one message.
struct Listed {
  std::uint32_t uid = 0;
  std::uint64_t size = 0; // as the server says: approximate on some
};

struct Fetched {
  std::uint32_t uid = 0;
  std::string internal_date;
  std::string raw;
};

class Session {
public:
  // Connects, logs in. Errors: network, tls, authentication, protocol; temporary where a later try may do.
  // `literal_limit`: a larger message ends the session with an error, so list() first and leave it out.
  static Result<std::unique_ptr<Session>> open(const ServerAccess& server, const net::Credentials& credentials,
                                               std::size_t literal_limit, StopToken& stop);
  ~Session(); // logs out if it can do so at once

  // The folder is the path of the server's URL; INBOX where it has none.
  Result<Selected> select();

  // UID and size of every message in the folder, or of those with uid >= first.
  Result<std::vector<Listed>> list(std::uint32_t first);

  // Fetches in pipelined batches, BODY.PEEK[] (never sets \Seen), and hands each message over in the order
  // of arrival; an error of `take` ends the fetch and is returned. A UID that has vanished is left out. A
  // message that the server refuses to give keeps back no other; its error is returned when they have come.
  Result<void> fetch(const std::vector<Listed>& messages, const std::function<Result<void>(Fetched)>& take);

  // Only the header of one message, at most 512 KiB.
  Result<Fetched> fetch_header(std::uint32_t uid);

  Result<void> mark_seen(const std::vector<std::uint32_t>& uids);
  // MOVE, or COPY + STORE \Deleted + UID EXPUNGE where the server lacks it. not_found: no such folder.
  // Without UIDPLUS the messages stay marked as deleted: a plain EXPUNGE would remove those of others too.
  Result<void> move_to(const std::vector<std::uint32_t>& uids, const std::string& folder);
  Result<void> erase(const std::vector<std::uint32_t>& uids);

  // Waits until the server tells of a change, `most` has gone by or a stop was requested; IDLE where
  // `use_idle` and the server has it, else just waits. True: something may have changed (always so after a
  // full wait without IDLE). After a stop: false, no error; every other call then fails (stopped). Servers
  // exist that advertise IDLE and never tell: list() now and then regardless.
  Result<bool> wait(std::chrono::seconds most, bool use_idle);

private:
  struct Impl;
  explicit Session(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

} // namespace cvdesk::imap
