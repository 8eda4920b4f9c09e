#include "net/transfer.hpp"

#include "core/text.hpp"

#include <algorithm>

namespace cvdesk::net {

namespace {
constexpr std::size_t most_lines = 1000;
constexpr std::size_t longest_line = 2000;
constexpr std::size_t command_prefix = 10;
constexpr std::chrono::milliseconds farewell_limit{2000};
} // namespace

Result<std::unique_ptr<Transfer>> Transfer::create() {
  CURL* easy = curl_easy_init();
  CURLM* multi = curl_multi_init();
  if (easy == nullptr || multi == nullptr) {
    curl_easy_cleanup(easy);
    curl_multi_cleanup(multi);
    return fail_temporarily(ErrorKind::failed, "cannot start libcurl: out of memory");
  }
  return std::unique_ptr<Transfer>(new Transfer(easy, multi));
}

Transfer::Transfer(CURL* easy, CURLM* multi) : easy_(easy), multi_(multi) {
  set(CURLOPT_NOSIGNAL, 1L);
  // A resolver that hangs must not hold up a stop: its thread is left to end by itself.
  set(CURLOPT_QUICK_EXIT, 1L);
  // Verbose output goes to on_traffic and nowhere else.
  set(CURLOPT_DEBUGFUNCTION, &Transfer::on_traffic);
  set(CURLOPT_DEBUGDATA, this);
  set(CURLOPT_VERBOSE, 1L);
  set(CURLOPT_XFERINFOFUNCTION, &Transfer::on_progress);
  set(CURLOPT_XFERINFODATA, this);
  set(CURLOPT_NOPROGRESS, 0L);
  set(CURLOPT_HEADERFUNCTION, &Transfer::on_line);
  set(CURLOPT_HEADERDATA, this);
}

Transfer::~Transfer() {
  curl_multi_remove_handle(multi_, easy_);
  curl_easy_cleanup(easy_);
  curl_multi_cleanup(multi_);
}

CURLcode Transfer::run(const StopToken& stop, std::chrono::milliseconds silence) {
  if (set_up_ != CURLE_OK) return set_up_;
  stop_ = &stop;
  silence_ = silence;
  active_ = std::chrono::steady_clock::now();
  if (curl_multi_add_handle(multi_, easy_) != CURLM_OK) return CURLE_FAILED_INIT;
  CURLcode code = CURLE_AGAIN;
  while (code == CURLE_AGAIN) {
    code = step();
  }
  stop_ = nullptr;
  return code;
}

// CURLE_AGAIN: not done yet.
CURLcode Transfer::step() {
  int running = 0;
  if (curl_multi_perform(multi_, &running) != CURLM_OK) return CURLE_FAILED_INIT;
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    // A farewell that came to nothing changes nothing for what was done before.
    return message->data.result == CURLE_ABORTED_BY_CALLBACK && given_up_ != CURLE_OK ? given_up_
                                                                                      : message->data.result;
  }
  // Only where there is no connection yet on_progress has not been asked.
  if (give_up()) return given_up_;
  curl_waitfd wake{stop_->fd(), CURL_WAIT_POLLIN, 0};
  const auto longest = std::min<std::chrono::milliseconds>(silence_, std::chrono::seconds(1));
  curl_multi_poll(multi_, &wake, 1, static_cast<int>(longest.count()), nullptr);
  return CURLE_AGAIN;
}

// The first reason stands: what libcurl sends afterwards, such as QUIT, would look like progress.
bool Transfer::give_up() {
  const bool leaving = command_ == "QUIT";
  const auto patience = leaving ? std::min(farewell_limit, silence_) : silence_;
  const bool stopped = stop_ == nullptr || stop_->requested();
  const bool silent = std::chrono::steady_clock::now() - active_ > patience;
  if (!stopped && !silent) return false;
  if (given_up_ == CURLE_OK) given_up_ = stopped ? CURLE_ABORTED_BY_CALLBACK : CURLE_OPERATION_TIMEDOUT;
  return true;
}

// The way to end a transfer. To take the handle out of its multi handle would not do: libcurl then takes what
// was sent of a mail for all of it and sends the final dot. It also waits for the reply to that dot, and to
// QUIT, within curl_multi_perform, but asks here every second.
int Transfer::on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<Transfer*>(self)->give_up() ? 1 : 0;
}

long Transfer::response_code() const {
  long code = 0;
  curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &code);
  return code;
}

int Transfer::on_traffic(CURL*, curl_infotype type, char* data, std::size_t size, void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  if (type == CURLINFO_TEXT) return 0;
  transfer.active_ = std::chrono::steady_clock::now();
  if (type == CURLINFO_HEADER_OUT) transfer.command_ = trim(std::string_view(data, std::min(size, command_prefix)));
  return 0;
}

std::size_t Transfer::on_line(char* data, std::size_t size, std::size_t count, void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  const std::string_view line = trim(std::string_view(data, size * count));
  if (transfer.lines_.size() < most_lines) {
    transfer.lines_.push_back({transfer.command_, std::string(line.substr(0, longest_line))});
  }
  return size * count;
}

} // namespace cvdesk::net
