// From a mailbox on a server to stored bytes and a ledger.
#pragma once

#include "core/stop.hpp"
#include "desk/desk.hpp"
#include "imap/session.hpp"

#include <functional>
#include <memory>
#include <set>

namespace cvdesk::desk {

// One mailbox: a connection that is kept as long as it lasts, and the work done over it.
class MailboxFetcher {
public:
  MailboxFetcher(Desk& desk, const MailboxSettings& mailbox, StopToken& stop)
      : desk_(desk), mailbox_(mailbox), stop_(stop) {}

  // Connects where needed, takes in every message that the ledger does not know, does on the server what
  // after_intake asks for. Returns how many messages were new. After an error the connection is closed.
  Result<int> poll();

  // Waits for news on the open connection, `poll_interval` at most.
  Result<void> wait();

  void disconnect() { session_.reset(); }

private:
  Result<void> connect();
  Result<int> take_new();
  Result<void> fetch_all(const std::vector<imap::Listed>& fresh, int& count);
  Result<int> take_headers(const std::vector<imap::Listed>& oversize);
  Result<void> settle();
  Result<void> on_server(const std::vector<std::uint32_t>& uids);

  Desk& desk_;
  const MailboxSettings& mailbox_;
  StopToken& stop_;
  std::unique_ptr<imap::Session> session_;
  std::uint32_t validity_ = 0;
  // All below it was listed, and found in the ledger, on this connection.
  std::uint32_t first_ = 1;
  // Larger than the server said: taken in by their header alone from now on.
  std::set<std::uint32_t> understated_;
};

// What a server has that the ledger does not know, for `doctor`.
Result<std::vector<std::uint32_t>> missing_uids(Desk& desk, const MailboxSettings& mailbox, StopToken& stop);

} // namespace cvdesk::desk
