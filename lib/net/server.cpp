#include "net/server.hpp"

#include "core/text.hpp"

#include <fmt/core.h>

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace cvdesk::net {

namespace {

constexpr long connect_timeout_ms = 30'000; // includes TLS and log-in
constexpr unsigned dead_peer_ms = 30'000;
constexpr std::size_t longest_quote = 300;

struct UrlDeleter {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
using Url = std::unique_ptr<CURLU, UrlDeleter>;

std::string url_part(const Url& url, CURLUPart part, unsigned flags = 0) {
  char* value = nullptr;
  if (curl_url_get(url.get(), part, &value, flags) != CURLUE_OK || value == nullptr) return {};
  std::string copy = value;
  curl_free(value);
  return copy;
}

// Keep-alive alone needs minutes to notice a dead network; this bounds what waits for an acknowledgement.
int on_socket(void*, curl_socket_t socket, curlsocktype) {
  ::setsockopt(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &dead_peer_ms, sizeof dead_peer_ms);
  return CURL_SOCKOPT_OK;
}

void set_connection(Transfer& transfer, const Address& address) {
  transfer.set(CURLOPT_CONNECTTIMEOUT_MS, connect_timeout_ms);
  transfer.set(CURLOPT_SOCKOPTFUNCTION, &on_socket);
  transfer.set(CURLOPT_TCP_KEEPALIVE, 1L);
  transfer.set(CURLOPT_TCP_KEEPIDLE, 60L);
  transfer.set(CURLOPT_TCP_KEEPINTVL, 10L);
  // A proxy from the environment is of no use on the way to ourselves.
  if (address.loopback()) transfer.set(CURLOPT_PROXY, "");
}

void set_tls(Transfer& transfer, const ServerAccess& server) {
  // ALL, not TRY: with TRY a stripped STARTTLS sends the password in clear.
  transfer.set(CURLOPT_USE_SSL, static_cast<long>(server.tls == Tls::none ? CURLUSESSL_NONE : CURLUSESSL_ALL));
  trust(transfer, server.ca_file);
}

void set_log_in(Transfer& transfer, const Credentials& credentials) {
  if (credentials.mechanism == Mechanism::none) return;
  // The view of a whole std::string: it ends with a NUL.
  const char* secret = credentials.secret.reveal().data();
  transfer.set(CURLOPT_USERNAME, credentials.user.c_str());
  if (credentials.mechanism == Mechanism::xoauth2) {
    transfer.set(CURLOPT_XOAUTH2_BEARER, secret);
    // Without it a bearer token falls back to PLAIN with an empty password.
    transfer.set(CURLOPT_LOGIN_OPTIONS, "AUTH=XOAUTH2");
  } else {
    transfer.set(CURLOPT_PASSWORD, secret);
    transfer.set(CURLOPT_LOGIN_OPTIONS, "AUTH=PLAIN");
  }
}

std::string file_hint(const Address& address) {
  return fmt::format("check the certificate of {}, or name its CA with ca_file", address.host);
}

} // namespace

void trust(Transfer& transfer, const std::optional<std::filesystem::path>& ca_file) {
  transfer.set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  transfer.set(CURLOPT_SSL_VERIFYPEER, 1L);
  transfer.set(CURLOPT_SSL_VERIFYHOST, 2L);
  if (ca_file) {
    transfer.set(CURLOPT_CAINFO, ca_file->c_str());
    // Otherwise every CA of the system would do as well.
    transfer.set(CURLOPT_CAPATH, static_cast<const char*>(nullptr));
  }
}

bool Address::loopback() const {
  if (equal_ignoring_case(host, "localhost")) return true;
  in_addr four{};
  if (::inet_pton(AF_INET, host.c_str(), &four) == 1) return (ntohl(four.s_addr) >> 24) == 127;
  in6_addr six{};
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  const std::string bare = bracketed ? host.substr(1, host.size() - 2) : host;
  return ::inet_pton(AF_INET6, bare.c_str(), &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six);
}

Result<Address> parse_address(const std::string& text) {
  const Url url(curl_url());
  if (!url || curl_url_set(url.get(), CURLUPART_URL, text.c_str(), CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK) {
    return fail(ErrorKind::configuration, "the URL of a server cannot be read",
                "write it like imaps://imap.example.net/INBOX");
  }
  Address address;
  address.scheme = ascii_lower(url_part(url, CURLUPART_SCHEME));
  address.host = url_part(url, CURLUPART_HOST);
  address.port = url_part(url, CURLUPART_PORT, CURLU_DEFAULT_PORT);
  address.path = url_part(url, CURLUPART_PATH);
  if (!address.path.empty()) address.path.erase(0, 1);
  if (!url_part(url, CURLUPART_PASSWORD).empty()) {
    return fail(ErrorKind::configuration, fmt::format("the URL of {} has a password in it", address.host),
                "put it in a file of mode 0600 and name that with password_file");
  }
  int length = 0;
  if (char* decoded = curl_easy_unescape(nullptr, address.path.c_str(), static_cast<int>(address.path.size()), &length)) {
    address.path.assign(decoded, static_cast<std::size_t>(length));
    curl_free(decoded);
  }
  return address;
}

Result<void> prepare(Transfer& transfer, const ServerAccess& server, const Address& address,
                     const Credentials& credentials, const char* protocols, const std::string& path) {
  bool known = false;
  for (const auto protocol : split(protocols, ',')) {
    known = known || protocol == address.scheme;
  }
  if (!known) {
    return fail(ErrorKind::configuration,
                fmt::format("the URL of {} begins with {}://, not one of {}", address.host, address.scheme, protocols));
  }
  if (server.tls == Tls::none && !address.loopback()) {
    return fail(ErrorKind::configuration, fmt::format("{} would be used without encryption", address.name()),
                "tls = \"none\" is for loopback addresses only");
  }
  if (credentials.mechanism != Mechanism::none && credentials.user.empty()) {
    return fail(ErrorKind::configuration, fmt::format("there is no user to log in to {} with", address.name()));
  }
  transfer.set(CURLOPT_PROTOCOLS_STR, protocols);
  transfer.set(CURLOPT_URL, fmt::format("{}://{}/{}", address.scheme, address.name(), path).c_str());
  set_connection(transfer, address);
  set_tls(transfer, server);
  set_log_in(transfer, credentials);
  return {};
}

std::string quote_server(std::string_view text, const Credentials& credentials) {
  const std::string_view secret = credentials.secret.reveal();
  std::vector<std::string> words;
  const std::string safe = squeeze(safe_for_terminal(to_valid_utf8(text.substr(0, 4 * longest_quote))));
  for (const auto word : split(safe, ' ')) {
    const bool private_word = word.find('@') != word.npos || (!secret.empty() && word.find(secret) != word.npos);
    words.emplace_back(private_word ? "..." : word);
  }
  return shorten(join(words, " "), longest_quote);
}

Error transfer_error(CURLcode code, const Address& address) {
  const auto network = [&](std::string_view what) {
    return Error{ErrorKind::network, true, fmt::format("{}: {}", address.name(), what), {}};
  };
  switch (code) {
  case CURLE_ABORTED_BY_CALLBACK:
    return Error{ErrorKind::stopped, true, fmt::format("{}: stopped on request", address.name()), {}};
  case CURLE_COULDNT_RESOLVE_HOST:
    return network("no such host name");
  case CURLE_COULDNT_CONNECT:
    return network("cannot connect");
  case CURLE_OPERATION_TIMEDOUT:
    return network("no answer in time");
  case CURLE_PEER_FAILED_VERIFICATION:
    return Error{ErrorKind::tls, true,
                 fmt::format("{}: its certificate is not valid for that name, has expired or comes from an unknown CA",
                             address.name()),
                 file_hint(address)};
  case CURLE_SSL_CACERT_BADFILE:
    return Error{ErrorKind::configuration, false, fmt::format("{}: the ca_file cannot be used", address.name()),
                 "it must hold PEM certificates and be readable for the user that runs cvdesk"};
  case CURLE_USE_SSL_FAILED:
    return Error{ErrorKind::tls, true, fmt::format("{}: the server does not offer STARTTLS", address.name()),
                 "use the port with implicit TLS, or find out who strips STARTTLS on the way"};
  case CURLE_SSL_CONNECT_ERROR:
    return Error{ErrorKind::tls, true, fmt::format("{}: the TLS handshake failed", address.name()),
                 "is this port one for TLS from the start? STARTTLS ports need imap:// or smtp://"};
  case CURLE_LOGIN_DENIED:
    return Error{ErrorKind::authentication, false, fmt::format("{}: log-in refused", address.name()),
                 "check the user and the password or token"};
  case CURLE_WEIRD_SERVER_REPLY:
    return Error{ErrorKind::protocol, true, fmt::format("{}: the server said something unexpected", address.name()), {}};
  default:
    return network(curl_easy_strerror(code));
  }
}

} // namespace cvdesk::net
