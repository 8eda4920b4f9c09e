#include "report/document.hpp"

#include "core/text.hpp"
#include "report/lines.hpp"
#include "report/pattern.hpp"
#include "report/phrases.hpp"

#include <algorithm>

namespace cvdesk::report {

namespace {

constexpr std::size_t most_passages = 4000;

struct Builder {
  Document& document;
  std::string lead;    // the "…:" that a list or link stands under
  std::string heading; // the heading that more stands under
  std::string question;
  int lists = 0;
  bool in_list = false;

  void add(Role role, std::string text, const Line& first, const Line& last) {
    if (document.passages.size() >= most_passages || trim(text).empty()) return;
    Passage passage;
    passage.role = role;
    passage.begin = first.origin;
    passage.end = last.origin + last.text.size();
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
    static const Pattern number("^\\W*\\d{1,2}[.)]\\s+(\\S.*)$");
    Pattern::Match match;
    builder.heading = std::string(number.first(text, match) ? match[1] : text);
    builder.lead.clear();
  } else if (text.ends_with(':')) {
    const auto sentences = split_sentences(passage.text);
    builder.lead = sentences.empty() ? std::string(text) : sentences.back().folded.text;
  }
}

// "… Name for the" / "advisory: …": a word in lower case that a wrapped line happens to begin with is no
// label.
bool is_wrapped(const Line& previous, const Line& line) {
  const auto end = trim(previous.folded);
  const auto start = trim(line.text);
  return previous.width >= 60 && !start.empty() && start.front() >= 'a' && start.front() <= 'z' &&
         !end.empty() && std::string_view(".:;!?").find(end.back()) == std::string_view::npos;
}

bool joins(const Line& previous, const Line& line) {
  // "1. Log in at" / "   https://…"
  if (line.shape == Shape::link && previous.shape == Shape::item && line.text.starts_with("  "))
    return !trim(previous.folded).ends_with(':') && !trim(previous.folded).ends_with('.');
  if (line.shape != Shape::text && line.shape != Shape::field) return false;
  // What follows an address on a line of its own, with a capital letter, is a sentence of its own.
  static const Pattern address_at_end("://\\S+$");
  static const Pattern capital("^\\p{Lu}");
  if (line.shape == Shape::text && address_at_end.in(trim(previous.text)) && capital.in(trim(line.text)))
    return false;
  if (previous.shape == Shape::item || previous.shape == Shape::field) {
    if (line.shape == Shape::field) return previous.shape == Shape::field && is_wrapped(previous, line);
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
      builder.add(Role::greeting, std::string(line.text), line, line);
      ++i;
      continue;
    }
    std::string text(line.text);
    if (line.shape == Shape::fence) {
      text.clear();
      for (++i; i < end && lines[i].shape != Shape::fence; ++i)
        text += std::string(lines[i].text) + "\n";
      if (i < end) ++i; // the fence that closes it, where one does
      builder.add(Role::code, std::move(text), line, lines[i - 1]);
      continue;
    }
    if (line.shape == Shape::request) {
      for (++i; i < end && lines[i].shape != Shape::blank; ++i)
        text += "\n" + std::string(lines[i].text);
      builder.add(Role::code, std::move(text), line, lines[i - 1]);
      continue;
    }
    if (line.shape == Shape::command) {
      bool continued = trim(line.text).ends_with('\\');
      for (++i; i < end && (continued || lines[i].shape == Shape::command) && lines[i].shape != Shape::blank;
           ++i) {
        continued = trim(lines[i].text).ends_with('\\');
        text += "\n" + std::string(lines[i].text);
      }
      builder.add(Role::code, std::move(text), line, lines[i - 1]);
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
      builder.add(Role::item, std::move(text), line, lines[i - 1]);
      if (builder.document.passages.size() > before) {
        builder.document.passages.back().list = list;
        builder.document.passages.back().ordered = ordered;
      }
      since_item = 0;
      continue;
    }
    case Shape::field: {
      builder.add(Role::field, std::move(text), line, lines[i - 1]);
      if (builder.document.passages.size() > before)
        builder.document.passages.back().label = label_of(line.folded);
      break;
    }
    case Shape::heading:
      builder.add(Role::heading, std::move(text), line, lines[i - 1]);
      break;
    case Shape::link:
      builder.add(Role::prose, std::move(text), line, lines[i - 1]);
      since_item = 0;
      continue;
    default:
      // Running text ends what a "…:" opened; a heading goes on.
      builder.lead.clear();
      builder.add(Role::prose, std::move(text), line, lines[i - 1]);
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
                std::string(line.text), line, line);
  }
}

void cut_disclaimers(Document& document) {
  for (auto& passage : document.passages) {
    if (passage.role == Role::prose && has_phrase("disclaimer", passage.folded.text))
      passage.role = Role::disclaimer;
  }
}

void build(Document& document, const TracedText& text, std::string_view sender) {
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

} // namespace

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

Document read_document(const Mail& mail, std::string_view text, const Vantage& vantage) {
  static const Pattern forward_subject("^\\W*(?:fwd?|doorst|doorgest|doorgestuurd|wg|tr|wtr|i|fs) ?: ");
  Document document;
  const std::string sender = mail.from.empty() ? std::string() : mail.from.front().display_name;
  auto parts = part_history(text, forward_subject.in(folded(mail.subject)), vantage);
  document.quoted_from = parts.quoted_from;
  for (const auto& from : parts.quoted_from)
    document.answers_us |= is_ours(from.address, vantage);
  document.quoted = std::move(parts.quoted);
  if (trim(parts.forwarded.bytes).empty()) {
    build(document, parts.own, sender);
    return document;
  }
  // Passed on, perhaps more than once: the innermost mail that is not ours is the report.
  document.forwarded = true;
  document.forwarder_text = parts.own.bytes;
  // Who passes on a mail of his own says the rest himself.
  const bool own_mail =
      !mail.from.empty() && equal_ignoring_case(parts.original_sender.address, mail.from.front().address);
  if (own_mail) build(document, parts.own, sender);
  for (int depth = 0; depth < 4; ++depth) {
    document.original_sender = parts.original_sender;
    document.original_subject = parts.original_subject;
    auto inner = part_history(parts.forwarded.bytes, true, vantage);
    inner.own.trace_through(parts.forwarded);
    inner.forwarded.trace_through(parts.forwarded);
    if (trim(inner.forwarded.bytes).empty()) {
      build(document, inner.own, document.original_sender.display_name);
      break;
    }
    parts = std::move(inner);
  }
  return document;
}

} // namespace cvdesk::report
