#include "report/document.hpp"

#include "core/text.hpp"
#include "report/pattern.hpp"
#include "report/phrases.hpp"

#include <algorithm>

namespace cvdesk::report {

namespace {

constexpr std::size_t most_passages = 4000;
constexpr std::size_t most_sentences = 400;
// Beyond it a sentence is cut at the next space: what is looked for around a word stays near it.
constexpr std::size_t longest_sentence = 2000;

enum class Shape {
  question,
  blank,
  fence,
  rule,
  request,
  header,
  command,
  indented,
  item,
  field,
  heading,
  link,
  text
};

struct Line {
  std::string_view text;
  std::string folded;
  Shape shape = Shape::text;
  std::size_t width = 0;
};

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

std::vector<Line> look_at(std::string_view text) {
  std::vector<Line> lines;
  for (const auto raw : split(text, '\n')) {
    Line line;
    line.text = raw;
    line.folded = folded(raw);
    line.shape = shape_of(line);
    line.width = line.folded.size();
    lines.push_back(std::move(line));
  }
  return lines;
}

// ---- which lines are greeting, signature, disclaimer

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

// The line where the signature begins, or the number of lines.
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

struct Builder {
  Document& document;
  std::string lead;    // the "…:" that a list or link stands under
  std::string heading; // the heading that more stands under
  std::string question;
  int lists = 0;
  bool in_list = false;

