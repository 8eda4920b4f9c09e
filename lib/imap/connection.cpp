#include "imap/connection.hpp"

#include "core/text.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cerrno>

#include <poll.h>

namespace cvdesk::imap {

namespace {

using net::Transfer;

constexpr std::chrono::seconds silence_limit{60};
constexpr std::chrono::seconds open_limit{40}; // libcurl's own time-out comes first

std::string_view nth_word(std::string_view line, std::size_t n) {
  const auto words = split(line, ' ');
  return n < words.size() ? words[n] : std::string_view();
}

using Lines = std::vector<Transfer::Line>;

bool has_word(const Lines& lines, std::string_view wanted) {
  return std::any_of(lines.begin(), lines.end(), [&](const Transfer::Line& line) {
    for (auto word : split(line.text, ' ')) {
      while (!word.empty() && word.back() == ']') {
        word.remove_suffix(1);
      }
      if (equal_ignoring_case(word, wanted)) return true;
    }
    return false;
  });
}

// The server's own words for why it let us not in: its last tagged NO or BAD, or its BYE.
std::string_view refusal_in(const Lines& lines) {
  std::string_view found;
  for (const auto& [command, line] : lines) {
    const std::string_view status = nth_word(line, 1);
    const bool bye = nth_word(line, 0) == "*" && equal_ignoring_case(status, "BYE");
    const bool no = equal_ignoring_case(status, "NO") || equal_ignoring_case(status, "BAD");
    if (bye || (no && nth_word(line, 0) != "*")) found = line;
  }
  return found;
}

// libcurl has one error for a wrong password and for "try later": the response code tells (RFC 5530).
bool is_passing(std::string_view refusal) {
  if (equal_ignoring_case(nth_word(refusal, 1), "BYE")) return true;
  const std::string upper = ascii_upper(refusal);
  for (const std::string_view code : {"[UNAVAILABLE]", "[INUSE]", "[LIMIT]", "[SERVERBUG]", "[OVERQUOTA]"}) {
    if (upper.find(code) != upper.npos) return true;
  }
  return false;
}

Error log_in_error(CURLcode code, const Transfer& transfer, const net::Address& address,
                   const net::Credentials& credentials) {
  const std::string_view refusal = refusal_in(transfer.lines());
  if (code != CURLE_LOGIN_DENIED && code != CURLE_WEIRD_SERVER_REPLY) return net::transfer_error(code, address);
  if (refusal.empty() && code == CURLE_LOGIN_DENIED) {
    return Error{ErrorKind::authentication, false,
                 fmt::format("{}: the server offers no way to log in that could be used", address.name()),
                 "password log-in may be switched off there; look at auth = \"oauth2\""};
  }
  if (refusal.empty()) return net::transfer_error(code, address);
  const std::string said = net::quote_server(refusal.substr(std::min(refusal.size(), refusal.find(' ') + 1)), credentials);
  if (is_passing(refusal)) {
    return Error{ErrorKind::network, true, fmt::format("{}: the server takes no log-in now: {}", address.name(), said), {}};
  }
  return Error{ErrorKind::authentication, false, fmt::format("{}: log-in refused: {}", address.name(), said),
               "check the user and the password or token"};
}

Result<std::unique_ptr<Transfer>> log_in(const ServerAccess& server, const net::Address& address,
                                         const net::Credentials& credentials, bool any_mechanism, StopToken& stop) {
  TRY_ASSIGN(auto transfer, Transfer::create());
  TRY(net::prepare(*transfer, server, address, credentials, "imap,imaps", ""));
  if (any_mechanism) transfer->set(CURLOPT_LOGIN_OPTIONS, "AUTH=*");
  transfer->set(CURLOPT_CONNECT_ONLY, 1L);
  const CURLcode code = transfer->run(stop, open_limit);
  if (code == CURLE_OK) return transfer;
  const auto& lines = transfer->lines();
  // Courier and old Exchange servers know LOGIN, but no AUTHENTICATE PLAIN.
  if (code == CURLE_LOGIN_DENIED && !any_mechanism && credentials.mechanism == net::Mechanism::plain &&
      refusal_in(lines).empty() && !has_word(lines, "AUTH=PLAIN") && !has_word(lines, "LOGINDISABLED")) {
    return log_in(server, address, credentials, true, stop);
  }
  return tl::unexpected(log_in_error(code, *transfer, address, credentials));
}

} // namespace

Connection::Connection(std::unique_ptr<Transfer> transfer, net::Address address, StopToken& stop)
    : transfer_(std::move(transfer)), address_(std::move(address)), stop_(stop), buffer_(64 * 1024) {}

Result<std::unique_ptr<Connection>> Connection::open(const ServerAccess& server, const net::Address& address,
                                                     const net::Credentials& credentials, StopToken& stop) {
  // Without a user libcurl reports success, and nobody is logged in.
  if (credentials.user.empty() || credentials.mechanism == net::Mechanism::none) {
    return fail(ErrorKind::configuration, fmt::format("there is no user or no password to log in to {} with", address.name()),
                "set user and password_file, or user and auth = \"oauth2\"");
  }
  TRY_ASSIGN(auto transfer, log_in(server, address, credentials, false, stop));
  if (!transfer->lines().empty() && equal_ignoring_case(nth_word(transfer->lines().front().text, 1), "PREAUTH")) {
    return fail(ErrorKind::authentication,
                fmt::format("{}: the server says that we are logged in already, as whom it does not say", address.name()));
  }
  curl_socket_t socket = CURL_SOCKET_BAD;
  curl_easy_getinfo(transfer->handle(), CURLINFO_ACTIVESOCKET, &socket);
  std::unique_ptr<Connection> connection(new Connection(std::move(transfer), address, stop));
  connection->socket_ = socket;
  if (socket == CURL_SOCKET_BAD) return tl::unexpected(connection->broken("the connection is gone"));
  return connection;
}

Result<void> Connection::send(std::string_view bytes) {
  while (!bytes.empty()) {
    std::size_t sent = 0;
    const CURLcode code = curl_easy_send(transfer_->handle(), bytes.data(), bytes.size(), &sent);
    bytes.remove_prefix(sent);
    if (code == CURLE_OK) continue;
    if (code != CURLE_AGAIN) return tl::unexpected(broken("the connection broke"));
    TRY_ASSIGN(const bool ready, wait(POLLOUT, silence_limit));
    if (!ready) return tl::unexpected(broken("the server takes nothing any more"));
  }
  return {};
}

Result<std::string_view> Connection::receive(std::chrono::milliseconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  for (;;) {
    // Before poll(2): that is silent while decrypted bytes wait inside TLS.
    std::size_t got = 0;
    const CURLcode code = curl_easy_recv(transfer_->handle(), buffer_.data(), buffer_.size(), &got);
    if (code == CURLE_OK && got > 0) return std::string_view(buffer_.data(), got);
    if (code != CURLE_AGAIN) return tl::unexpected(broken("the server closed the connection"));
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    TRY_ASSIGN(const bool ready, wait(POLLIN, std::max(left, std::chrono::milliseconds(0))));
    if (!ready) return std::string_view();
  }
}

void Connection::send_at_once(std::string_view bytes) {
  std::size_t sent = 0;
  curl_easy_send(transfer_->handle(), bytes.data(), bytes.size(), &sent);
}

Result<bool> Connection::wait(short events, std::chrono::milliseconds patience) {
  pollfd watched[2] = {{socket_, events, 0}, {stop_.fd(), POLLIN, 0}};
  const int ready = ::poll(watched, 2, static_cast<int>(patience.count()));
  if (stop_.requested()) return tl::unexpected(net::transfer_error(CURLE_ABORTED_BY_CALLBACK, address_));
  if (ready < 0 && errno != EINTR) return tl::unexpected(broken(errno_text()));
  return ready != 0;
}

Error Connection::broken(std::string_view how) const {
  return Error{ErrorKind::network, true, fmt::format("{}: {}", address_.name(), how), {}};
}

} // namespace cvdesk::imap
