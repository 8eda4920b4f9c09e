// Commands and their responses on one connection.
#pragma once

#include "imap/connection.hpp"
#include "imap/response.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cvdesk::imap {

class Dialogue {
public:
  Dialogue(std::unique_ptr<Connection> connection, net::Credentials credentials, ParserLimits limits);

  // To be called first: skips what libcurl left of the log-in, then asks for the capabilities.
  Result<void> begin();
  bool has(std::string_view capability) const; // upper case

  // Sends a command, gives its tag.
  Result<std::string> send(std::string_view command);
  Result<void> send_line(std::string_view line); // without a tag: DONE

  // The next response; unset after `patience` of silence. Errors: network (BYE too), protocol, stopped.
  Result<std::optional<Response>> receive(std::chrono::milliseconds patience);
  // The next response; 60 s of silence are a network error.
  Result<Response> receive();

  // Sends a command and reads on to its end: OK, or the error that refusal() makes of NO and BAD.
  using OnData = std::function<void(Response&)>;
  Result<Response> run(std::string_view command, const OnData& on_data = {});
  Result<Response> finish(const std::string& tag, const OnData& on_data = {});
  Error refusal(const Response& response) const;

  // LOGOUT (after DONE while idling), not waiting for an answer.
  void farewell(bool idling);

  Error protocol_error(std::string_view what) const;
  std::string name() const { return connection_->address().name(); }

private:
  std::unique_ptr<Connection> connection_;
  net::Credentials credentials_; // so that no error quotes them
  Parser parser_;
  unsigned commands_ = 0;
  std::vector<std::string> capabilities_;
};

} // namespace cvdesk::imap