  void add(Role role, std::string text) {
    if (document.passages.size() >= most_passages || trim(text).empty()) return;
    Passage passage;
    passage.role = role;
    passage.text = std::move(text);
    passage.folded = fold(passage.text);
    passage.heading = !lead.empty() ? lead : heading;
    passage.question = question;
    document.passages.push_back(std::move(passage));
  }
};

std::string label_of(std::string_view folded_line) {
  const auto colon = folded_line.find(':');
  return colon == std::string_view::npos ? std::string() : std::string(trim(folded_line.substr(0, colon)));
}

bool is_heading_line(std::string_view folded_text) {
  const auto text = trim(folded_text);
  return text.size() <= 60 && text.ends_with(':');
}

void finish(Builder& builder, Passage& passage) {
  const auto text = trim(passage.folded.text);
  if (passage.role == Role::heading || (is_heading_line(text) && passage.role != Role::item)) {
    builder.heading = std::string(text);
    builder.lead.clear();
  } else if (text.ends_with(':')) {
    const auto sentences = split_sentences(passage.text);
    builder.lead = sentences.empty() ? std::string(text) : sentences.back().folded.text;
  }
}

bool joins(const Line& previous, const Line& line) {
  if (line.shape != Shape::text && line.shape != Shape::field) return false;
  if (previous.shape == Shape::item || previous.shape == Shape::field) {
    if (line.shape == Shape::field) return false;
    return line.text.starts_with("  ") || line.text.starts_with('\t') || previous.width >= 55;
  }
  if (previous.shape != Shape::text) return false;
  if (line.shape == Shape::field) {
    // "http: …" or "let op: …" in running text wraps too.
    return previous.width >= 60 && !trim(previous.folded).ends_with('.') &&
           !trim(previous.folded).ends_with(':');
  }
  const auto end = trim(previous.folded);
  const bool ended = end.ends_with('.') || end.ends_with('!') || end.ends_with('?') || end.ends_with(':');
  const auto start = trim(line.text);
  const bool lower = !start.empty() && start.front() >= 'a' && start.front() <= 'z';
  return previous.width >= 50 || (!ended && lower) || (previous.width >= 36 && !ended);
}

// Lines of new text, without signature and disclaimer, to passages.
void build_body(Builder& builder, const std::vector<Line>& lines, std::size_t end) {
  std::size_t i = 0;
  bool greeted = false;
  int list = -1;
  std::size_t since_item = 0;
  while (i < end) {
    const auto& line = lines[i];
    if (line.shape == Shape::question) {
      builder.question = line.folded.substr(1);
      builder.lead.clear();
      builder.heading.clear();
      list = -1;
      ++i;
      continue;
    }
    if (line.shape == Shape::blank || line.shape == Shape::rule) {
      ++since_item;
      ++i;
      continue;
    }
    if (!greeted && builder.document.passages.size() < 2 && line.width <= 70 &&
        has_phrase("greeting", line.folded) && find_phrase("greeting", line.folded)->begin <= 2 &&
        !trim(line.folded).ends_with('.')) {
      greeted = true;
      builder.add(Role::greeting, std::string(line.text));
      ++i;
      continue;
    }
    std::string text(line.text);
    if (line.shape == Shape::fence) {
      text.clear();
      for (++i; i < end && lines[i].shape != Shape::fence; ++i)
        text += std::string(lines[i].text) + "\n";
      ++i;
      builder.add(Role::code, std::move(text));
      continue;
    }
    if (line.shape == Shape::request) {
      for (++i; i < end && lines[i].shape != Shape::blank; ++i)
        text += "\n" + std::string(lines[i].text);
      builder.add(Role::code, std::move(text));
      continue;
    }
    if (line.shape == Shape::command) {
      bool continued = trim(line.text).ends_with('\\');
      for (++i; i < end && (continued || lines[i].shape == Shape::command) && lines[i].shape != Shape::blank;
           ++i) {
        continued = trim(lines[i].text).ends_with('\\');
        text += "\n" + std::string(lines[i].text);
      }
      builder.add(Role::code, std::move(text));
      continue;
    }
    const Line* previous = &line;
    for (++i; i < end && joins(*previous, lines[i]); ++i) {
      text += ' ';
      text += lines[i].text;
      previous = &lines[i];
      // A wrapped item or paragraph goes on as text.
    }
    const auto before = builder.document.passages.size();
    switch (line.shape) {
    case Shape::item: {
      bool ordered = false;
      is_item(line.folded, ordered);
      if (list < 0 || since_item > 1) list = builder.lists++;
      builder.add(Role::item, std::move(text));
      if (builder.document.passages.size() > before) {
        builder.document.passages.back().list = list;
        builder.document.passages.back().ordered = ordered;
      }
      since_item = 0;
      continue;
    }
    case Shape::field: {
      builder.add(Role::field, std::move(text));
      if (builder.document.passages.size() > before)
        builder.document.passages.back().label = label_of(line.folded);
      break;
    }
    case Shape::heading:
      builder.add(Role::heading, std::move(text));
      break;
    case Shape::link:
      builder.add(Role::prose, std::move(text));
      since_item = 0;
      continue;
    default:
      // Running text ends what a "…:" opened; a heading goes on.
      builder.lead.clear();
      builder.add(Role::prose, std::move(text));
    }
    list = -1;
    if (builder.document.passages.size() > before) finish(builder, builder.document.passages.back());
  }
}

void build_end(Builder& builder, const std::vector<Line>& lines, std::size_t from) {
  builder.lead.clear();
  builder.heading.clear();
  bool disclaimer = false;
  bool postscript = false;
  for (std::size_t i = from; i < lines.size(); ++i) {
    const auto& line = lines[i];
    if (line.shape == Shape::question) {
      builder.question = line.folded.substr(1);
      continue;
    }
    if (line.shape == Shape::blank) {
      disclaimer = postscript = false;
      continue;
    }
    static const Pattern ps("^\\s*(?:p\\.? ?s\\.?|n\\.?b\\.?)(?:\\s|:)");
    if (ps.in(line.folded)) postscript = true;
    if (has_phrase("disclaimer", line.folded)) disclaimer = true;
    const bool long_text = line.width > 100 && !disclaimer;
    builder.add(disclaimer                ? Role::disclaimer
                : postscript || long_text ? Role::prose
                                          : Role::signature,
                std::string(line.text));
  }
}

void cut_disclaimers(Document& document) {
  for (auto& passage : document.passages) {
    if (passage.role == Role::prose && has_phrase("disclaimer", passage.folded.text))
      passage.role = Role::disclaimer;
  }
}

void build(Document& document, std::string_view text, std::string_view sender) {
  const auto lines = look_at(text);
  const auto end = signature_start(lines, folded(sender));
  Builder builder{document, {}, {}, {}};
  build_body(builder, lines, end);
  build_end(builder, lines, end);
  cut_disclaimers(document);
  for (auto& passage : document.passages) {
    if (passage.role == Role::code || !passage.sentences.empty()) continue;
    passage.sentences = split_sentences(passage.text);
  }
}

bool is_abbreviation(std::string_view word) {
  static constexpr std::string_view known[] = {
      "e.g",  "i.e",  "eg",  "ie",  "z.b",  "d.h",    "bijv",  "nr",    "tel", "dr",   "mr",  "mrs",
      "ms",   "mw",   "dhr", "bzw", "ca",   "vs",     "st",    "p.ex",  "ex",  "evt",  "o.a", "u.a",
      "incl", "excl", "max", "min", "resp", "approx", "ing",   "ir",    "drs", "prof", "sr",  "jr",
      "bv",   "vb",   "blz", "art", "abs",  "m.b.t",  "i.v.m", "d.w.z", "z",   "b",    "u",   "d",
      "n",    "t",    "mob", "fa",  "str",  "no",     "jan",   "feb",   "apr", "aug",  "sep", "sept",
      "oct",  "okt",  "nov", "dec", "dez",  "janv",   "juil"};
  return std::find(std::begin(known), std::end(known), word) != std::end(known);
}

} // namespace

std::vector<Sentence> split_sentences(std::string_view paragraph) {
  std::vector<Sentence> sentences;
  const auto push = [&](std::string_view text) {
    text = trim(text);
    if (!text.empty() && sentences.size() < most_sentences) {
      sentences.push_back({std::string(text), fold(text)});
    }
  };
  std::size_t start = 0;
  for (std::size_t i = 0; i + 1 < paragraph.size(); ++i) {
    const char c = paragraph[i];
    if (i > start + longest_sentence && c == ' ') {
      push(paragraph.substr(start, i - start));
      start = i + 1;
      continue;
    }
    if (c != '.' && c != '!' && c != '?') continue;
    std::size_t next = i + 1;
    while (next < paragraph.size() &&
           std::string_view("\"')]*").find(paragraph[next]) != std::string_view::npos)
      ++next;
    if (paragraph.substr(next, 2) == "\xC2\xBB" || paragraph.substr(next, 2) == "\xC2\xA0") next += 2;
    if (next >= paragraph.size() ||
        (paragraph[next] != ' ' && paragraph[next] != '\n' && paragraph[next] != '\t'))
      continue;
    while (next < paragraph.size() &&
           (paragraph[next] == ' ' || paragraph[next] == '\n' || paragraph[next] == '\t'))
      ++next;
    if (next >= paragraph.size()) break;
    const char follows = paragraph[next];
    if (follows >= 'a' && follows <= 'z' && c == '.') continue;
    if (c == '.') {
      std::size_t word = i;
      while (word > start && paragraph[word - 1] != ' ' && paragraph[word - 1] != '(' &&
             paragraph[word - 1] != '\n')
        --word;
      const auto before = paragraph.substr(word, i - word);
      const bool number = !before.empty() && before.size() <= 2 &&
                          before.find_first_not_of("0123456789") == std::string_view::npos;
      const bool initial = before.size() == 1 && before.front() >= 'A' && before.front() <= 'Z';
      const bool digit = follows >= '0' && follows <= '9';
      const auto lower = ascii_lower(before);
      if (number || initial || digit || lower.ends_with("nr") || is_abbreviation(lower)) continue;
    }
    push(paragraph.substr(start, next - start));
    start = next;
  }
  push(paragraph.substr(std::min(start, paragraph.size())));
  return sentences;
}

std::string Document::own_text() const {
  std::string text;
  for (const auto& passage : passages) {
    if (passage.role != Role::signature && passage.role != Role::disclaimer) text += passage.text + "\n";
  }
  return text;
}

std::string Document::all_new_text() const {
  std::string text;
  for (const auto& passage : passages)
    text += passage.text + "\n";
  return text;
}

Document read_document(const Mail& mail, const Vantage& vantage) {
  static const Pattern forward_subject("^\\W*(?:fwd?|doorst|doorgest|doorgestuurd|wg|tr|wtr|i|fs) ?: ");
  Document document;
  const std::string sender = mail.from.empty() ? std::string() : mail.from.front().display_name;
  auto parts = part_history(mail.text, forward_subject.in(folded(mail.subject)), vantage);
  document.quoted_from = parts.quoted_from;
  for (const auto& from : parts.quoted_from)
    document.answers_us |= is_ours(from.address, vantage);
  document.quoted = std::move(parts.quoted);
  if (trim(parts.forwarded).empty()) {
    build(document, parts.own, sender);
    return document;
  }
  // Passed on, perhaps more than once: the innermost mail that is not ours is the report.
  document.forwarded = true;
  document.forwarder_text = parts.own;
  // Who passes on a mail of his own says the rest himself.
  const bool own_mail =
      !mail.from.empty() && equal_ignoring_case(parts.original_sender.address, mail.from.front().address);
  if (own_mail) build(document, parts.own, sender);
  for (int depth = 0; depth < 4; ++depth) {
    document.original_sender = parts.original_sender;
    document.original_subject = parts.original_subject;
    auto inner = part_history(parts.forwarded, true, vantage);
    if (trim(inner.forwarded).empty()) {
      build(document, inner.own, document.original_sender.display_name);
      break;
    }
    parts = std::move(inner);
  }
  return document;
}

} // namespace cvdesk::report
