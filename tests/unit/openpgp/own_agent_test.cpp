#include "gnupg_world.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <fstream>
#include <iterator>
#include <thread>

using namespace cvdesk;
using namespace cvdesk::openpgp;
using cvdesk::testing::World;

namespace {

// Homes of the agents that workers of ours started for themselves.
std::vector<std::string> own_agents() {
  std::vector<std::string> found;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    std::ifstream file(entry.path() / "cmdline", std::ios::binary);
    const std::string command{std::istreambuf_iterator<char>(file), {}};
    if (command.find("gpg-agent") != std::string::npos &&
        command.find("cvdesk-openpgp-") != std::string::npos)
      found.push_back(command);
  }
  return found;
}

std::size_t keys_in(const std::filesystem::path& home) {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(home / "private-keys-v1.d"))
    ++count;
  return count;
}

EngineSettings rsa_desk() {
  EngineSettings settings = World::get().settings();
  settings.home = World::get().others;
  settings.key = World::get().rsa;
  settings.passphrase_file.reset();
  return settings;
}

Request sealed_for_rsa() {
  const World& world = World::get();
  Request request;
  request.data = testing::gpg(world.others, "--armor --trust-model always --encrypt --recipient " + world.rsa,
                              "hello desk\n");
  return request;
}

} // namespace

TEST_CASE(
    "each engine with an RSA key has an agent of its own, which ends with it and leaves the keys alone") {
  const Request request = sealed_for_rsa();
  const std::size_t keys = keys_in(World::get().others);
  const std::size_t before = own_agents().size();
  {
    auto one = Engine::create(rsa_desk());
    auto other = Engine::create(rsa_desk());
    REQUIRE(one);
    REQUIRE(other);
    for (auto* engine : {one->get(), other->get()}) {
      const auto opened = engine->open(request);
      REQUIRE(opened);
      CHECK(opened->verdict.decryption == Decryption::ok);
      CHECK(engine->sign("payload\r\n").has_value());
    }
    CHECK(own_agents().size() == before + 2);
  }
  for (int i = 0; i < 100 && own_agents().size() > before; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  CHECK(own_agents().size() == before);
  CHECK(keys_in(World::get().others) == keys);
}
