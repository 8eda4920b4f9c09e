// A process of our own that can truly be killed: GPGME and gpg run in it, never in the daemon itself.
//
//   caller ── socket ──▶ keeper (forks, waits, cleans up) ──▶ worker (own process group; gpg runs in it)
//
// The worker ends itself at the deadline; the keeper then kills what is left of its group and forks the next
// one. Both end with the process that started them, however that ends. Requests and answers travel in
// memory files, so that no half message can ever be read.
#pragma once

#include "core/file.hpp"
#include "core/result.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>

namespace cvdesk::openpgp {

struct Reply {
  std::string bytes;
  bool retire = false; // end this worker and its group after the answer, begin with a fresh one
};
using Handler = std::function<Reply(std::string_view request)>;

struct Answer {
  enum class How { answered, timed_out, died };
  How how = How::died;
  std::string bytes;
};

class Worker {
public:
  // Made once in each worker process, before its first request. `folder`: for temporary files, in memory,
  // removed when the Worker goes, or by the keeper when the whole program was killed.
  using MakeHandler = std::function<Handler(const std::filesystem::path& folder)>;

  Worker(MakeHandler make_handler, std::chrono::seconds deadline);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // Forks the keeper. To be called while the process has one thread; call() only forks again when the keeper
  // itself was killed. Fails temporarily when there is no process or memory to be had.
  Result<void> start();

  // One request, one answer; returns soon after the deadline at the latest.
  Result<Answer> call(std::string_view request);

private:
  void stop();
  MakeHandler make_handler_;
  std::chrono::seconds deadline_;
  std::optional<TemporaryFolder> folder_;
  UniqueFd socket_;
  pid_t keeper_ = -1;
  std::uint64_t sequence_ = 0;
};

} // namespace cvdesk::openpgp
