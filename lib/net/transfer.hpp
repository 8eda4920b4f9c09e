// One libcurl transfer that a stop request, or a silence, ends.
#pragma once

#include "core/result.hpp"
#include "core/stop.hpp"

#include <curl/curl.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace cvdesk::net {

// An easy handle in a multi handle of its own: curl_easy_perform can't be interrupted. After a CONNECT_ONLY
// transfer the handle stays usable for curl_easy_send and curl_easy_recv as long as this object lives.
class Transfer {
public:
  static Result<std::unique_ptr<Transfer>> create();
  ~Transfer();
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  CURL* handle() const { return easy_; }

  template <class Value>
  void set(CURLoption option, Value value) {
    if (set_up_ == CURLE_OK) set_up_ = curl_easy_setopt(easy_, option, value);
  }

  // Runs until it is done; CURLE_ABORTED_BY_CALLBACK on a stop request (noticed within a second),
  // CURLE_OPERATION_TIMEDOUT when nothing was sent or received for `silence`, or the error of an option that
  // could not be set. Once.
  CURLcode run(const StopToken& stop, std::chrono::milliseconds silence);

  // What the server said: lines without their ends; at most 1,000 of at most 2,000 bytes are kept.
  struct Line {
    std::string command; // that it answers, its first ten bytes: "MAIL FROM:". Empty for a greeting
    std::string text;
  };
  const std::vector<Line>& lines() const { return lines_; }
  long response_code() const;

private:
  Transfer(CURL* easy, CURLM* multi);
  static int on_traffic(CURL* handle, curl_infotype type, char* data, std::size_t size, void* self);
  static int on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t);
  static std::size_t on_line(char* data, std::size_t size, std::size_t count, void* self);

  CURLcode step();
  bool give_up();

  CURL* easy_;
  CURLM* multi_;
  CURLcode set_up_ = CURLE_OK;
  CURLcode given_up_ = CURLE_OK; // why, once it was decided to
  const StopToken* stop_ = nullptr; // while it runs
  std::chrono::milliseconds silence_{0};
  std::chrono::steady_clock::time_point active_;
  std::vector<Line> lines_;
  std::string command_;
};

} // namespace cvdesk::net
