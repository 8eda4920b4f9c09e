// Which of many literals are in a text, in one pass over it, whatever the text.
// A. V. Aho, M. J. Corasick: Efficient String Matching, Communications of the ACM 18 (1975).
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cvdesk::report {

// All work is done at construction; nothing changes in a look-up, so processes forked afterwards share it.
class Literals {
public:
  Literals() = default;
  // None of them empty, and no capital ASCII letters in them: those of a text are taken for small ones.
  explicit Literals(const std::vector<std::string>& literals);

  struct Present {
    std::vector<int> list;  // positions in `literals` of those that occur; each once, in no order
    std::vector<bool> flag; // of each
  };
  Present in(std::string_view text) const;
  bool any_in(std::string_view text) const;

private:
  using State = std::uint16_t; // more are a defect of ours
  static constexpr int nothing = -1;

  State& next(State state, std::uint8_t byte) { return next_[std::size_t{state} * width_ + class_[byte]]; }
  State next(State state, std::uint8_t byte) const { return next_[std::size_t{state} * width_ + class_[byte]]; }
  State add_state();
  void insert(const std::string& literal, int position);
  void link();

  std::size_t count_ = 0;
  std::array<std::uint8_t, 256> class_{}; // bytes that are in no literal share class 0
  std::size_t width_ = 1;
  std::vector<State> next_; // state × class → state
  std::vector<std::int32_t> ends_; // state → the literal that ends there
  std::vector<State>
      suffix_; // state → the nearest state on its chain of suffixes in which a literal ends; 0: none
};

} // namespace cvdesk::report
