#include "process/shared_heap.hpp"

#include <cstdint>
#include <cstdlib>
#include <malloc.h>
#include <new>
#include <sys/mman.h>
#include <unistd.h>

#ifndef MADV_POPULATE_WRITE // Linux 5.14
#define MADV_POPULATE_WRITE 23
#endif

namespace cvdesk::process {

namespace {

#ifdef CVDESK_SANITIZED
constexpr bool ours = false;
#else
constexpr bool ours = true;
#endif

constexpr std::size_t largest_gap = 1u << 20;
constexpr std::size_t largest_small = 1040;
constexpr std::size_t smallest_gap = 24;
constexpr std::size_t alignment = 16;
constexpr std::size_t in_heap = 8u << 20; // bytes; a larger block has a mapping of its own

struct Plug {
  Plug* next;
};
Plug* plugs = nullptr; // so that they are known to be in use

// Where the part of the heap begins that was never in use.
std::uintptr_t top() { return reinterpret_cast<std::uintptr_t>(::sbrk(0)) - ::mallinfo2().keepcost; }

void fill_gaps(std::size_t size, std::uintptr_t end) {
  for (;;) {
    void* block = std::malloc(size);
    if (block == nullptr) return;
    if (reinterpret_cast<std::uintptr_t>(block) >= end - alignment) {
      std::free(block);
      return;
    }
    plugs = new (block) Plug{plugs};
  }
}

} // namespace

void close_heap() {
  if (!ours) return;
  ::malloc_trim(0);
  const auto end = top();
  std::size_t size = largest_gap;
  for (; size > largest_small; size -= size / 4)
    fill_gaps(size / alignment * alignment + alignment / 2, end);
  for (size = largest_small / alignment * alignment + alignment / 2; size >= smallest_gap; size -= alignment)
    fill_gaps(size, end);
}

void prepare_heap(std::size_t step) {
  if (!ours) return;
  ::mallopt(M_MMAP_THRESHOLD, static_cast<int>(in_heap));
  ::mallopt(M_TRIM_THRESHOLD, static_cast<int>(in_heap) * 8);
  ::mallopt(M_TOP_PAD, static_cast<int>(step));
}

void take_heap(std::size_t step) {
  if (!ours) return;
  std::free(std::malloc(step)); // not given back: see prepare_heap
  constexpr std::uintptr_t page = 4096;
  const auto begin = (top() + page - 1) / page * page;
  ::madvise(reinterpret_cast<void*>(begin), step / page * page, MADV_POPULATE_WRITE); // where it can: it is only faster
}

} // namespace cvdesk::process
