// A server of ours: its address, and what libcurl is told about reaching it and logging in.
#pragma once

#include "net/access.hpp"
#include "net/transfer.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace cvdesk::net {

// A URL taken apart. Errors: configuration.
struct Address {
  std::string scheme; // lower case
  std::string host;
  std::string port;
  std::string path; // percent-decoded, without the first slash

  std::string name() const { return host + ":" + port; } // for error texts
  bool loopback() const;                                  // localhost, 127.0.0.0/8, ::1
};
Result<Address> parse_address(const std::string& url);

// The options that IMAP and SMTP share: URL, protocols ("imap,imaps"), TLS as the server's settings ask,
// certificates, time-outs, log-in. `path` follows the host in the URL that libcurl gets.
// Errors (configuration): no encryption outside loopback, a scheme not in `protocols`, a log-in without user.
Result<void> prepare(Transfer& transfer, const ServerAccess& server, const Address& address,
                     const Credentials& credentials, const char* protocols, const std::string& path);

// TLS 1.2 or later, with a certificate of that host from one of the system's authorities, or of `ca_file` alone.
void trust(Transfer& transfer, const std::optional<std::filesystem::path>& ca_file);

// Text from a server, fit for an error: one line, at most 300 bytes, safe for a terminal, with what looks
// like an address (it may come from a mail) and the secret masked.
std::string quote_server(std::string_view text, const Credentials& credentials);

// What a failed transfer means. `silence`: what the caller gave to run().
Error transfer_error(CURLcode code, const Address& address);

} // namespace cvdesk::net
