#include "net/http.hpp"

#include "net/server.hpp"

#include <fmt/core.h>

namespace cvdesk::net {

namespace {

constexpr std::chrono::milliseconds time_limit{10'000};
constexpr std::size_t body_limit = 64 * 1024;

std::size_t on_body(char* data, std::size_t size, std::size_t count, void* into) {
  auto& body = *static_cast<std::string*>(into);
  if (body.size() + size * count > body_limit) return 0;
  body.append(data, size * count);
  return size * count;
}

struct HeaderList {
  curl_slist* list = nullptr;
  HeaderList() = default;
  HeaderList(const HeaderList&) = delete;
  HeaderList& operator=(const HeaderList&) = delete;
  ~HeaderList() { curl_slist_free_all(list); }
  void add(const std::string& line) {
    if (curl_slist* longer = curl_slist_append(list, line.c_str())) list = longer;
  }
};

} // namespace

Result<Answer> post(const std::string& url, const std::string& content_type, std::string_view body) {
  TRY_ASSIGN(const Address address, parse_address(url));
  if (address.scheme != "https" && !(address.scheme == "http" && address.loopback())) {
    return fail(ErrorKind::configuration, fmt::format("the URL of {} must begin with https://", address.host));
  }
  TRY_ASSIGN(const auto transfer, Transfer::create());
  Answer answer;
  answer.server = address.name();
  HeaderList headers;
  headers.add("Content-Type: " + content_type);
  headers.add("Accept: application/json");
  headers.add("Expect:");
  transfer->set(CURLOPT_URL, url.c_str());
  transfer->set(CURLOPT_PROTOCOLS_STR, address.scheme.c_str());
  transfer->set(CURLOPT_FOLLOWLOCATION, 0L);
  transfer->set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (address.loopback()) transfer->set(CURLOPT_PROXY, "");
  transfer->set(CURLOPT_TIMEOUT_MS, static_cast<long>(time_limit.count()));
  transfer->set(CURLOPT_HTTPHEADER, headers.list);
  transfer->set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
  transfer->set(CURLOPT_POSTFIELDS, body.data());
  transfer->set(CURLOPT_WRITEFUNCTION, &on_body);
  transfer->set(CURLOPT_WRITEDATA, &answer.body);
  const StopToken never;
  const CURLcode code = transfer->run(never, time_limit);
  if (code == CURLE_WRITE_ERROR) {
    return fail(ErrorKind::too_big, fmt::format("{}: the answer is larger than {} bytes", address.name(), body_limit));
  }
  if (code != CURLE_OK) return tl::unexpected(transfer_error(code, address));
  answer.status = transfer->response_code();
  return answer;
}

Result<void> check_status(const Answer& answer) {
  const long status = answer.status;
  if (status >= 200 && status < 300) return {};
  std::string what = fmt::format("{}: the server answered with HTTP status {}", answer.server, status);
  if (status == 408 || status == 429 || status >= 500) return fail_temporarily(ErrorKind::network, std::move(what));
  return fail(ErrorKind::failed, std::move(what));
}

} // namespace cvdesk::net
