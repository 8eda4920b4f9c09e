#include "process/keeper.hpp"

#include "process/shared_heap.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <ctime>
#include <fcntl.h>
#include <limits>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace cvdesk::process {

namespace {

constexpr int status_deadline = 3;
constexpr int status_unfit = 4;
constexpr int unfit_pause_ms = 200;

int open_pidfd(pid_t process) { return static_cast<int>(::syscall(SYS_pidfd_open, process, 0u)); }

// The program's sockets and files are none of our business, and would stay open as long as we live.
void close_all_but(std::vector<int> kept) {
  std::sort(kept.begin(), kept.end());
  unsigned next = 3;
  for (const int fd : kept) {
    if (fd < static_cast<int>(next)) continue;
    const auto here = static_cast<unsigned>(fd);
    if (here > next) ::close_range(next, here - 1, 0);
    next = here + 1;
  }
  ::close_range(next, std::numeric_limits<unsigned>::max(), 0);
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

[[noreturn]] void run_worker(UniqueFd socket, pid_t keeper, const Work& work,
                             const std::filesystem::path& folder, const std::optional<Cell>& cell) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != keeper || ::setpgid(0, 0) != 0) ::_exit(1);
  struct sigaction at_deadline {};
  at_deadline.sa_handler = [](int) { ::_exit(status_deadline); };
  ::sigaction(SIGALRM, &at_deadline, nullptr);
  close_all_but({socket.get()});
  if (work.heap > 0) take_heap(work.heap);
  const Handler handler = work.make_handler(folder);
  for (bool wanted = true; wanted;) {
    auto file = create_message_file();
    if (cell && (!file || !cell->enter(socket, *file))) ::_exit(status_unfit);
    const auto packet = receive_packet(socket.get(), true);
    if (!packet) break;
    set_alarm(work.deadline);
    const auto request = payload_of(*packet, std::numeric_limits<std::size_t>::max());
    if (!file || !request) ::_exit(1);
    const Reply reply = handler(request->view());
    set_alarm(std::chrono::seconds(0));
    wanted = !reply.retire && !work.one_request;
    const std::string_view bytes = reply.bytes;
    if (!fill(*file, {&bytes, 1}) ||
        !send_packet(socket.get(), {packet->head.number, wanted ? 0 : retires}, file->get()))
      ::_exit(1);
  }
  ::_exit(0);
}

enum class Event { ended, dismissed, orphaned };

Event wait_for_worker(int control, int caller, int worker, std::uint64_t generation) {
  pollfd watched[] = {{worker, POLLIN, 0}, {caller, POLLIN, 0}, {control, POLLIN, 0}};
  for (;;) {
    if (::poll(watched, 3, -1) < 0) {
      if (errno == EINTR) continue;
      return Event::orphaned;
    }
    if (watched[1].revents != 0) return Event::orphaned;
    if (watched[2].revents != 0) {
      const auto told = receive_packet(control, false);
      if (!told) return Event::orphaned;
      if (told->head.notice == notice::dismiss && told->head.number == generation) return Event::dismissed;
    }
    if (watched[0].revents != 0) return Event::ended;
  }
}

// False: the caller is gone, the keeper has to go too.
bool keep_one(int control, int caller, const Work& work, const std::filesystem::path& folder,
              const std::optional<Cell>& cell, std::uint64_t generation) {
  int ends[2] = {-1, -1};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) return false;
  UniqueFd theirs(ends[0]);
  UniqueFd its(ends[1]);
  const pid_t self = ::getpid();
  const pid_t worker = ::fork();
  if (worker == 0) run_worker(std::move(its), self, work, folder, cell);
  if (worker < 0) return false;
  ::setpgid(worker, worker); // both sides set it, so that neither has to wait for the other
  its.reset();
  const UniqueFd watched(open_pidfd(worker));
  Event event = Event::orphaned;
  if (watched && send_packet(control, {generation, notice::fresh}, theirs.get())) {
    theirs.reset();
    event = wait_for_worker(control, caller, watched.get(), generation);
  }
  // Not reaped yet: its number, and so its group, can belong to nobody else.
  ::kill(-worker, SIGKILL);
  int status = 0;
  while (::waitpid(worker, &status, 0) < 0 && errno == EINTR) {
  }
  if (event != Event::ended) return event == Event::dismissed;
  const int exited = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  if (exited == 0) return true;
  if (exited == status_unfit) ::poll(nullptr, 0, unfit_pause_ms); // the next one will hardly fare better
  const auto ended = exited == status_deadline ? notice::timed_out
                     : exited == status_unfit  ? notice::unfit
                                               : notice::died;
  return send_packet(control, {generation, ended}).has_value();
}

// Nothing that a library of ours might print belongs on the terminal or in the program's output.
void silence() {
  const int nowhere = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  if (nowhere < 0) return;
  ::dup2(nowhere, STDIN_FILENO);
  ::dup2(nowhere, STDOUT_FILENO);
#ifndef CVDESK_SANITIZED // the sanitizers' reports
  ::dup2(nowhere, STDERR_FILENO);
#endif
  if (nowhere > STDERR_FILENO) ::close(nowhere);
}

} // namespace

void run_keeper(int control, int caller, int keep, const Work& work, const std::filesystem::path& folder) {
  ::setsid();
  ::prctl(PR_SET_NAME, work.name);
  const rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core); // a core file would hold cleartext
  settle_signals();
  close_all_but({control, caller, keep});
  silence();
  if (work.heap > 0) prepare_heap(work.heap);
  std::optional<Cell> cell;
  if (work.confinement) cell.emplace(*work.confinement, work.answer_limit);
  for (std::uint64_t generation = 1; keep_one(control, caller, work, folder, cell, generation); ++generation) {
  }
}

} // namespace cvdesk::process
