// Where a mail's signature begins: at its delimiter, at a closing formula, at the sender's name.
#include "core/text.hpp"
#include "report/lines.hpp"
#include "report/pattern.hpp"
#include "report/phrases.hpp"

#include <algorithm>

namespace cvdesk::report {

namespace {

bool is_closing(const Line& line) {
  return line.width <= 90 && has_phrase("closing", line.folded.substr(0, 90)) &&
         find_phrase("closing", line.folded)->begin <= 12;
}

bool looks_like_name(std::string_view text) {
  static const Pattern name(
      "^\\s*(?:(?:Dr|Ir|Ing|Prof|Mr|Mrs|Ms|Drs|Herr|Frau|Mme|M)\\.? )*\\p{Lu}[\\p{L}.'’-]*"
      "(?: (?:van|von|de|der|den|du|la|le|ten|ter|op|het|'t|zu|zur|d'|[\\p{Lu}][\\p{L}.'’-]*)){0,5}"
      "(?:\\s*[,(|–-].{0,60})?\\s*$");
  return name.in(text);
}

bool names_sender(const Line& line, std::string_view sender_folded) {
  if (sender_folded.empty() || line.width > 60) return false;
  const auto text = trim(line.folded);
  std::size_t hits = 0;
  std::size_t words = 0;
  for (const auto word : split(text, ' ')) {
    const auto bare = trim(word);
    if (bare.size() < 2) continue;
    ++words;
    std::string w(bare);
    while (!w.empty() && (w.back() == ',' || w.back() == '.'))
      w.pop_back();
    if (w.size() > 1 && (" " + std::string(sender_folded) + " ").find(" " + w + " ") != std::string::npos)
      ++hits;
  }
  return hits > 0 && (hits * 2 >= words || words <= 2 + hits);
}

} // namespace

std::size_t signature_start(const std::vector<Line>& lines, std::string_view sender_folded) {
  std::size_t last = lines.size();
  while (last > 0 && lines[last - 1].shape == Shape::blank)
    --last;
  for (std::size_t i = 0; i < last; ++i) {
    if (lines[i].text == "--" || lines[i].text == "-- ") {
      // The name above the delimiter belongs to it.
      for (std::size_t k = i; k > 0 && i - k < 5; --k) {
        if (is_closing(lines[k - 1])) return k - 1;
      }
      return i;
    }
  }
  std::size_t filled = 0;
  for (std::size_t i = last; i > 0 && filled < 24; --i) {
    if (lines[i - 1].shape == Shape::blank) continue;
    ++filled;
    if (is_closing(lines[i - 1])) return i - 1;
  }
  filled = 0;
  std::size_t start = lines.size();
  for (std::size_t i = last; i > 0 && filled < 10; --i) {
    const auto& line = lines[i - 1];
    if (line.shape == Shape::blank) continue;
    ++filled;
    if (line.width > 90 || line.shape == Shape::question) break;
    const bool first = std::none_of(lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(i) - 1,
                                    [](const Line& l) { return l.shape != Shape::blank; });
    if (first) break;
    const bool short_end = filled <= 3 && line.width <= 70 && line.shape == Shape::text &&
                           looks_like_name(line.text) && !has_phrase("greeting", line.folded) &&
                           (i < 2 || lines[i - 2].shape == Shape::blank);
    if (names_sender(line, sender_folded) || short_end) start = i - 1;
  }
  return start;
}

} // namespace cvdesk::report
