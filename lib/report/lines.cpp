#include "report/lines.hpp"

#include "core/text.hpp"
#include "report/pattern.hpp"

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
  return lines;
}

} // namespace cvdesk::report
