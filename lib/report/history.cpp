// Where the new text ends and what came before begins, as the common clients mark it in four languages.
#include "core/text.hpp"
#include "report/document.hpp"
#include "report/pattern.hpp"

#include <algorithm>

namespace cvdesk::report {

namespace {

struct Line {
  std::string_view raw;
  std::string_view text; // without quote marks
  int depth = 0;
};

constexpr std::size_t most_lines = 60'000;

std::vector<Line> cut_lines(std::string_view text) {
  std::vector<Line> lines;
  for (const auto raw : split(text, '\n')) {
    if (lines.size() == most_lines) break;
    Line line{raw, raw, 0};
    for (;;) {
      const auto rest = trim(line.text);
      // "><script>" at the start of a line is a payload, not a quote.
      if (rest.empty() || rest.front() != '>' || rest.starts_with("><") || line.depth == 20) break;
      line.text = rest.substr(1);
      if (line.text.starts_with(' ')) line.text.remove_prefix(1);
      ++line.depth;
    }
    lines.push_back(line);
  }
  return lines;
}

bool is_attribution(std::string_view folded_line) {
  static const Pattern attribution(
      "^\\W*(?:on .{4,200} wrote ?:|op .{4,200}(?:schreef|geschreven)\\b.{0,120}:|am .{4,200} "
      "schrieb\\b.{0,120}:|"
      ".{2,100} (?:schrieb|schreef|wrote|a ecrit) (?:am|op|on|le) .{4,120}:|le .{4,200} a ecrit ?:|"
      "-{3,}.{3,100} (?:schrieb|schreef|wrote|a ecrit) ?: ?-{3,}|>* ?[^<>]{2,80} <[^<>@ ]+@[^<>@ ]+> "
      "[\\d./: -]{6,25}(?:[ap]m )?>{0,3}|"
      "(?:den|il|el) .{4,200} (?:skrev|ha scritto|escribio).{0,120}:)\\W*$");
  return attribution.in(folded_line);
}

bool opens_attribution(std::string_view folded_line) {
  static const Pattern opening("^\\W*(?:on|op|am|le) .{0,60}\\d{1,4}.{0,140}$");
  return opening.in(folded_line);
}

enum class Mark { none, original, forwarded };

Mark mark_of(std::string_view folded_line) {
  static const Pattern original(
      "^[-_* ]*(?:original message|original appointment|oorspronkelijk bericht|origineel bericht|"
      "ursprungliche nachricht|originalnachricht|message d'origine|message original|message initial)[-_* "
      ":]*$");
  static const Pattern forwarded_mark(
      "^[-_* ]*(?:(?:begin )?forwarded message|begin of forwarded message|(?:begin )?doorgestuurd bericht|"
      "(?:begin )?doorgestuurde? (?:bericht|mail)|weitergeleitete (?:nachricht|mail)|"
      "anfang der weitergeleiteten (?:nachricht|e-mail)|message (?:transfere|reexpedie|transmis)|"
      "debut du message (?:transfere|reexpedie))[-_* :]*$");
  if (folded_line.size() > 120) return Mark::none;
  if (original.in(folded_line)) return Mark::original;
  return forwarded_mark.in(folded_line) ? Mark::forwarded : Mark::none;
}

// From/Van/Von/De …: returns which header field a line is, and its value.
enum class Field { none, from, subject, other };

Field header_field(std::string_view line, std::string_view& value) {
  static const Pattern field(
      "^[ \\t>*]*(from|van|von|de|expediteur|afzender|absender|sent|date|verzonden|verzonden "
      "op|datum|gesendet|envoye|"
      "envoye le|to|aan|an|a|destinataire|cc|kopie|kopi|subject|onderwerp|betreff|objet|sujet|reply-to|"
      "beantwoorden|antwort an|repondre a|importance|prioriteit|wichtigkeit)\\*? ?:\\*?(?: |$)");
  const auto line_folded = fold(line.substr(0, 300));
  Pattern::Match match;
  if (!field.first(line_folded.text, match)) return Field::none;
  const auto label = match[1];
  const auto after = line_folded.source(match[0].size());
  value = trim(line.substr(std::min(after, line.size())));
  if (label == "from" || label == "van" || label == "von" || label == "de" || label == "expediteur" ||
      label == "afzender" || label == "absender") {
    return Field::from;
  }
  if (label == "subject" || label == "onderwerp" || label == "betreff" || label == "objet" ||
      label == "sujet") {
    return Field::subject;
  }
  return Field::other;
}

struct HeaderBlock {
  std::size_t end = 0; // the first line behind it
  mime::Mailbox from;
  std::string subject;
};

mime::Mailbox mailbox_in(std::string_view text) {
  static const Pattern address("([A-Za-z0-9._%+'=-]+@[A-Za-z0-9.-]+\\.[A-Za-z]{2,})");
  mime::Mailbox mailbox;
  Pattern::Match match;
  if (!address.first(text, match)) {
    mailbox.display_name = std::string(trim(text));
    return mailbox;
  }
  mailbox.address = ascii_lower(match[1]);
  auto name = trim(text.substr(0, offset_in(text, match[1])));
  while (!name.empty() && std::string_view("<[(\"' :").find(name.back()) != std::string_view::npos)
    name.remove_suffix(1);
  if (name.ends_with("mailto")) name = trim(name.substr(0, name.size() - 7));
  while (!name.empty() && std::string_view("\"'").find(name.front()) != std::string_view::npos)
    name.remove_prefix(1);
  mailbox.display_name = std::string(trim(name));
  return mailbox;
}

std::optional<HeaderBlock> header_block(const std::vector<Line>& lines, std::size_t at) {
  HeaderBlock block;
  int known = 0;
  bool from = false;
  std::size_t i = at;
  for (; i < lines.size() && i < at + 12; ++i) {
    std::string_view value;
    const auto field = header_field(lines[i].text, value);
    if (field == Field::none) {
      // A folded continuation of the field before.
      if (known > 0 && !trim(lines[i].text).empty() && lines[i].text.starts_with(' ')) continue;
      break;
    }
    ++known;
    if (field == Field::from && !from) {
      from = true;
      block.from = mailbox_in(value);
    }
    if (field == Field::subject) block.subject = std::string(value);
  }
  block.end = i;
  if (!from || known < 2) return std::nullopt;
  return block;
}

bool is_rule(std::string_view line) {
  line = trim(line);
  return line.size() >= 8 && line.find_first_not_of("_-=") == std::string_view::npos;
}

void append(std::string& out, std::string_view line) {
  out += line;
  out += '\n';
}

void append(TracedText& out, std::string_view line, std::string_view source) {
  out.origins.push_back(line.empty() ? 0 : static_cast<std::uint32_t>(offset_in(source, line)));
  append(out.bytes, line);
}

bool has_quotes_after(const std::vector<Line>& lines, std::size_t at) {
  for (std::size_t i = at; i < lines.size() && i < at + 4; ++i) {
    if (lines[i].depth > 0) return true;
    if (!trim(lines[i].text).empty()) return false;
  }
  return false;
}

} // namespace

bool is_ours(std::string_view address, const Vantage& vantage) {
  const auto lower = ascii_lower(address);
  for (const auto& own : vantage.own_addresses) {
    if (own == lower) return true;
  }
  const auto at = lower.rfind('@');
  return at != std::string::npos &&
         match_scope(std::string_view(lower).substr(at + 1), {}, vantage).scope == Scope::in;
}

void TracedText::trace_through(const TracedText& outer) {
  std::vector<std::size_t> starts = {0};
  for (std::size_t at = outer.bytes.find('\n'); at != std::string::npos; at = outer.bytes.find('\n', at + 1))
    starts.push_back(at + 1);
  for (auto& origin : origins) {
    const auto line =
        static_cast<std::size_t>(std::upper_bound(starts.begin(), starts.end(), origin) - starts.begin()) - 1;
    if (line < outer.origins.size())
      origin = outer.origins[line] + static_cast<std::uint32_t>(origin - starts[line]);
  }
}

Parts part_history(std::string_view text, bool forward_subject, const Vantage& vantage) {
  Parts parts;
  const auto lines = cut_lines(text);
  bool forward_marked = false;
  std::string question; // quoted lines since the last new line
  std::size_t i = 0;
  for (; i < lines.size(); ++i) {
    const auto& line = lines[i];
    const auto line_folded = folded(line.text.substr(0, 400));
    const auto mark = mark_of(trim(line_folded));
    if (mark == Mark::forwarded) {
      forward_marked = true;
      continue;
    }
    const bool rule = is_rule(line.text) || mark == Mark::original;
    std::size_t head = i;
    if (rule) {
      ++head;
      while (head < lines.size() && trim(lines[head].text).empty())
        ++head;
    }
    if (const auto block = header_block(lines, head)) {
      parts.quoted_from.push_back(block->from);
      const bool own = is_ours(block->from.address, vantage);
      const bool passed_on = !own && (forward_marked || forward_subject);
      if (passed_on) {
        parts.original_sender = block->from;
        parts.original_subject = block->subject;
        for (i = block->end; i < lines.size(); ++i) {
          append(parts.forwarded, lines[i].depth > 0 && lines[head].depth > 0 ? lines[i].text : lines[i].raw,
                 text);
        }
        return parts;
      }
      for (i = head; i < lines.size(); ++i)
        append(parts.quoted, lines[i].text);
      return parts;
    }
    if (mark == Mark::original) {
      for (++i; i < lines.size(); ++i)
        append(parts.quoted, lines[i].text);
      return parts;
    }
    // An attribution may be wrapped over up to three lines, and the last of them may end in the address.
    std::size_t last = i;
    std::string joined = line_folded;
    bool attribution = is_attribution(trim(joined));
    if (!attribution && opens_attribution(trim(joined))) {
      while (!attribution && last + 1 < lines.size() && last < i + 3 && !trim(lines[last + 1].text).empty()) {
        ++last;
        joined = std::string(trim(joined)) + " " + folded(trim(lines[last].text.substr(0, 300)));
        attribution = joined.size() < 500 && is_attribution(trim(joined));
      }
    }
    if (attribution) {
      std::string source;
      for (std::size_t k = i; k <= last; ++k)
        append(source, lines[k].text);
      parts.quoted_from.push_back(mailbox_in(source));
      // GroupWise: ">>> Name <address> date >>>" above a text without marks.
      const bool between_marks = line.raw.starts_with(">>>") && trim(line.raw).ends_with(">>>");
      if ((line.depth == 0 || between_marks) && !has_quotes_after(lines, last + 1)) {
        // No marks: all that follows is history.
        for (i = last + 1; i < lines.size(); ++i)
          append(parts.quoted, lines[i].text);
        return parts;
      }
      i = last;
      continue;
    }
    if (line.depth > 0) {
      append(parts.quoted, line.text);
      question += question.size() < 600 ? std::string(trim(line.text)) + " " : std::string();
      continue;
    }
    if (!question.empty() && !trim(line.raw).empty()) {
      for (const auto& made : {std::string(), "\x01" + question}) {
        parts.own.origins.push_back(0);
        append(parts.own.bytes, made);
      }
      question.clear();
    }
    append(parts.own, line.raw, text);
  }
  return parts;
}

} // namespace cvdesk::report
