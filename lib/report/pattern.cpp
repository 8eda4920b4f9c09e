#include "report/pattern.hpp"

#include "report/necessary.hpp"

#include <algorithm>
#include <cassert>
#include <cstdint>
#include <cstring>
#include <memory>

namespace cvdesk::report {

namespace {

constexpr int most_groups = 8;
// Bytes. RE2 searches such a text without its automaton, where the pattern is small enough for that and begins at the
// beginning; that leaves no trace in memory which is shared with the template.
constexpr std::size_t short_text = 2000;
constexpr std::size_t still_short = 8000;
constexpr std::size_t bits = 256u << 10; // bytes of text × instructions, of which RE2 remembers where it was
// Of a longer text nobody looks whether it is ASCII, as often as the next match is asked for.
constexpr std::size_t worth_a_look = 16000;

// Instructions. The automaton of a smaller one has few states, and they are soon known.
constexpr std::size_t small_program = 64;

bool is_ascii(std::string_view text) {
  std::size_t at = 0;
  for (; at + sizeof(std::uint64_t) <= text.size(); at += sizeof(std::uint64_t)) {
    std::uint64_t eight = 0;
    std::memcpy(&eight, text.data() + at, sizeof eight);
    if ((eight & 0x8080808080808080u) != 0) return false;
  }
  for (; at < text.size(); ++at) {
    if (static_cast<unsigned char>(text[at]) >= 0x80) return false;
  }
  return true;
}

// An expression that is tried in one place only needs no look at all of a text that is longer than this.
constexpr std::size_t worth_a_search = 256;

template <class Is>
bool all_alternatives(std::string_view pattern, Is is) {
  const auto parts = alternatives_of(pattern);
  return std::all_of(parts.begin(), parts.end(), is);
}

bool begins_at_the_beginning(std::string_view pattern) {
  return all_alternatives(pattern, [](std::string_view part) { return part.starts_with("^") || part.starts_with("(?i)^"); });
}

bool ends_at_the_end(std::string_view pattern) {
  return all_alternatives(pattern, [](std::string_view part) { return part.ends_with("$") && !part.ends_with("\\$"); });
}

} // namespace

Expression::Expression(std::string pattern)
    : pattern_(std::move(pattern)), at_begin_(begins_at_the_beginning(pattern_)), at_end_(ends_at_the_end(pattern_)) {}

Expression::~Expression() {
  for (const auto& expression : compiled_)
    delete expression.load();
}

const RE2& Expression::form(bool for_short, bool ascii) const {
  auto& place = compiled_[(for_short ? 1u : 0u) + (ascii ? 2u : 0u)];
  if (const RE2* known = place.load(std::memory_order_acquire)) return *known;
  const std::string pattern = !for_short ? pattern_ : (at_begin_ ? "(" : "\\C*?(") + pattern_ + ")";
  auto options = pattern_options();
  if (ascii) options.set_encoding(RE2::Options::EncodingLatin1); // what differs is not in the text
  auto made = std::make_unique<const RE2>(pattern, options);
  if (ascii && !made->ok()) made = std::make_unique<const RE2>(pattern, pattern_options()); // "\x{2019}"
  assert(made->ok());
  const RE2* none = nullptr;
  if (place.compare_exchange_strong(none, made.get(), std::memory_order_acq_rel)) return *made.release();
  return *none; // another thread was faster
}

bool Expression::is_short(std::size_t size, bool ascii) const {
  if (size > (at_end_ ? worth_a_search : still_short)) return false; // from its end RE2 is faster
  const auto program = static_cast<std::size_t>(form(true, ascii).ProgramSize());
  return program >= small_program && (size <= short_text || size * program <= bits);
}

bool Expression::find(std::string_view text, std::size_t from, re2::StringPiece* groups, int count) const {
  const bool ascii = text.size() <= worth_a_look && is_ascii(text.substr(from));
  if (!is_short(text.size(), ascii))
    return form(false, ascii).Match(piece(text), from, text.size(), RE2::UNANCHORED, groups, count);
  re2::StringPiece all[most_groups + 1];
  if (!form(true, ascii).Match(piece(text), from, text.size(), RE2::ANCHOR_START, all, count + 1)) return false;
  std::copy(all + 1, all + 1 + count, groups);
  return true;
}

Pattern::Pattern(const char* text) : expression_(text) {
  const auto words = necessary_words(text);
  filtered_ = !words.empty();
  if (filtered_) words_ = Literals(words.front());
}

bool Pattern::may_be_in(std::string_view text) const {
  const bool worth_it = filtered_ && (text.size() <= worth_a_search || !expression_.is_anchored());
  return !worth_it || words_.any_in(text);
}

bool Pattern::in(std::string_view text) const {
  if (!may_be_in(text)) return false;
  re2::StringPiece whole;
  return expression_.find(text, 0, &whole, 1);
}

bool Pattern::next(std::string_view text, std::size_t& at, Match& match) const {
  if (at > text.size() || (at == 0 && !may_be_in(text))) return false;
  re2::StringPiece groups[most_groups];
  if (!expression_.find(text, at, groups, most_groups)) return false;
  for (std::size_t n = 0; n < most_groups; ++n)
    match.group[n] = view(groups[n]);
  const auto end = static_cast<std::size_t>(groups[0].data() - text.data()) + groups[0].size();
  at = groups[0].empty() ? end + 1 : end;
  return true;
}

} // namespace cvdesk::report
