// The heap of a program that forks many short-lived processes. A page that one of them writes to is copied for it, and
// that costs more than what is written: so what they allocate shall lie together, on pages of their own, and not in
// the gaps between what they share. Of glibc's allocator; with the sanitizers', these do nothing.
#pragma once

#include <cstddef>

namespace cvdesk::process {

// In the program, once all that is shared is there, and while it has one thread: gives unused pages back to the
// system and takes the gaps between used ones out of use, for good.
void close_heap();

// In a process that forks the short-lived ones: their heap grows by as much at once, and does not shrink.
void prepare_heap(std::size_t step);

// In the short-lived one: has a step of the heap at hand, with one call instead of a fault a page.
void take_heap(std::size_t step);

} // namespace cvdesk::process
