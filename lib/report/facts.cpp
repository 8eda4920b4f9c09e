#include "report/facts.hpp"

#include <array>

namespace cvdesk::report {

namespace {

constexpr std::array<std::string_view, 9> kinds = {"report", "followup",      "beg-bounty",
                                                   "spam",   "bounce",        "auto-reply",
                                                   "bulk",   "undecryptable", "unreadable"};
constexpr std::array<std::string_view, 4> scopes = {"in", "out", "third-party", "unknown"};

template <class Enum, std::size_t size>
std::optional<Enum> find(const std::array<std::string_view, size>& names, std::string_view text) {
  for (std::size_t i = 0; i < size; ++i) {
    if (names[i] == text) return static_cast<Enum>(i);
  }
  return std::nullopt;
}

} // namespace

std::string_view to_string(Kind kind) {
  return kinds[static_cast<std::size_t>(kind)];
}
std::optional<Kind> kind_from(std::string_view text) {
  return find<Kind>(kinds, text);
}
std::string_view to_string(Scope scope) {
  return scopes[static_cast<std::size_t>(scope)];
}
std::optional<Scope> scope_from(std::string_view text) {
  return find<Scope>(scopes, text);
}

} // namespace cvdesk::report
