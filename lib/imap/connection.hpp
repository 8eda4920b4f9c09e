// A logged-in connection to an IMAP server: libcurl connects, does TLS and logs in, then bytes go to and fro.
#pragma once

#include "core/settings.hpp"
#include "core/stop.hpp"
#include "net/access.hpp"
#include "net/server.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace cvdesk::imap {

class Connection {
public:
  // Errors as Session::open.
  static Result<std::unique_ptr<Connection>> open(const ServerAccess& server, const net::Address& address,
                                                  const net::Credentials& credentials, StopToken& stop);

  // All of it. Errors: network, stopped. That it succeeds does not mean that the peer is still there.
  Result<void> send(std::string_view bytes);

  // What has come, valid until the next call; empty when `patience` went by in silence. Errors: network (also
  // when the peer has closed), stopped.
  Result<std::string_view> receive(std::chrono::milliseconds patience);

  // As many of these bytes as go without waiting; for a farewell.
  void send_at_once(std::string_view bytes);

  const net::Address& address() const { return address_; }

private:
  Connection(std::unique_ptr<net::Transfer> transfer, net::Address address, StopToken& stop);
  Result<bool> wait(short events, std::chrono::milliseconds patience); // false: nothing happened
  Error broken(std::string_view how) const;

  std::unique_ptr<net::Transfer> transfer_;
  net::Address address_;
  StopToken& stop_;
  int socket_ = -1;
  std::vector<char> buffer_;
};

} // namespace cvdesk::imap
