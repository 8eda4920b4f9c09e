#include "desk/threading.hpp"

#include "core/random.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace cvdesk::desk {

namespace {

constexpr std::size_t reference_limit = 20;

// A Message-ID from a stranger, fit to stand in a header of ours.
bool is_plain_message_id(std::string_view id) {
  return !id.empty() && id.size() <= 250 && std::all_of(id.begin(), id.end(), [](char c) {
    return c > ' ' && c < 0x7F && c != '<' && c != '>';
  });
}

} // namespace

Thread thread_answering(const reader::Outer& outer) {
  Thread thread;
  auto& references = thread.references;
  for (const auto& id : outer.in_reply_to) {
    if (is_plain_message_id(id) && id != outer.message_id) references.push_back(id);
  }
  if (references.size() > reference_limit) {
    references.erase(references.begin(), references.end() - static_cast<std::ptrdiff_t>(reference_limit));
  }
  if (is_plain_message_id(outer.message_id)) {
    thread.in_reply_to = outer.message_id;
    references.push_back(outer.message_id);
  }
  return thread;
}

std::string new_message_id(const Settings& settings) {
  const std::string& from = settings.submission.from.address;
  return fmt::format("{}@{}", random_hex(16), from.substr(from.rfind('@') + 1));
}

} // namespace cvdesk::desk
