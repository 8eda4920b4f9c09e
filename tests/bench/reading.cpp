// How long reading a mail takes: bytes → inspection, in one process that is warm, as readers are.
//
//   bench_reading [FOLDER]      each .eml of FOLDER (default tests/data/reports), then 10 MB of text of
//   several kinds
//
// Beside each figure what a plain pass over the same bytes with one RE2 pattern takes: only the ratio of the
// two means anything on another machine.
#include "reader/inspect.hpp"
#include "reader/warm_up.hpp"

#include <fmt/core.h>
#include <re2/re2.h>

#include <algorithm>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <sys/resource.h>
#include <vector>

using namespace cvdesk;

namespace {

constexpr int rounds = 5;
constexpr std::size_t large = 10u << 20;

report::Vantage vantage() {
  report::Vantage vantage;
  vantage.own_addresses = {"cvd@voorbeeldmeer.nl"};
  vantage.scope = {"voorbeeldmeer.nl"};
  return vantage;
}

// Milliseconds of the processor's time.
template <class Work>
double cost(Work work) {
  const std::clock_t began = std::clock();
  work();
  return 1000.0 * static_cast<double>(std::clock() - began) / CLOCKS_PER_SEC;
}

double reading(const std::string& raw, const report::Vantage& vantage) {
  reader::Task task;
  task.raw = raw;
  task.vantage = &vantage;
  return cost([&] { (void)reader::inspect(task); });
}

double one_pattern(const std::string& raw) {
  static const RE2 urls(R"(https?://[^\s<>"]+)");
  return cost([&] {
    re2::StringPiece rest(raw);
    while (RE2::FindAndConsume(&rest, urls)) {
    }
  });
}

double at(std::vector<double> all, double share) {
  std::sort(all.begin(), all.end());
  return all.empty() ? 0 : all[static_cast<std::size_t>(share * static_cast<double>(all.size() - 1))];
}

void labelled_mails(const std::filesystem::path& folder, const report::Vantage& vantage) {
  std::vector<double> ours;
  std::vector<double> plain;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".eml") continue;
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string raw{std::istreambuf_iterator<char>(file), {}};
    for (int i = 0; i < rounds; ++i) {
      ours.push_back(reading(raw, vantage));
      plain.push_back(one_pattern(raw));
    }
  }
  fmt::print("{} mails: median {:.2f} ms, p99 {:.2f} ms; one pattern: median {:.3f} ms\n",
             ours.size() / rounds, at(ours, 0.5), at(ours, 0.99), at(plain, 0.5));
}

std::string filled_with(std::string_view piece) {
  std::string mail = "From: a@reporter.example\nSubject: Report\nContent-Type: text/plain; charset=utf-8\n\n";
  while (mail.size() < large)
    mail += piece;
  return mail;
}

void large_texts(const report::Vantage& vantage) {
  struct Kind {
    const char* name;
    std::string_view piece;
  };
  for (const auto& [name, piece] :
       {Kind{"prose", "The search page shows what was entered without encoding it, so that a script runs.\n"},
        Kind{"addresses", "https://www.voorbeeldmeer.nl/a?b=c "}, Kind{"digits", "0612345678 "},
        Kind{"quotes", "> > > text\n"}, Kind{"at signs", "a@b.example, "}, Kind{"one line", "word "},
        Kind{"list", "1. Open the page\n"}}) {
    const std::string raw = filled_with(piece);
    const double ours = reading(raw, vantage);
    const double plain = one_pattern(raw);
    fmt::print("10 MB of {:10} {:7.0f} ms, {:5.1f} times one pattern\n", name, ours,
               ours / std::max(plain, 0.1));
  }
}

} // namespace

int main(int count, char** arguments) {
  const auto desk = vantage();
  fmt::print("warming up: {:.0f} ms\n", cost([&] { reader::warm_up(desk); }));
  labelled_mails(count > 1 ? arguments[1] : "tests/data/reports", desk);
  large_texts(desk);
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  fmt::print("largest memory: {} MiB\n", used.ru_maxrss / 1024);
}
