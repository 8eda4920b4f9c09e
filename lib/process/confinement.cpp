#include "process/confinement.hpp"

#include <seccomp.h>

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <limits>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace cvdesk::process {

namespace {

#ifdef CVDESK_SANITIZED
constexpr bool restrictable = false;
#else
constexpr bool restrictable = true;
#endif

// Fixed numbers, so that one filter fits all.
constexpr int socket_number = 3;
constexpr int answer_number = 4;
constexpr rlim_t descriptors = 8; // the standard streams, these two, the request

class Rules {
public:
  Rules() : context_(::seccomp_init(SCMP_ACT_KILL_PROCESS)) {}
  ~Rules() { ::seccomp_release(context_); }
  Rules(const Rules&) = delete;
  Rules& operator=(const Rules&) = delete;

  template <class... Compare>
  void allow(int call, Compare... compare) {
    add(SCMP_ACT_ALLOW, call, compare...);
  }
  // Without effect, and not worth a death: libraries look for files of theirs and go on without.
  void deny(int call) { add(SCMP_ACT_ERRNO(EACCES), call); }

  std::vector<sock_filter> compiled() const {
    const UniqueFd file(::memfd_create("cvdesk-filter", MFD_CLOEXEC));
    if (!good_ || !file || ::seccomp_export_bpf(context_, file.get()) != 0) return {};
    const off_t size = ::lseek(file.get(), 0, SEEK_END);
    if (size <= 0) return {};
    std::vector<sock_filter> filter(static_cast<std::size_t>(size) / sizeof(sock_filter));
    const ssize_t got = ::pread(file.get(), filter.data(), filter.size() * sizeof(sock_filter), 0);
    if (got != size) return {};
    return filter;
  }

private:
  template <class... Compare>
  void add(std::uint32_t action, int call, Compare... compare) {
    good_ = context_ != nullptr && good_ &&
            ::seccomp_rule_add(context_, action, call, sizeof...(compare), compare...) == 0;
  }
  scmp_filter_ctx context_;
  bool good_ = true;
};

scmp_arg_cmp argument_is(unsigned which, int value) {
  return {which, SCMP_CMP_EQ, static_cast<scmp_datum_t>(value), 0};
}
scmp_arg_cmp without_bit(unsigned which, int bit) {
  return {which, SCMP_CMP_MASKED_EQ, static_cast<scmp_datum_t>(bit), 0};
}

std::vector<sock_filter> compile_filter() {
  Rules rules;
  // The request comes in, the answer goes out.
  rules.allow(SCMP_SYS(recvmsg), argument_is(0, socket_number));
  rules.allow(SCMP_SYS(sendmsg), argument_is(0, socket_number));
  rules.allow(SCMP_SYS(write), argument_is(0, answer_number));
  rules.allow(SCMP_SYS(fcntl), argument_is(1, F_ADD_SEALS));
  for (const int call : {SCMP_SYS(lseek), SCMP_SYS(close), SCMP_SYS(setitimer)})
    rules.allow(call);
  // Memory, none of it to be executed.
  rules.allow(SCMP_SYS(mmap), without_bit(2, PROT_EXEC));
  rules.allow(SCMP_SYS(mprotect), without_bit(2, PROT_EXEC));
  for (const int call : {SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(brk)})
    rules.allow(call);
  // The clock, chance, locks of one thread, signals to itself at its end.
  for (const int call : {SCMP_SYS(clock_gettime), SCMP_SYS(clock_getres), SCMP_SYS(gettimeofday), SCMP_SYS(time),
                         SCMP_SYS(getrandom), SCMP_SYS(futex), SCMP_SYS(sched_yield), SCMP_SYS(getpid),
                         SCMP_SYS(gettid), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn),
                         SCMP_SYS(restart_syscall), SCMP_SYS(exit), SCMP_SYS(exit_group)})
    rules.allow(call);
  // ICU looks for a converter file of any name that a mail gives as its character set.
  for (const int call : {SCMP_SYS(open), SCMP_SYS(openat), SCMP_SYS(stat), SCMP_SYS(lstat), SCMP_SYS(newfstatat),
                         SCMP_SYS(statx), SCMP_SYS(access), SCMP_SYS(faccessat), SCMP_SYS(faccessat2),
                         SCMP_SYS(readlink), SCMP_SYS(readlinkat)})
    rules.deny(call);
  return rules.compiled();
}

struct Size {
  std::size_t addresses = 0;
  std::size_t data = 0;
};

Size present_size() {
  unsigned long total = 0;
  unsigned long data = 0;
  std::FILE* file = std::fopen("/proc/self/statm", "re");
  if (file == nullptr) return {};
  const int read = std::fscanf(file, "%lu %*u %*u %*u %*u %lu", &total, &data);
  std::fclose(file);
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  return read == 2 ? Size{total * page, data * page} : Size{};
}

bool limit(int what, rlim_t most) {
  const rlimit both{most, most};
  return ::setrlimit(static_cast<__rlimit_resource>(what), &both) == 0;
}

bool move_to(UniqueFd& fd, int number) {
  if (fd.get() == number) return true;
  if (::dup3(fd.get(), number, O_CLOEXEC) < 0) return false;
  fd = UniqueFd(number);
  return true;
}

// The two may stand in each other's way.
bool take_places(UniqueFd& socket, UniqueFd& answer) {
  UniqueFd aside(::fcntl(answer.get(), F_DUPFD_CLOEXEC, answer_number + 1));
  if (!aside || !move_to(socket, socket_number)) return false;
  if (answer.get() == socket_number) answer.release(); // replaced just now
  if (!move_to(aside, answer_number)) return false;
  if (answer.get() == answer_number) answer.release();
  answer = std::move(aside);
  return ::close_range(answer_number + 1, std::numeric_limits<unsigned>::max(), 0) == 0;
}

} // namespace

Cell::Cell(const Confinement& confinement, std::size_t answer_limit)
    : confinement_(confinement), answer_limit_(answer_limit), filter_(compile_filter()) {
  const Size size = present_size();
  address_space_ = size.addresses;
  data_ = size.data;
}

bool Cell::enter(UniqueFd& socket, UniqueFd& answer) const {
  if (::prctl(PR_SET_DUMPABLE, 0) != 0 || ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || !limit(RLIMIT_CORE, 0))
    return false;
  const auto cpu = static_cast<rlim_t>(confinement_.cpu.count());
  if (!limit(RLIMIT_CPU, cpu)) return false;
  if (!restrictable) return true;
  if (filter_.empty() || address_space_ == 0 || !take_places(socket, answer)) return false;
  const bool limited = limit(RLIMIT_DATA, data_ + confinement_.memory) &&
                       limit(RLIMIT_AS, address_space_ + confinement_.memory + confinement_.mapped) && limit(RLIMIT_FSIZE, answer_limit_) &&
                       limit(RLIMIT_NOFILE, descriptors) && limit(RLIMIT_NPROC, 0) && limit(RLIMIT_MEMLOCK, 0) &&
                       limit(RLIMIT_MSGQUEUE, 0) && limit(RLIMIT_STACK, 8u << 20);
  if (!limited) return false;
  std::vector<sock_filter> filter = filter_;
  const sock_fprog program{static_cast<unsigned short>(filter.size()), filter.data()};
  return ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

} // namespace cvdesk::process
