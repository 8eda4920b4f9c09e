#include "net/public_get.hpp"

#include "net/public_host.hpp"
#include "net/server.hpp"
#include "net/transfer.hpp"

#include <fmt/core.h>

#include <sys/socket.h>

namespace cvdesk::net {

namespace {

constexpr std::size_t body_limit = 64 * 1024;

std::size_t on_body(char* data, std::size_t size, std::size_t count, void* into) {
  auto& body = *static_cast<std::string*>(into);
  if (size * count > body_limit - body.size()) return 0;
  body.append(data, size * count);
  return size * count;
}

// Looked at here, where the address is the one that is connected to: a name can resolve to something else each time.
curl_socket_t open_public(void*, curlsocktype, curl_sockaddr* to) {
  if (!is_public_address(to->addr)) return CURL_SOCKET_BAD;
  return ::socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

struct ConnectTo {
  curl_slist* list = nullptr;
  explicit ConnectTo(const std::string& gateway) : list(curl_slist_append(nullptr, fmt::format("::{}", gateway).c_str())) {}
  ConnectTo(const ConnectTo&) = delete;
  ConnectTo& operator=(const ConnectTo&) = delete;
  ~ConnectTo() { curl_slist_free_all(list); }
};

PublicAnswer::End end_of(CURLcode code) {
  switch (code) {
  case CURLE_OK:
    return PublicAnswer::End::answered;
  case CURLE_COULDNT_RESOLVE_HOST:
  case CURLE_COULDNT_CONNECT:
  case CURLE_SSL_CONNECT_ERROR:
  case CURLE_PEER_FAILED_VERIFICATION:
    return PublicAnswer::End::no_server;
  default:
    return PublicAnswer::End::failed;
  }
}

} // namespace

PublicAnswer get_public(const std::string& url, const PublicAccess& access, std::chrono::milliseconds time, const StopToken& stop) {
  PublicAnswer answer;
  const auto address = parse_address(url);
  if (!address || address->scheme != "https" || address->port != "443" || !is_public_name(address->host)) return answer;
  const auto created = Transfer::create();
  if (!created) return answer;
  Transfer& transfer = **created;
  const ConnectTo by(access.gateway);
  transfer.set(CURLOPT_URL, url.c_str());
  transfer.set(CURLOPT_PROTOCOLS_STR, "https");
  transfer.set(CURLOPT_FOLLOWLOCATION, 0L);
  trust(transfer, access.ca_file);
  // A proxy would connect to what we may not look at.
  transfer.set(CURLOPT_PROXY, "");
  if (access.gateway.empty()) {
    transfer.set(CURLOPT_OPENSOCKETFUNCTION, &open_public);
  } else {
    transfer.set(CURLOPT_CONNECT_TO, by.list);
  }
  transfer.set(CURLOPT_TIMEOUT_MS, static_cast<long>(time.count()));
  // What we are is nobody's business there.
  transfer.set(CURLOPT_USERAGENT, "openpgp-wkd");
  transfer.set(CURLOPT_WRITEFUNCTION, &on_body);
  transfer.set(CURLOPT_WRITEDATA, &answer.body);
  answer.end = end_of(transfer.run(stop, time));
  if (answer.end == PublicAnswer::End::answered) {
    answer.status = transfer.response_code();
  } else {
    answer.body.clear();
  }
  return answer;
}

} // namespace cvdesk::net
