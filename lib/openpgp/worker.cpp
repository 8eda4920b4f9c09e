#include "openpgp/worker.hpp"

#include "openpgp/message_socket.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <ctime>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

namespace cvdesk::openpgp {

namespace {

constexpr int status_deadline = 3;
constexpr std::int64_t notice_timed_out = 1;
constexpr std::int64_t notice_died = 2;
constexpr std::chrono::seconds grace{5}; // beyond the worker's own deadline, for the keeper to tell

int open_pidfd(pid_t process) {
  return static_cast<int>(::syscall(SYS_pidfd_open, process, 0u));
}

// The daemon's sockets and files are none of our business, and would stay open as long as we live.
void close_all_but(int a, int b) {
  const auto low = static_cast<unsigned>(std::min(a, b));
  const auto high = static_cast<unsigned>(std::max(a, b));
  if (low > 3) ::close_range(3, low - 1, 0);
  if (high > low + 1) ::close_range(low + 1, high - 1, 0);
  ::close_range(high + 1, ~0u, 0);
}

// A stop of the daemon reaches every process of its terminal or control group; what is under way is finished.
void settle_signals() {
  struct sigaction standard {};
  standard.sa_handler = SIG_DFL;
  struct sigaction ignore {};
  ignore.sa_handler = SIG_IGN;
  for (const int signal : {SIGCHLD, SIGUSR1, SIGUSR2, SIGALRM})
    ::sigaction(signal, &standard, nullptr);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGPIPE, SIGQUIT})
    ::sigaction(signal, &ignore, nullptr);
  sigset_t none;
  ::sigemptyset(&none);
  ::pthread_sigmask(SIG_SETMASK, &none, nullptr);
}

void set_alarm(std::chrono::seconds after) {
  itimerval timer{};
  timer.it_value.tv_sec = after.count();
  ::setitimer(ITIMER_REAL, &timer, nullptr);
}

[[noreturn]] void run_worker(int socket, pid_t keeper, const Worker::MakeHandler& make_handler,
                             const std::filesystem::path& folder, std::chrono::seconds deadline) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != keeper || ::setpgid(0, 0) != 0) ::_exit(1);
  struct sigaction at_deadline {};
  at_deadline.sa_handler = [](int) { ::_exit(status_deadline); };
  ::sigaction(SIGALRM, &at_deadline, nullptr);
  Handler handler;
  while (auto request = receive_message(socket, true)) {
    set_alarm(deadline);
    if (!handler) handler = make_handler(folder);
    const Reply reply = handler(request->bytes);
    set_alarm(std::chrono::seconds(0));
    if (!send_message(socket, {request->head.sequence, 0}, reply.bytes)) ::_exit(1);
    if (reply.retire) break;
  }
  ::_exit(0);
}

// Waits for the worker's end. False: the caller is gone, the keeper has to go too.
bool wait_for_worker(int socket, int caller, int worker) {
  pollfd watched[] = {{worker, POLLIN, 0}, {caller, POLLIN, 0}, {socket, 0, 0}};
  for (;;) {
    if (::poll(watched, 3, -1) < 0) {
      if (errno == EINTR) continue;
      return false;
    }
    if (watched[1].revents != 0 || watched[2].revents != 0) return false;
    if (watched[0].revents != 0) return true;
  }
}

