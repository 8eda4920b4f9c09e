// How compare.py hands mails to the two readers: each as its size in decimal, a line end, its bytes.
#pragma once

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

inline std::optional<std::string> next_mail() {
  unsigned long size = 0;
  if (std::scanf("%lu", &size) != 1 || std::getchar() != '\n') return {};
  std::string mail(size, '\0');
  if (std::fread(mail.data(), 1, size, stdin) != size) std::abort();
  return mail;
}

// Without arguments: what describe(mail) says of each, a line a mail. With "--time N": reads them all into
// memory, goes N times through them with read(mail), and prints the seconds of the fastest round.
template <class Describe, class Read>
int main_loop(int count, char** arguments, Describe describe, Read read) {
  if (count < 3 || std::string_view(arguments[1]) != "--time") {
    while (const auto mail = next_mail()) {
      std::puts(describe(*mail).c_str());
    }
    return 0;
  }
  std::vector<std::string> mails;
  while (auto mail = next_mail()) {
    mails.push_back(std::move(*mail));
  }
  double best = 1e9;
  for (int round = std::atoi(arguments[2]); round > 0; --round) {
    const auto began = std::chrono::steady_clock::now();
    for (const auto& mail : mails) {
      read(mail);
    }
    best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count());
  }
  std::printf("%.6f\n", best);
  return 0;
}
