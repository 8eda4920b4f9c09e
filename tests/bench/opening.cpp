// How many mails a second are opened: one engine, two engines, and gpg started for each mail, in the same
// run.
//
//   bench_opening [COUNT]       for a cv25519 and an RSA-4096 key, made on the spot
#include "core/file.hpp"
#include "openpgp/engine.hpp"
#include "openpgp/gpg_home.hpp"

#include <fmt/core.h>

#include <chrono>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

using namespace cvdesk;

namespace {

struct Desk {
  std::filesystem::path home;
  openpgp::EngineSettings settings;
  openpgp::Request mail;
};

std::string gpg(const std::filesystem::path& home, std::vector<std::string> arguments) {
  std::vector<std::string> command = {"gpg",          "--homedir", home.string(),     "--batch",
                                      "--quiet",      "--no-tty",  "--pinentry-mode", "loopback",
                                      "--passphrase", "",          "--trust-model",   "always"};
  command.insert(command.end(), arguments.begin(), arguments.end());
  auto output = openpgp::run_and_read(command);
  if (!output) {
    fmt::print(stderr, "gpg {}: {}\n", arguments.front(), output.error().what);
    std::exit(1);
  }
  return *output;
}

Desk make(const std::filesystem::path& folder, const std::string& name, const std::string& first,
          const std::string& second) {
  Desk desk;
  desk.home = folder / name;
  std::filesystem::create_directory(desk.home);
  std::filesystem::permissions(desk.home, std::filesystem::perms::owner_all);
  gpg(desk.home, {"--quick-generate-key", "Desk <desk@zonnedam.example>", first, "sign,cert", "1y"});
  const std::string listing = gpg(desk.home, {"--with-colons", "--list-keys"});
  const auto at = listing.find("fpr:::::::::") + 12;
  desk.settings.home = desk.home;
  desk.settings.key = listing.substr(at, 40);
  gpg(desk.home, {"--quick-add-key", desk.settings.key, second, "encr", "1y"});
  std::string text;
  while (text.size() < 8192)
    text += "The page shows what was entered without encoding it.\n";
  (void)create_file(desk.home / "text", text, 0600);
  desk.mail.data = gpg(desk.home, {"--armor", "--sign", "--encrypt", "--recipient", desk.settings.key,
                                   "--output", "-", (desk.home / "text").string()});
  (void)create_file(desk.home / "mail", desk.mail.data, 0600);
  return desk;
}

template <class Work>
double rate(int count, Work work) {
  const auto began = std::chrono::steady_clock::now();
  work();
  return count / std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
}

double engines(const Desk& desk, int count, int parallel) {
  std::vector<std::unique_ptr<openpgp::Engine>> all;
  for (int i = 0; i < parallel; ++i) {
    auto engine = openpgp::Engine::create(desk.settings);
    if (!engine || !(*engine)->open(desk.mail)) std::exit(1);
    all.push_back(std::move(*engine));
  }
  return rate(count, [&] {
    std::vector<std::thread> threads;
    for (auto& engine : all) {
      threads.emplace_back([&] {
        for (int i = 0; i < count / parallel; ++i) {
          const auto opened = engine->open(desk.mail);
          if (!opened || opened->verdict.decryption != openpgp::Decryption::ok) std::exit(1);
        }
      });
    }
    for (auto& thread : threads)
      thread.join();
  });
}

void compare(const Desk& desk, const char* name, int count) {
  const double loop = rate(count, [&] {
    for (int i = 0; i < count; ++i)
      gpg(desk.home, {"--decrypt", (desk.home / "mail").string()});
  });
  const double one = engines(desk, count, 1);
  const double two = engines(desk, count, 2);
  fmt::print(
      "{:8}  gpg for each mail {:5.0f}/s   one engine {:5.0f}/s ({:.2f})   two engines {:5.0f}/s ({:.2f})\n",
      name, loop, one, one / loop, two, two / loop);
  openpgp::end_agent_of(desk.home);
}

} // namespace

int main(int count, char** arguments) {
  const int mails = count > 1 ? std::max(2, std::atoi(arguments[1])) : 100;
  auto folder = TemporaryFolder::create("bench");
  if (!folder) return 1;
  compare(make(folder->path(), "e", "ed25519", "cv25519"), "cv25519", mails);
  compare(make(folder->path(), "r", "rsa4096", "rsa4096"), "RSA-4096", mails);
}
