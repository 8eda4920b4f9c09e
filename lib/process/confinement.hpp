// A place for code that reads what strangers send: a process that can compute, answer once, and end. It has no
// way to a file, a socket, another process or a new program; whoever takes it over finds what it was given.
#pragma once

#include "core/file.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <linux/filter.h>

namespace cvdesk::process {

struct Confinement {
  std::size_t memory = 0;      // bytes of its own that it may take beyond those it was forked with
  std::size_t mapped = 0;      // bytes of requests that it may have mapped besides
  std::chrono::seconds cpu{0}; // then the kernel ends it
};

// What is the same for every process that a keeper confines. Sanitizers need far more than this allows: in their
// builds nothing is restricted, and every promise here is void.
class Cell {
public:
  // In the template, with all that its workers will have loaded.
  explicit Cell(const Confinement& confinement, std::size_t answer_limit);

  // In the worker, for good: open are the standard streams, `socket` and `answer` (under new numbers, written
  // back) and nothing else. False where the kernel does not grant it; then the process must not go on.
  bool enter(UniqueFd& socket, UniqueFd& answer) const;

private:
  Confinement confinement_;
  std::size_t answer_limit_;
  std::size_t address_space_ = 0; // of the template, in bytes
  std::size_t data_ = 0;          // what of it is private and may be written
  std::vector<sock_filter> filter_; // empty: could not be made
};

} // namespace cvdesk::process
