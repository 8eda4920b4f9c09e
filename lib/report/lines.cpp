#include "report/lines.hpp"

#include "core/text.hpp"
#include "report/pattern.hpp"
#include "report/phrases.hpp"

namespace cvdesk::report {

bool is_item(std::string_view folded_line, bool& ordered) {
  static const Pattern numbered("^\\s*(?:\\(?\\d{1,2}[.):]\\)?|\\(?[a-h][.)]|(?:step|stap|schritt|etape) "
                                "?\\d{1,2} ?[:.)-]*|\\d{1,2} ?-)\\s+\\S");
  static const Pattern bulleted("^\\s*(?:[-*+o]|->|=>)\\s+\\S");
  if (numbered.in(folded_line)) {
    ordered = true;
    return true;
  }
  ordered = false;
  return bulleted.in(folded_line);
}

namespace {

Shape shape_of(const Line& line) {
  static const Pattern request("^\\s*(?:>\\s*)?(?:GET|POST|PUT|DELETE|PATCH|HEAD|OPTIONS|TRACE|PROPFIND|"
                               "CONNECT) \\S+(?: HTTP/[\\d.]+)?\\s*$");
  static const Pattern header("^\\s*(?:[A-Z][A-Za-z0-9]+(?:-[A-Za-z0-9]+)*: \\S.*|HTTP/[\\d.]+ \\d{3}.*)$");
  static const Pattern command("^\\s*(?:[$#] \\S|curl(?:\\.exe)? |wget |nmap |openssl s_client|dig |sqlmap "
                               "|python3? \\S+\\.py|ssh \\S+@|nc -|ftp |telnet \\S+ \\d)");
  static const Pattern field("^\\s*[a-z][a-z0-9 ./_'()-]{0,34}?\\s*:(?:\\s+\\S|\\s*$)");
  static const Pattern heading("^\\s*(?:#{1,5} \\S|=+ .* =+$|\\*\\*[^*]+\\*\\*:?$)");
  static const Pattern link("^\\s*[<(\"]?(?:[a-z][a-z0-9+.*-]{1,9}(?:\\[:\\]|:)/|www[.\\[(])\\S+\\s*$");
  const auto text = trim(line.text);
  if (text.starts_with('\x01')) return Shape::question;
  if (text.empty()) return Shape::blank;
  if (text.starts_with("```") || text.starts_with("~~~")) return Shape::fence;
  if (text.size() >= 4 && text.find_first_not_of("-_=*~+#") == std::string_view::npos) return Shape::rule;
  if (request.in(line.text)) return Shape::request;
  if (command.in(line.text)) return Shape::command;
  if (heading.in(line.folded)) return Shape::heading;
  bool ordered = false;
  if (is_item(line.folded, ordered)) return Shape::item;
  if (link.in(line.folded)) return Shape::link;
  if (field.in(line.folded)) return Shape::field;
  return Shape::text;
}

// "3. Reproduction" above what belongs to it: its number goes on further below, not in the next line.
bool is_numbered_heading(const std::vector<Line>& lines, std::size_t at) {
  static const Pattern numbered("^\\s*(\\d{1,2})[.)]\\s+(\\S.*?)\\s*$");
  static const Pattern full_stop("[.,;!?]$");
  Pattern::Match match;
  if (lines[at].shape != Shape::item || lines[at].width > 45 || !numbered.first(lines[at].folded, match))
    return false;
  if (at > 0 && lines[at - 1].shape != Shape::blank) return false;
  if (full_stop.in(match[2])) return false;
  const auto done = find_phrase("step.item", match[2]);
  if (done && done->begin <= 3) return false;
  std::size_t next = at + 1;
  while (next < lines.size() && lines[next].shape == Shape::blank)
    ++next;
  if (next == lines.size()) return false;
  Pattern::Match following;
  if (lines[next].shape == Shape::item && numbered.first(lines[next].folded, following))
    return following[1] == "1";
  // What is indented below an item belongs to it.
  return !lines[next].text.starts_with("  ") && !lines[next].text.starts_with('\t');
}

} // namespace

std::vector<Line> look_at(const TracedText& text) {
  std::vector<Line> lines;
  for (const auto raw : split(text.bytes, '\n')) {
    Line line;
    line.text = raw;
    line.folded = folded(raw);
    line.shape = shape_of(line);
    line.width = line.folded.size();
    line.origin = lines.size() < text.origins.size() ? text.origins[lines.size()] : 0;
    lines.push_back(std::move(line));
  }
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (is_numbered_heading(lines, i)) lines[i].shape = Shape::heading;
  }
  return lines;
}

} // namespace cvdesk::report
