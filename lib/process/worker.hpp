// Processes of our own that can truly be killed: what strangers send is read in them, gpg runs in them, never in
// the program itself.
//
//   caller ── control ──▶ keeper (the template: forks, waits, cleans up) ──▶ worker (own process group)
//      └───────────────────────── requests, answers ───────────────────────────┘
//
// A worker has a connection of its own to the caller, which the keeper hands over: what another worker says can
// never be taken for its answer. It ends itself at the deadline; the keeper then kills what is left of its group
// and forks the next one. All of them end with the process that started them, however that ends.
#pragma once

#include "core/file.hpp"
#include "core/result.hpp"
#include "process/confinement.hpp"
#include "process/message_socket.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>

namespace cvdesk::process {

struct Reply {
  std::string bytes;
  bool retire = false; // end this worker and its group after the answer, begin with a fresh one
};
using Handler = std::function<Reply(std::string_view request)>;

struct Answer {
  enum class How { answered, timed_out, died };
  How how = How::died;
  Payload payload; // of an answer
};

// What a worker is for, and may.
struct Work {
  // Made once in each worker process, before its first request. `folder`: the temporary one, or empty.
  using MakeHandler = std::function<Handler(const std::filesystem::path& folder)>;
  MakeHandler make_handler;
  const char* name = "cvdesk-worker"; // for ps; at most 15 bytes
  std::chrono::seconds deadline{10};  // of one request
  std::size_t answer_limit = 0;       // bytes; a larger answer counts as none
  bool one_request = false;           // a process of its own for each request
  std::optional<Confinement> confinement = {}; // only with one_request
  std::size_t heap = 0;                // bytes that each worker is given beforehand; see shared_heap.hpp
  std::string folder_purpose = {};    // not empty: with a temporary folder, removed when the Worker goes
};

class Worker {
public:
  explicit Worker(Work work);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // Forks the keeper. To be called while the process has one thread; call() only forks again when the keeper
  // itself was killed. Fails temporarily when there is no process or memory to be had.
  Result<void> start();

  // One request (the parts, one after the other), one answer; returns soon after the deadline at the latest.
  // Temporary errors have nothing to do with the request: no memory, no process, no confinement to be had.
  Result<Answer> call(std::span<const std::string_view> parts);
  Result<Answer> call(std::string_view request) { return call({&request, 1}); }

private:
  using Clock = std::chrono::steady_clock;
  Result<void> send(std::span<const std::string_view> parts, Clock::time_point until);
  Result<void> await_worker(Clock::time_point until);
  Result<Answer> await_answer(Clock::time_point until);
  std::optional<Result<Answer>> take_notice();
  void dismiss();
  void give_up();
  void stop();

  Work work_;
  std::optional<TemporaryFolder> folder_;
  UniqueFd control_;
  UniqueFd worker_;
  std::uint64_t generation_ = 0; // of the worker
  pid_t keeper_ = -1;
  std::uint64_t sequence_ = 0;
};

} // namespace cvdesk::process
