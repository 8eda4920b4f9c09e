#include "mime/uuencode.hpp"

#include "core/text.hpp"
#include "mime/charset.hpp"
#include "mime/filename.hpp"

#include <algorithm>
#include <optional>

namespace cvdesk::mime {

namespace {

struct Line {
  std::string_view text; // without its line end
  std::size_t next = 0;  // where the line behind it begins
};

Line line_at(std::string_view text, std::size_t at) {
  const auto end = std::min(text.find('\n', at), text.size());
  auto line = text.substr(at, end - at);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return {line, std::min(end + 1, text.size())};
}

bool is_uu(char c) {
  return c >= ' ' && c <= '`';
}
unsigned value(char c) {
  return static_cast<unsigned>(c - ' ') & 63u;
}

// "begin 644 name": the name, or unset.
std::optional<std::string_view> name_in(std::string_view line) {
  constexpr std::string_view begin = "begin ";
  if (!line.starts_with(begin)) return {};
  line.remove_prefix(begin.size());
  const auto mode = std::min(line.find_first_not_of("01234567"), line.size());
  if (mode < 3 || mode > 4 || mode == line.size() || line[mode] != ' ') return {};
  const auto name = trim(line.substr(mode));
  if (name.empty()) return {};
  return name;
}

// Blanks at its end may have been lost on the way, a check character may have been added.
bool is_data(std::string_view line) {
  if (line.empty() || !std::all_of(line.begin(), line.end(), is_uu)) return false;
  const std::size_t due = (value(line[0]) + 2) / 3 * 4;
  return due > 0 && line.size() <= due + 2;
}

// The position behind the "end" line, where `at` begins lines of data that are followed by it.
std::optional<std::size_t> end_of_data(std::string_view text, std::size_t at) {
  while (at < text.size()) {
    const Line line = line_at(text, at);
    if (line.text == "end") return line.next;
    const bool last = trim(line.text).empty() || line.text == "`";
    if (!last && !is_data(line.text)) return {};
    at = line.next;
  }
  return {};
}

void append_line(std::string_view line, std::string& out) {
  std::size_t left = value(line[0]);
  for (std::size_t i = 1; left > 0; i += 4) {
    unsigned bits = 0;
    for (std::size_t k = 0; k < 4; ++k) {
      bits = bits << 6 | (i + k < line.size() ? value(line[i + k]) : 0u);
    }
    for (int shift = 16; shift >= 0 && left > 0; shift -= 8, --left) {
      out += static_cast<char>(bits >> shift & 255u);
    }
  }
}

} // namespace

std::vector<UuencodedFile> find_uuencoded(std::string_view text) {
  constexpr std::size_t most = 100;
  std::vector<UuencodedFile> files;
  for (std::size_t at = 0; at < text.size() && files.size() < most;) {
    const Line line = line_at(text, at);
    const auto name = name_in(line.text);
    // No line of data begins with "begin": what was gone through in vain is not gone through again.
    const auto end = name ? end_of_data(text, line.next) : std::nullopt;
    if (end) files.push_back({{at, *end - at}, safe_filename(clean_text(to_utf8(*name, ""), Lines::fold))});
    at = end.value_or(line.next);
  }
  return files;
}

std::string decode_uuencode(std::string_view encoded, std::size_t limit) {
  std::size_t at = 0;
  bool begun = false;
  while (!begun && at < encoded.size()) {
    const Line line = line_at(encoded, at);
    begun = line.text.starts_with("begin ");
    at = line.next;
  }
  if (!begun) return std::string(encoded.substr(0, limit));
  std::string out;
  while (at < encoded.size() && out.size() < limit) {
    const Line line = line_at(encoded, at);
    if (line.text.empty() || line.text == "end" || value(line.text[0]) == 0) break;
    append_line(line.text, out);
    at = line.next;
  }
  if (out.size() > limit) out.resize(limit);
  return out;
}

} // namespace cvdesk::mime