void run_keeper(int socket, int caller, const Worker::MakeHandler& make_handler,
                const std::filesystem::path& folder, std::chrono::seconds deadline) {
  ::setsid();
  ::prctl(PR_SET_NAME, "cvdesk-openpgp");
  const rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core); // a core file would hold cleartext
  settle_signals();
  close_all_but(socket, caller);
  const pid_t self = ::getpid();
  for (bool wanted = true; wanted;) {
    const pid_t worker = ::fork();
    if (worker == 0) run_worker(socket, self, make_handler, folder, deadline);
    if (worker < 0) return;
    ::setpgid(worker, worker); // both sides set it, so that neither has to wait for the other
    const UniqueFd watched(open_pidfd(worker));
    wanted = watched && wait_for_worker(socket, caller, watched.get());
    // Not reaped yet: its number, and so its group, can belong to nobody else.
    ::kill(-worker, SIGKILL);
    int status = 0;
    while (::waitpid(worker, &status, 0) < 0 && errno == EINTR) {
    }
    if (!wanted || (WIFEXITED(status) && WEXITSTATUS(status) == 0)) continue;
    const bool timed_out = WIFEXITED(status) && WEXITSTATUS(status) == status_deadline;
    if (!send_message(socket, {0, timed_out ? notice_timed_out : notice_died}, {})) return;
  }
}

} // namespace

Worker::Worker(MakeHandler make_handler, std::chrono::seconds deadline)
    : make_handler_(std::move(make_handler)), deadline_(deadline) {}

Worker::~Worker() {
  stop();
}

Result<void> Worker::start() {
  folder_.reset();
  TRY_ASSIGN(auto folder, TemporaryFolder::create("gpg"));
  folder_.emplace(std::move(folder));
  int ends[2] = {-1, -1};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
    return fail_temporarily(ErrorKind::failed, "no socket for the OpenPGP process: " + errno_text());
  }
  UniqueFd ours(ends[0]);
  UniqueFd theirs(ends[1]);
  // Not PR_SET_PDEATHSIG for the keeper: that fires when the thread ends that forked, not the process.
  const UniqueFd caller(open_pidfd(::getpid()));
  if (!caller) return fail(ErrorKind::failed, "no process descriptor: " + errno_text(), "Linux 5.3 or newer");
  const pid_t keeper = ::fork();
  if (keeper < 0) return fail_temporarily(ErrorKind::failed, "no OpenPGP process: " + errno_text());
  if (keeper == 0) {
    run_keeper(theirs.get(), caller.get(), make_handler_, folder_->path(), deadline_);
    std::error_code ignored;
    std::filesystem::remove_all(folder_->path(), ignored);
    ::_exit(0);
  }
  keeper_ = keeper;
  socket_ = std::move(ours);
  return {};
}

void Worker::stop() {
  if (keeper_ < 0) return;
  // Unlike close, this reaches the keeper also when a process forked meanwhile holds a copy of the socket.
  ::shutdown(socket_.get(), SHUT_RDWR);
  while (::waitpid(keeper_, nullptr, 0) < 0 && errno == EINTR) {
  }
  keeper_ = -1;
  socket_.reset();
  folder_.reset();
}

Result<Answer> Worker::call(std::string_view request) {
  if (keeper_ < 0) TRY(start());
  while (receive_message(socket_.get(), false)) {
  } // answers and notices that nobody waits for any more
  const MessageHead head{++sequence_, 0};
  if (auto sent = send_message(socket_.get(), head, request); !sent) {
    stop();
    return tl::unexpected(std::move(sent).error());
  }
  const auto until = std::chrono::steady_clock::now() + deadline_ + grace;
  for (;;) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    pollfd watched{socket_.get(), POLLIN, 0};
    const int ready = left.count() > 0 ? ::poll(&watched, 1, static_cast<int>(left.count())) : 0;
    if (ready < 0 && errno == EINTR) continue;
    std::optional<Received> received;
    if (ready > 0) received = receive_message(socket_.get(), false);
    if (!received) {
      ::kill(keeper_, SIGKILL); // the worker dies with it
      stop();
      return Answer{ready > 0 ? Answer::How::died : Answer::How::timed_out, {}};
    }
    if (received->head.sequence == head.sequence)
      return Answer{Answer::How::answered, std::move(received->bytes)};
    if (received->head.sequence == 0) {
      return Answer{received->head.notice == notice_timed_out ? Answer::How::timed_out : Answer::How::died,
                    {}};
    }
  }
}

} // namespace cvdesk::openpgp
