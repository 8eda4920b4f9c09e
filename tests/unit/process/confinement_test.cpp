// What a confined worker can do when it has been taken over: nothing. Sanitizer builds run unconfined.
#include "process/worker.hpp"

#include <catch2/catch.hpp>

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <string>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>
#include <vector>

#ifndef CVDESK_SANITIZED

using namespace cvdesk;
using namespace cvdesk::process;

namespace {

constexpr std::size_t budget = 64u << 20;

Work confined(std::function<std::string()> attempt) {
  Work work;
  work.make_handler = [attempt = std::move(attempt)](const std::filesystem::path&) -> Handler {
    return [attempt](std::string_view) { return Reply{attempt()}; };
  };
  work.deadline = std::chrono::seconds(10);
  work.answer_limit = 1u << 20;
  work.one_request = true;
  work.confinement = Confinement{.memory = budget, .mapped = budget, .cpu = std::chrono::seconds(1)};
  return work;
}

std::string outcome_of(std::function<std::string()> attempt) {
  Worker worker(confined(std::move(attempt)));
  const auto answer = worker.call("go");
  if (!answer) return "error";
  if (answer->how == Answer::How::timed_out) return "timed out";
  return answer->how == Answer::How::died ? "killed" : std::string(answer->payload.view());
}

std::string told(long result) { return result < 0 ? "errno " + std::to_string(errno) : "done"; }

} // namespace

TEST_CASE("A confined worker computes and answers") {
  CHECK(outcome_of([] { return std::string(1000, 'x') + std::to_string(::getpid() > 0); }).size() == 1001);
  CHECK(outcome_of([] { return std::string(1u << 20, 'x'); }).size() == 1u << 20);
}

TEST_CASE("A confined worker has no way to a file") {
  const std::string denied = "errno " + std::to_string(EACCES);
  CHECK(outcome_of([] { return told(::open("/etc/passwd", O_RDONLY)); }) == denied);
  CHECK(outcome_of([] { return told(::open("/dev/null", O_WRONLY)); }) == denied);
  CHECK(outcome_of([] {
          struct stat status;
          return told(::stat("/etc/passwd", &status));
        }) == denied);
  struct Attempt {
    const char* name;
    std::function<long()> run;
  };
  const std::vector<Attempt> attempts = {
      {"openat2", [] { return ::syscall(SYS_openat2, AT_FDCWD, "/etc/passwd", nullptr, 0); }},
      {"creat", [] { return ::syscall(SYS_creat, "/dev/shm/cvdesk-unit", 0600); }},
      {"unlink", [] { return ::unlink("/dev/shm/cvdesk-unit"); }},
      {"rename", [] { return ::rename("/dev/shm/cvdesk-unit", "/dev/shm/cvdesk-unit2"); }},
      {"mkdir", [] { return ::mkdir("/dev/shm/cvdesk-unit", 0700); }},
      {"chdir", [] { return ::chdir("/"); }},
      {"memfd_create", [] { return ::memfd_create("x", 0); }},
      {"name_to_handle_at", [] { return ::syscall(SYS_name_to_handle_at, AT_FDCWD, "/", nullptr, nullptr, 0); }},
      {"write to standard error", [] { return ::write(2, "x", 1); }},
      {"read from standard input", [] {
         char byte;
         return ::read(0, &byte, 1);
       }}};
  for (const auto& attempt : attempts) {
    INFO(attempt.name);
    CHECK(outcome_of([&] { return told(attempt.run()); }) == "killed");
  }
}

