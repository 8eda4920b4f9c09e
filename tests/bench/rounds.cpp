// What reading a mail costs in the process of its own that reads it: fork, confinement, reading, answer, end.
//
//   bench_rounds FOLDER [ROUNDS]      each .eml of FOLDER, ROUNDS times (default 5), nothing opened
//
// Beside it the same mails read in this process, warm: the difference is what a fresh process costs.
#include "reader/inspect.hpp"
#include "reader/reader.hpp"

#include <fmt/core.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <sys/resource.h>
#include <vector>

using namespace cvdesk;

namespace {

report::Vantage vantage() {
  report::Vantage vantage;
  vantage.own_addresses = {"cvd@zonnedam.example"};
  vantage.scope = {"zonnedam.example"};
  return vantage;
}

double milliseconds(const timeval& time) {
  return 1000.0 * static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1000.0;
}

rusage used(int whose) {
  rusage usage{};
  ::getrusage(whose, &usage);
  return usage;
}

void print(const char* name, const rusage& before, const rusage& after, double mails) {
  fmt::print("{:12} user {:6.2f} ms, system {:6.2f} ms, {:6.0f} page faults a mail\n", name,
             (milliseconds(after.ru_utime) - milliseconds(before.ru_utime)) / mails,
             (milliseconds(after.ru_stime) - milliseconds(before.ru_stime)) / mails,
             static_cast<double>(after.ru_minflt - before.ru_minflt) / mails);
}

} // namespace

int main(int count, char** arguments) {
  if (count < 2) return 2;
  const int rounds = count > 2 ? std::atoi(arguments[2]) : 5;
  std::vector<std::string> mails;
  for (const auto& entry : std::filesystem::directory_iterator(arguments[1])) {
    if (entry.path().extension() != ".eml") continue;
    std::ifstream file(entry.path(), std::ios::binary);
    mails.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  const double all = static_cast<double>(mails.size()) * rounds;
  const auto start = used(RUSAGE_SELF);
  auto reader = reader::Reader::create(vantage(), {});
  if (!reader) return 1;
  print("warming up", start, used(RUSAGE_SELF), 1);

  const auto began = std::chrono::steady_clock::now();
  const auto caller = used(RUSAGE_SELF);
  for (int round = 0; round < rounds; ++round)
    for (const auto& mail : mails)
      (void)(*reader)->inspect(mail, {});
  const std::chrono::duration<double, std::milli> wall = std::chrono::steady_clock::now() - began;
  print("caller", caller, used(RUSAGE_SELF), all);
  reader->reset(); // ends the keeper: only then its processes are counted
  print("its process", rusage{}, used(RUSAGE_CHILDREN), all);
  fmt::print("{:12} {:.2f} ms of the clock a mail\n", "", wall.count() / all);

  const auto desk = vantage();
  const auto read_here = [&] {
    for (const auto& mail : mails) {
      reader::Task task;
      task.raw = mail;
      task.vantage = &desk;
      (void)reader::inspect(task);
    }
  };
  read_here();
  const auto warm = used(RUSAGE_SELF);
  for (int round = 0; round < rounds; ++round)
    read_here();
  print("warm", warm, used(RUSAGE_SELF), all);
}
