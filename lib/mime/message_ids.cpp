#include "core/text.hpp"
#include "mime/charset.hpp"
#include "mime/header_text.hpp"
#include "mime/syntax.hpp"

#include <algorithm>

namespace cvdesk::mime {

namespace {

constexpr std::size_t most_ids = 200;
constexpr std::size_t most_bytes = 998;

void add(std::vector<std::string>& ids, std::string_view text) {
  std::string id = to_utf8(text.substr(0, 2 * most_bytes), "");
  std::erase_if(id, is_blank); // folded inside, as some do
  if (id.empty() || id.size() > most_bytes || clean_text(id, Lines::fold) != id) return;
  ids.push_back(std::move(id));
}

std::vector<std::string> in_angles(std::string_view body) {
  std::vector<std::string> ids;
  for (std::size_t at = body.find('<'); at != std::string_view::npos; at = body.find('<', at)) {
    // Cut off, perhaps at the end of a header line.
    const auto end = std::min(body.find('>', at), body.size());
    const auto inside = body.substr(at + 1, end - at - 1);
    add(ids, inside.substr(inside.rfind('<') + 1));
    at = end;
  }
  return ids;
}

std::vector<std::string> bare(std::string_view body) {
  std::vector<std::string> ids;
  const std::string text = squeeze(without_comments(body));
  const auto words = split(text, ' ');
  for (const auto word : words) {
    const auto id = word.substr(0, word.find_last_not_of(",;>") + 1); // cut off at its beginning
    const bool plausible = id.find('@') != std::string_view::npos || words.size() == 1;
    if (plausible && id.find_first_of("<>\"") == std::string_view::npos) add(ids, id);
  }
  return ids;
}

} // namespace

std::vector<std::string> parse_message_ids(std::string_view body) {
  auto ids = in_angles(body);
  if (ids.empty()) ids = bare(body);
  // Of too many, the last are the nearest ancestors.
  if (ids.size() > most_ids) ids.erase(ids.begin(), ids.end() - most_ids);
  return ids;
}

} // namespace cvdesk::mime