TEST_CASE("A confined worker has no way to a network, a process or a program") {
  struct Attempt {
    const char* name;
    std::function<long()> run;
  };
  char* none[] = {nullptr};
  const std::vector<Attempt> attempts = {
      {"socket", [] { return ::socket(AF_INET, SOCK_STREAM, 0); }},
      {"unix socket", [] { return ::socket(AF_UNIX, SOCK_STREAM, 0); }},
      {"socketpair", [] {
         int ends[2];
         return ::socketpair(AF_UNIX, SOCK_STREAM, 0, ends);
       }},
      {"connect", [] { return ::connect(3, nullptr, 0); }},
      {"sendto", [] { return ::sendto(3, "x", 1, 0, nullptr, 0); }},
      {"fork", [] { return ::fork(); }},
      {"vfork", [] { return ::syscall(SYS_vfork); }},
      {"clone3", [] { return ::syscall(SYS_clone3, nullptr, 0); }},
      {"execve", [&] { return ::execve("/bin/true", none, none); }},
      {"execveat", [&] { return ::syscall(SYS_execveat, 4, "", none, none, AT_EMPTY_PATH); }},
      {"ptrace", [] { return ::ptrace(PTRACE_ATTACH, ::getppid(), nullptr, nullptr); }},
      {"kill", [] { return ::kill(1, 0); }},
      {"tgkill", [] { return ::syscall(SYS_tgkill, 1, 1, 0); }},
      {"process_vm_readv", [] { return ::process_vm_readv(1, nullptr, 0, nullptr, 0, 0); }},
      {"pidfd_open", [] { return ::syscall(SYS_pidfd_open, 1, 0); }},
      {"ioctl", [] {
         int waiting = 0;
         return ::ioctl(3, FIONREAD, &waiting);
       }},
      {"prctl", [] { return ::prctl(PR_SET_DUMPABLE, 1); }},
      {"setrlimit", [] {
         const rlimit more{1, 1};
         return ::setrlimit(RLIMIT_CORE, &more);
       }},
      {"io_uring_setup", [] { return ::syscall(SYS_io_uring_setup, 1, nullptr); }},
      {"bpf", [] { return ::syscall(SYS_bpf, 0, nullptr, 0); }},
      {"unshare", [] { return ::syscall(SYS_unshare, 0); }},
      {"mount", [] { return ::syscall(SYS_mount, nullptr, nullptr, nullptr, 0, nullptr); }},
      {"shmget", [] { return ::syscall(SYS_shmget, 1, 4096, 0); }},
      {"dup", [] { return ::dup(3); }},
      {"message on another socket", [] {
         const msghdr message{};
         return ::sendmsg(5, &message, 0);
       }},
      {"code in new memory",
       [] { return ::mmap(nullptr, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == nullptr; }},
      {"code in its own memory", [] {
         void* page = ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
         return ::mprotect(page, 4096, PROT_READ | PROT_EXEC);
       }}};
  for (const auto& attempt : attempts) {
    INFO(attempt.name);
    CHECK(outcome_of([&] { return told(attempt.run()); }) == "killed");
  }
}

TEST_CASE("A confined worker finds no descriptor but its own, and nobody may look into it") {
  const int ours = ::open("/etc/passwd", O_RDONLY);
  REQUIRE(ours >= 0);
  // It cannot ask which are open: a lseek on one that is not open fails, on one that is it does not.
  CHECK(outcome_of([] {
          std::string open;
          for (int fd = 0; fd < 200; ++fd) {
            if (::lseek(fd, 0, SEEK_CUR) >= 0 || errno != EBADF) open += std::to_string(fd) + " ";
          }
          return open;
        }) == "0 1 2 3 4 5 "); // the standard streams (/dev/null), socket, answer, request
  ::close(ours);
}

TEST_CASE("A confined worker gets no more memory and time than it is meant to have") {
  const auto take = [](std::size_t bytes) {
    return outcome_of([bytes]() -> std::string {
      void* at = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
      return at == MAP_FAILED ? "refused" : "taken";
    });
  };
  CHECK(take(budget / 2) == "taken");
  CHECK(take(budget + (4u << 20)) == "refused");
  CHECK(outcome_of([]() -> std::string {
          void* at = ::mmap(nullptr, 3 * budget, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
          return at == MAP_FAILED ? "refused" : "taken";
        }) == "refused");
  CHECK(outcome_of([]() -> std::string {
          for (volatile unsigned long i = 0;;)
            i = i + 1;
        }) == "killed");
}

TEST_CASE("A confined worker cannot write more than an answer may hold") {
  CHECK(outcome_of([]() -> std::string { return std::string((1u << 20) + 1, 'x'); }) == "killed");
}

#endif
