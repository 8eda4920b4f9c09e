// Workers: what they may say, and that nothing of one request reaches the next.
#include "process/pieces.hpp"
#include "process/worker.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <string>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace cvdesk;
using namespace cvdesk::process;

namespace {

constexpr std::size_t small_answer = 1u << 20;

Work work_of(Handler handler) {
  Work work;
  work.make_handler = [handler = std::move(handler)](const std::filesystem::path&) { return handler; };
  work.deadline = std::chrono::seconds(2);
  work.answer_limit = small_answer;
  return work;
}

// The worker's connection: what a worker that was taken over would find. It is the only socket that is open.
int own_socket() {
  for (int fd = 3; fd < 64; ++fd) {
    int type = 0;
    socklen_t size = sizeof type;
    if (::getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0) return fd;
  }
  return -1;
}

std::string text_of(const Result<Answer>& answer) {
  if (!answer || answer->how != Answer::How::answered) return "no answer";
  return std::string(answer->payload.view());
}

} // namespace

TEST_CASE("A worker answers, one request after the other") {
  Worker worker(work_of([](std::string_view request) { return Reply{"<" + std::string(request) + ">"}; }));
  CHECK(text_of(worker.call("one")) == "<one>");
  CHECK(text_of(worker.call("")) == "<>");
  const std::string_view parts[] = {"a", "", "bc"};
  CHECK(text_of(worker.call(parts)) == "<abc>");
}

TEST_CASE("With one request each, every request has a process of its own") {
  auto work = work_of([](std::string_view) { return Reply{std::to_string(::getpid())}; });
  Worker lasting(work);
  CHECK(text_of(lasting.call("")) == text_of(lasting.call("")));
  work.one_request = true;
  Worker worker(work);
  const std::string first = text_of(worker.call(""));
  const std::string second = text_of(worker.call(""));
  CHECK(first != second);
  CHECK(::kill(std::stoi(first), 0) != 0);
}

TEST_CASE("A worker that does not end after its one answer sees no other request and answers none") {
  auto work = work_of([](std::string_view request) {
    // Taken over: it answers out of turn, goes on listening, and answers what it should never see.
    const int socket = own_socket();
    if (request == "evil" && ::fork() == 0) {
      ::setpgid(0, 0);
      while (auto packet = receive_packet(socket, true)) {
        const auto file = create_message_file();
        const std::string_view lie = "lie";
        if (file && fill(*file, {&lie, 1})) (void)send_packet(socket, {packet->head.number, 0}, file->get());
      }
      ::_exit(0);
    }
    return Reply{"answer to " + std::string(request)};
  });
  work.one_request = true;
  Worker worker(std::move(work));
  CHECK(text_of(worker.call("evil")) == "answer to evil");
  for (int i = 0; i < 20; ++i)
    CHECK(text_of(worker.call("good")) == "answer to good");
}

TEST_CASE("An answer that is too large, can still be changed, or is no memory file counts as none") {
  auto work = work_of([](std::string_view request) -> Reply {
    const int socket = own_socket();
    if (request == "large") return {std::string(small_answer + 1, 'x')};
    if (request == "sparse") {
      const auto file = create_message_file();
      if (::ftruncate(file->get(), off_t{1} << 42) == 0) (void)send_packet(socket, {1, 0}, file->get());
    }
    if (request == "mapped") {
      const auto file = create_message_file();
      if (::ftruncate(file->get(), 4096) != 0) return {};
      (void)::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file->get(), 0);
      (void)send_packet(socket, {1, 0}, file->get());
      ::pause();
    }
    if (request == "pipe") {
      int ends[2];
      if (::pipe(ends) == 0) (void)send_packet(socket, {1, 0}, ends[0]);
    }
    if (request == "nothing") (void)send_packet(socket, {1, 0});
    if (request == "short") (void)::send(socket, "x", 1, 0);
    if (request == "another") (void)send_packet(socket, {7, 0});
    return {"ok"};
  });
  for (const char* request : {"large", "sparse", "mapped", "pipe", "nothing", "short", "another"}) {
    INFO(request);
    Worker worker(work);
    const auto answer = worker.call(request);
    REQUIRE(answer);
    CHECK(answer->how == Answer::How::died);
    CHECK(text_of(worker.call("honest")) == "ok");
  }
}

TEST_CASE("A worker that dies or stalls is told apart, and the next one is in order") {
  Worker worker(work_of([](std::string_view request) -> Reply {
    if (request == "die") ::abort();
    if (request == "stall") ::pause();
    if (request == "leave") ::_exit(0);
    return {"ok"};
  }));
  for (int round = 0; round < 3; ++round) {
    CHECK(worker.call("die")->how == Answer::How::died);
    CHECK(worker.call("leave")->how == Answer::How::died);
    CHECK(text_of(worker.call("honest")) == "ok");
  }
  CHECK(worker.call("stall")->how == Answer::How::timed_out);
  CHECK(text_of(worker.call("honest")) == "ok");
}

TEST_CASE("A worker killed between two requests costs nothing") {
  Worker worker(work_of([](std::string_view) { return Reply{std::to_string(::getpid())}; }));
  for (int round = 0; round < 5; ++round) {
    const std::string answer = text_of(worker.call(""));
    REQUIRE(answer != "no answer");
    ::kill(std::stoi(answer), SIGKILL);
    ::usleep(20000);
  }
  CHECK(text_of(worker.call("")) != "no answer");
}

TEST_CASE("A temporary folder goes with its worker; one that was left behind goes when the next is made") {
  auto work = work_of([](std::string_view) { return Reply{}; });
  work.folder_purpose = "unit-worker";
  work.make_handler = [](const std::filesystem::path& folder) -> Handler {
    return [folder](std::string_view) { return Reply{folder.string()}; };
  };
  std::filesystem::path folder;
  {
    Worker worker(work);
    folder = text_of(worker.call(""));
    CHECK(std::filesystem::is_directory(folder));
    Worker another(work);
    CHECK(text_of(another.call("")) != folder);
    CHECK(std::filesystem::is_directory(folder));
  }
  CHECK_FALSE(std::filesystem::exists(folder));
}

TEST_CASE("Pieces that lie about their size are no more than their message") {
  const std::string much = PieceWriter().add_number(std::int64_t{1} << 60).add("x").take();
  PieceReader text(much);
  CHECK(text.text().empty());
  CHECK_FALSE(text.ok());
  PieceReader texts(much);
  CHECK(texts.texts().size() <= 1);
  CHECK_FALSE(texts.ok());
  const std::string below_zero = PieceWriter().add_number(-1).take();
  PieceReader negative(below_zero);
  CHECK(negative.view().empty());
}
