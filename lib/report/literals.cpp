#include "report/literals.hpp"

#include <cassert>
#include <deque>
#include <limits>

namespace cvdesk::report {

Literals::Literals(const std::vector<std::string>& literals) : count_(literals.size()) {
  for (const auto& literal : literals) {
    for (const char c : literal) {
      auto& found = class_[static_cast<std::uint8_t>(c)];
      if (found == 0) found = static_cast<std::uint8_t>(width_++);
    }
  }
  for (char c = 'A'; c <= 'Z'; ++c)
    class_[static_cast<std::uint8_t>(c)] = class_[static_cast<std::uint8_t>(c - 'A' + 'a')];
  add_state();
  for (std::size_t n = 0; n < literals.size(); ++n)
    insert(literals[n], static_cast<int>(n));
  link();
  next_.shrink_to_fit();
  ends_.shrink_to_fit();
  suffix_.shrink_to_fit();
}

Literals::State Literals::add_state() {
  next_.resize(next_.size() + width_, 0);
  assert(ends_.size() <= std::numeric_limits<State>::max());
  ends_.push_back(nothing);
  suffix_.push_back(0);
  return static_cast<State>(ends_.size() - 1);
}

void Literals::insert(const std::string& literal, int position) {
  State state = 0;
  for (const char c : literal) {
    const auto byte = static_cast<std::uint8_t>(c);
    if (next(state, byte) == 0) {
      const State added = add_state();
      next(state, byte) = added;
    }
    state = next(state, byte);
  }
  ends_[state] = position;
}

// Breadth first: the failure of a state is known when its successors are reached, and a missing transition
// becomes that of the failure.
void Literals::link() {
  std::vector<State> failure(ends_.size(), 0);
  std::deque<State> waiting = {0};
  while (!waiting.empty()) {
    const State state = waiting.front();
    waiting.pop_front();
    const State fallback = failure[state];
    suffix_[state] = ends_[fallback] != nothing ? fallback : suffix_[fallback];
    for (std::size_t c = 0; c < width_; ++c) {
      State& successor = next_[std::size_t{state} * width_ + c];
      const State instead = state == 0 ? 0 : next_[std::size_t{fallback} * width_ + c];
      if (successor == 0) {
        successor = instead;
      } else {
        failure[successor] = instead;
        waiting.push_back(successor);
      }
    }
  }
}

Literals::Present Literals::in(std::string_view text) const {
  Present found;
  if (ends_.empty()) return found;
  found.flag.resize(count_);
  State state = 0;
  for (const char c : text) {
    state = next(state, static_cast<std::uint8_t>(c));
    for (State at = ends_[state] != nothing ? state : suffix_[state]; at != 0; at = suffix_[at]) {
      const auto literal = static_cast<std::size_t>(ends_[at]);
      if (found.flag[literal]) continue;
      found.flag[literal] = true;
      found.list.push_back(ends_[at]);
    }
  }
  return found;
}

bool Literals::any_in(std::string_view text) const {
  if (ends_.empty()) return false;
  State state = 0;
  for (const char c : text) {
    state = next(state, static_cast<std::uint8_t>(c));
    if (ends_[state] != nothing || suffix_[state] != 0) return true;
  }
  return false;
}

} // namespace cvdesk::report
