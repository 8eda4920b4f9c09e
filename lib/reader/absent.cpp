#include "reader/absent.hpp"

#include "core/text.hpp"

#include <array>

namespace cvdesk::reader {

namespace {

constexpr std::size_t most_value = 1000;

std::string listed(const mime::Part& part, const auto& names) {
  std::string out;
  for (const char* name : names) {
    const auto found = part.parameters.find(name);
    if (found == part.parameters.end() || found->second.empty()) continue;
    if (!out.empty()) out += ", ";
    out.append(name).append(" ").append(shorten(found->second, most_value));
  }
  return out;
}

} // namespace

std::string absent_content(const mime::Part& part) {
  if (part.media_type == "message/external-body") {
    constexpr std::array names = {"access-type", "url",  "site",    "server",
                                  "directory",   "name", "subject", "expiration"};
    return "[a file that is not in this mail, and was not fetched: " + listed(part, names) + "]\n";
  }
  if (part.media_type == "message/partial") {
    constexpr std::array names = {"number", "total", "id"};
    return "[a piece of a mail that was sent in several: " + listed(part, names) + "]\n";
  }
  return {};
}

} // namespace cvdesk::reader
