// The engine's process: it dies with us, comes back when it died, and leaves nothing behind.
#include "core/text.hpp"
#include "gnupg_world.hpp"

#include <catch2/catch.hpp>
#include <fmt/core.h>

#include <csignal>
#include <fstream>
#include <set>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace cvdesk;
using namespace cvdesk::openpgp;
using cvdesk::testing::World;

namespace {

const std::string text = "hello desk\n";

std::set<pid_t> children_of(pid_t parent) {
  std::set<pid_t> found;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const std::string name = entry.path().filename();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    std::ifstream file(entry.path() / "stat");
    std::string line;
    std::getline(file, line);
    const auto close = line.rfind(')');
    if (close == std::string::npos) continue;
    const auto words = split(std::string_view(line).substr(close + 2), ' ');
    if (words.size() > 1 && words[1] == std::to_string(parent)) found.insert(std::stoi(name));
  }
  return found;
}

bool ends_soon(pid_t process) {
  for (int i = 0; i < 100 && ::kill(process, 0) == 0; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  return ::kill(process, 0) != 0;
}

Request sealed() {
  Request request;
  request.data = World::get().sealed(text);
  return request;
}

pid_t newest_child(const std::set<pid_t>& before) {
  for (const pid_t child : children_of(::getpid())) {
    if (before.count(child) == 0) return child;
  }
  return -1;
}

std::set<std::filesystem::path> benches() {
  std::set<std::filesystem::path> found;
  for (const auto* root : {"/dev/shm", "/run", "/tmp"}) {
    for (const auto& entry : std::filesystem::directory_iterator(root)) {
      if (entry.path().filename().string().starts_with("cvdesk-openpgp-")) found.insert(entry.path());
    }
  }
  return found;
}

pid_t agent_of(const std::filesystem::path& home) {
  const auto file = home.parent_path() / "agent.pid";
  const auto command = fmt::format("gpg-connect-agent --homedir {} --no-autostart 'GETINFO pid' /bye > {}",
                                   home.string(), file.string());
  if (std::system(command.c_str()) != 0) return -1;
  std::string word;
  pid_t pid = -1;
  std::ifstream(file) >> word >> pid;
  return pid;
}

} // namespace

TEST_CASE("A killed worker or keeper costs one operation at most") {
  const auto before = children_of(::getpid());
  auto engine = Engine::create(World::get().settings());
  REQUIRE(engine);
  const Request request = sealed();
  REQUIRE((*engine)->open(request)->cleartext == text);
  const pid_t keeper = newest_child(before);
  REQUIRE(keeper > 0);
  const auto workers = children_of(keeper);
  REQUIRE(workers.size() == 1);
  ::kill(*workers.begin(), SIGKILL);
  REQUIRE(ends_soon(*workers.begin()));
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  auto again = (*engine)->open(request);
  REQUIRE(again);
  CHECK(again->cleartext == text);

  ::kill(keeper, SIGKILL);
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  again = (*engine)->open(request);
  if (!again) {
    CHECK(again.error().temporary);
    again = (*engine)->open(request);
  }
  REQUIRE(again);
  CHECK(again->cleartext == text);
}

TEST_CASE("An engine that goes leaves no process and no file") {
  const auto processes = children_of(::getpid());
  const auto before = benches();
  std::vector<std::filesystem::path> ours;
  {
    auto engine = Engine::create(World::get().settings());
    REQUIRE(engine);
    REQUIRE((*engine)->sign_and_encrypt(text, {World::get().certificate(World::get().reporter)}));
    CHECK(children_of(::getpid()).size() == processes.size() + 1);
    for (const auto& bench : benches()) {
      // Other programs' benches may come and go; ours holds the certificate we used.
      if (before.count(bench) == 0 && std::filesystem::exists(bench / "pubring.gpg")) ours.push_back(bench);
    }
    CHECK_FALSE(ours.empty());
  }
  CHECK(children_of(::getpid()) == processes);
  if (ours.size() == 1) CHECK_FALSE(std::filesystem::exists(ours.front())); // else tests run beside us
}

TEST_CASE("The engine's processes end when their program is killed") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const auto settings = World::get().settings();
  const Request request = sealed();
  const pid_t program = ::fork();
  if (program == 0) {
    auto engine = Engine::create(settings);
    const auto opened = engine ? (*engine)->open(request) : tl::unexpected(engine.error());
    pid_t keeper = opened ? *children_of(::getpid()).begin() : -1;
    if (::write(ends[1], &keeper, sizeof keeper) < 0) ::_exit(1);
    ::pause();
    ::_exit(0);
  }
  pid_t keeper = -1;
  REQUIRE(::read(ends[0], &keeper, sizeof keeper) == static_cast<ssize_t>(sizeof keeper));
  REQUIRE(keeper > 0);
  const auto workers = children_of(keeper);
  REQUIRE(workers.size() == 1);
  ::kill(program, SIGKILL);
  ::waitpid(program, nullptr, 0);
  CHECK(ends_soon(keeper));
  CHECK(ends_soon(*workers.begin()));
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST_CASE("An engine made in a thread outlives that thread") {
  std::unique_ptr<Engine> engine;
  std::thread([&] {
    if (auto made = Engine::create(World::get().settings())) engine = std::move(*made);
  }).join();
  REQUIRE(engine);
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  const auto opened = engine->open(sealed());
  REQUIRE(opened);
  CHECK(opened->cleartext == text);
}

TEST_CASE("Several engines work in parallel on one home") {
  const Request request = sealed();
  std::vector<std::unique_ptr<Engine>> engines;
  for (int i = 0; i < 3; ++i) {
    auto made = Engine::create(World::get().settings());
    REQUIRE(made);
    engines.push_back(std::move(*made));
  }
  std::atomic<int> right = 0;
  std::vector<std::thread> threads;
  for (auto& engine : engines) {
    threads.emplace_back([&] {
      for (int i = 0; i < 10; ++i) {
        const auto opened = engine->open(request);
        if (opened && opened->cleartext == text) ++right;
      }
    });
  }
  for (auto& thread : threads)
    thread.join();
  CHECK(right == 30);
}

TEST_CASE(
    "An agent that was ended is started again, one that hangs is an error of ours and not of the mail") {
  const World& world = World::get();
  auto settings = world.settings();
  settings.deadline = std::chrono::seconds(3);
  auto engine = Engine::create(settings);
  REQUIRE(engine);
  Request request = sealed();
  request.certificates = {world.certificate(world.reporter)}; // through the bench, which starts no agent
  REQUIRE((*engine)->open(request)->cleartext == text);

  const pid_t first = agent_of(world.desk_home);
  testing::end_agents(world.desk_home);
  REQUIRE(ends_soon(first)); // or it would be taken for its successor
  auto opened = (*engine)->open(request);
  REQUIRE(opened);
  CHECK(opened->cleartext == text);

  const pid_t agent = agent_of(world.desk_home);
  REQUIRE(agent > 0);
  ::kill(agent, SIGSTOP);
  opened = (*engine)->open(request);
  ::kill(agent, SIGCONT);
  REQUIRE_FALSE(opened);
  CHECK(opened.error().temporary);
  opened = (*engine)->open(request);
  REQUIRE(opened);
  CHECK(opened->cleartext == text);
}
