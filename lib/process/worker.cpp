#include "process/worker.hpp"

#include "process/keeper.hpp"

#include <cerrno>
#include <csignal>
#include <poll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace cvdesk::process {

namespace {

constexpr std::chrono::seconds grace{5}; // beyond the worker's own deadline, for the keeper to tell
constexpr int send_attempts = 3;

// Milliseconds for poll, 0 when the time is over.
int until_poll(std::chrono::steady_clock::time_point until) {
  const auto left =
      std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
  return left.count() > 0 ? static_cast<int>(left.count()) : 0;
}

} // namespace

Worker::Worker(Work work) : work_(std::move(work)) {}

Worker::~Worker() { stop(); }

Result<void> Worker::start() {
  folder_.reset();
  if (!work_.folder_purpose.empty()) {
    TRY_ASSIGN(auto folder, TemporaryFolder::create(work_.folder_purpose));
    folder_.emplace(std::move(folder));
  }
  int ends[2] = {-1, -1};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
    return fail_temporarily(ErrorKind::failed, "no socket for a process of ours: " + errno_text());
  }
  UniqueFd ours(ends[0]);
  UniqueFd theirs(ends[1]);
  // Not PR_SET_PDEATHSIG for the keeper: that fires when the thread ends that forked, not the process.
  const UniqueFd caller(static_cast<int>(::syscall(SYS_pidfd_open, ::getpid(), 0u)));
  if (!caller) return fail(ErrorKind::failed, "no process descriptor: " + errno_text(), "Linux 5.3 or newer");
  const pid_t keeper = ::fork();
  if (keeper < 0) return fail_temporarily(ErrorKind::failed, "no process to be had: " + errno_text());
  if (keeper == 0) {
    run_keeper(theirs.get(), caller.get(), folder_ ? folder_->lock() : -1, work_,
               folder_ ? folder_->path() : std::filesystem::path());
    std::error_code ignored;
    if (folder_) std::filesystem::remove_all(folder_->path(), ignored);
    ::_exit(0);
  }
  keeper_ = keeper;
  control_ = std::move(ours);
  return {};
}

void Worker::stop() {
  if (keeper_ < 0) return;
  // Unlike close, this reaches the keeper also when a process forked meanwhile holds a copy of the socket.
  ::shutdown(control_.get(), SHUT_RDWR);
  while (::waitpid(keeper_, nullptr, 0) < 0 && errno == EINTR) {
  }
  keeper_ = -1;
  control_.reset();
  worker_.reset();
  folder_.reset();
}

void Worker::give_up() {
  ::kill(keeper_, SIGKILL); // the worker dies with it
  stop();
}

// Its group is killed, whatever it is doing: nothing that it does from now on can matter.
void Worker::dismiss() {
  worker_.reset();
  (void)send_packet(control_.get(), {generation_, notice::dismiss});
}

// Reads one notice of the keeper. What became of the request that the present worker had, where it is that.
std::optional<Result<Answer>> Worker::take_notice() {
  auto packet = receive_packet(control_.get(), true);
  if (!packet) {
    give_up();
    return Answer{};
  }
  const bool had_worker = static_cast<bool>(worker_);
  if (packet->head.notice == notice::fresh) {
    worker_ = std::move(packet->descriptor);
    generation_ = packet->head.number;
    return had_worker ? std::optional(Answer{}) : std::nullopt;
  }
  if (packet->head.number != generation_) return {};
  worker_.reset();
  if (packet->head.notice == notice::unfit) {
    return fail_temporarily(ErrorKind::failed, "a process of ours could not be confined",
                            "the kernel has to offer seccomp filters (CONFIG_SECCOMP_FILTER)");
  }
  return Answer{packet->head.notice == notice::timed_out ? Answer::How::timed_out : Answer::How::died, {}};
}

Result<void> Worker::await_worker(Clock::time_point until) {
  for (;;) {
    pollfd watched{control_.get(), POLLIN, 0};
    while (keeper_ >= 0 && ::poll(&watched, 1, 0) > 0)
      (void)take_notice();
    if (worker_) return {};
    if (keeper_ < 0) return fail_temporarily(ErrorKind::failed, "a process of ours is gone");
    const int ready = ::poll(&watched, 1, until_poll(until));
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) {
      give_up();
      return fail_temporarily(ErrorKind::failed, "no process of ours is ready in time");
    }
  }
}

// A worker that died while nobody wanted anything from it has cost nobody anything.
Result<void> Worker::send(std::span<const std::string_view> parts, Clock::time_point until) {
  TRY_ASSIGN(const UniqueFd file, create_message_file());
  TRY(fill(file, parts));
  Result<void> sent;
  for (int attempt = 0; attempt < send_attempts; ++attempt) {
    TRY(await_worker(until));
    sent = send_packet(worker_.get(), {++sequence_, 0}, file.get());
    if (sent) return sent;
    worker_.reset();
  }
  return sent;
}

Result<Answer> Worker::await_answer(Clock::time_point until) {
  for (;;) {
    pollfd watched[] = {{worker_.get(), POLLIN, 0}, {control_.get(), POLLIN, 0}};
    const int ready = ::poll(watched, 2, until_poll(until));
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) {
      give_up();
      return Answer{Answer::How::timed_out, {}};
    }
    if ((watched[0].revents & POLLIN) != 0) {
      if (auto packet = receive_packet(worker_.get(), false)) {
        const bool wanted = packet->head.number == sequence_;
        auto payload = payload_of(*packet, work_.answer_limit);
        if (!wanted || !payload || packet->head.notice == retires || work_.one_request) dismiss();
        if (wanted && payload) return Answer{Answer::How::answered, std::move(*payload)};
        return Answer{Answer::How::died, {}};
      }
    }
    if (watched[0].revents != 0) ::poll(&watched[1], 1, until_poll(until)); // it is gone: the keeper knows how
    if (watched[1].revents != 0) {
      if (auto outcome = take_notice()) return std::move(*outcome);
    }
  }
}

Result<Answer> Worker::call(std::span<const std::string_view> parts) {
  if (keeper_ < 0) TRY(start());
  const auto until = Clock::now() + work_.deadline + grace;
  TRY(send(parts, until));
  return await_answer(until);
}

} // namespace cvdesk::process
