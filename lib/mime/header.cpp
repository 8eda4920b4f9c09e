#include "mime/header.hpp"

#include "core/text.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <utility>

namespace cvdesk::mime {

namespace {

struct Line {
  std::string_view text; // without its line end
  std::size_t size = 0;  // with it
};

Line line_at(std::string_view entity, std::size_t at) {
  const auto end = entity.find('\n', at);
  if (end == std::string_view::npos) return {entity.substr(at), entity.size() - at};
  auto text = entity.substr(at, end - at);
  if (text.ends_with('\r')) text.remove_suffix(1);
  return {text, end + 1 - at};
}

constexpr std::size_t longest_name_said = 40;

bool begins_blank(std::string_view line) {
  return line.starts_with(' ') || line.starts_with('\t');
}

bool is_fold(std::string_view line) {
  return begins_blank(line) && !trim(line.substr(0, line.find('\n'))).empty();
}

// The field's name with blanks before the colon taken off (RFC 5322, 4.5.8), or empty: not a field.
std::string_view field_name(std::string_view line) {
  const auto visible =
      std::find_if(line.begin(), line.end(), [](char c) { return c <= ' ' || c >= 0x7F || c == ':'; });
  const auto name = line.substr(0, static_cast<std::size_t>(visible - line.begin()));
  const auto rest = line.substr(name.size());
  const auto colon = rest.find_first_not_of(" \t");
  return colon != std::string_view::npos && rest[colon] == ':' ? name : std::string_view();
}

bool is_mail_field(std::string_view name) {
  constexpr std::array known = {"from",
                                "to",
                                "cc",
                                "subject",
                                "date",
                                "message-id",
                                "received",
                                "reply-to",
                                "references",
                                "in-reply-to",
                                "return-path",
                                "mime-version",
                                "sender",
                                "user-agent",
                                "delivered-to",
                                "autocrypt",
                                "dkim-signature",
                                "authentication-results",
                                "auto-submitted",
                                "thread-topic",
                                "thread-index",
                                "importance"};
  constexpr std::array prefixes = {"content-", "x-", "list-", "arc-", "resent-"};
  return std::any_of(known.begin(), known.end(),
                     [&](const char* k) { return equal_ignoring_case(name, k); }) ||
         std::any_of(prefixes.begin(), prefixes.end(),
                     [&](const char* prefix) { return starts_with_ignoring_case(name, prefix); });
}

bool is_mbox_line(std::string_view line) {
  return line.starts_with("From ") || line.starts_with(">From ");
}

// "From ann@example.org Sun Nov 22 10:00:00 2026", and not a sentence.
bool is_dated(std::string_view mbox_line) {
  const auto colon = mbox_line.find(':');
  return colon != std::string_view::npos && colon > 2 && colon + 5 < mbox_line.size() &&
         mbox_line[colon + 3] == ':';
}

// Cut anywhere, they would say something else than their sender wrote: another sender, another key.
bool is_whole_or_nothing(std::string_view name) {
  constexpr std::array known = {"from", "sender", "reply-to", "return-path", "autocrypt", "autocrypt-gossip"};
  return std::any_of(known.begin(), known.end(), [&](const char* k) { return equal_ignoring_case(name, k); });
}

// What is left of a field that is too long: without the item that was cut through.
std::string_view whole_items(const Field& field) {
  constexpr std::size_t longest_item = 2000; // looked at; what is longer is cut through
  if (is_whole_or_nothing(field.name)) return {};
  const std::string_view body = field.body;
  const bool parameters = starts_with_ignoring_case(field.name, "content-");
  const bool addresses = equal_ignoring_case(field.name, "to") || equal_ignoring_case(field.name, "cc");
  const auto end = body.find_last_of(parameters ? ";" : addresses ? "," : " \t>");
  if (end != std::string_view::npos && body.size() - end < longest_item) return body.substr(0, body[end] == '>' ? end + 1 : end);
  auto cut = body.size();
  while (cut > 0 && (static_cast<unsigned char>(body[cut - 1]) & 0xC0) == 0x80) --cut;
  return body.substr(0, cut > 0 ? cut - 1 : 0);
}

tl::unexpected<Error> beyond(std::string_view limit, std::size_t most) {
  return fail(ErrorKind::too_big, fmt::format("{} (limit {})", limit, most));
}

class Scanner {
public:
  Scanner(std::string_view entity, const Limits& limits, Defects& defects)
      : entity_(entity), limits_(limits), defects_(defects) {}

  Result<HeaderBlock> run(bool message) {
    message_ = message;
    if (message) skip_what_stands_before();
    while (at_ < entity_.size()) {
      const Line line = line_at(entity_, at_);
      if (line.text.empty()) {
        at_ += line.size;
        return finish();
      }
      TRY_ASSIGN(const bool belongs, take(line));
      if (!belongs) return finish();
      at_ += line.size;
      if (at_ > limits_.header_block) return beyond("header block too large", limits_.header_block);
    }
    return finish();
  }

private:
  void skip_what_stands_before() {
    constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
    if (entity_.starts_with(byte_order_mark)) at_ = byte_order_mark.size();
    const Line first = line_at(entity_, at_);
    if (is_mbox_line(first.text) && first.size <= limits_.logical_line) at_ += first.size;
  }

  // False: the line is the first of the body.
  Result<bool> take(const Line& line) {
    if (begins_blank(line.text) && !fields().empty()) {
      append(line.text);
      return true;
    }
    if (const auto name = field_name(line.text); !name.empty()) return begin_field(name, line.text);
    const bool in_header =
        message_ || !fields().empty() || begins_blank(line.text) || is_mbox_line(line.text);
    if (in_header && is_stray(line)) {
      defects_.add("a header line that is no field");
      return true;
    }
    defects_.add(fields().empty() ? "no header" : "no empty line between header and body");
    return false;
  }

  // A broken line inside a header, not the beginning of a body: a field that only mail has follows at once.
  bool is_stray(const Line& line) const {
    if (line.text.starts_with("--")) return false; // a delimiter
    if (line.size > limits_.logical_line || at_ + line.size >= entity_.size()) return false;
    const auto next = entity_.substr(at_ + line.size, 128);
    if (is_mbox_line(line.text))
      return !field_name(next).empty() || is_fold(next) ||
             (is_dated(line.text) && line_at(next, 0).text.empty());
    return is_mail_field(field_name(next)) || (begins_blank(line.text) && folds_lead_to_a_field());
  }

  // The first line of a header was lost or indented.
  bool folds_lead_to_a_field() const {
    constexpr int most = 20;
    if (is_mail_field(field_name(trim(entity_.substr(at_, 128))))) return true;
    std::size_t at = at_;
    for (int lines = 0; lines < most && at < entity_.size(); ++lines) {
      const Line line = line_at(entity_, at);
      if (!begins_blank(line.text)) return is_mail_field(field_name(line.text.substr(0, 128)));
      if (line.size > limits_.logical_line) return false;
      at += line.size;
    }
    return false;
  }

  Result<bool> begin_field(std::string_view name, std::string_view line) {
    if (fields().size() == limits_.fields) return beyond("too many header fields", limits_.fields);
    end_field();
    fields().push_back({std::string(name.substr(0, limits_.logical_line)), {}});
    add(line.substr(line.find(':') + 1));
    return true;
  }

  void append(std::string_view line) {
    if (!begins_blank(line)) add(" ");
    add(line);
  }

  // As much as there is room for.
  void add(std::string_view text) {
    auto& body = fields().back().body;
    const std::size_t room = limits_.logical_line - body.size();
    too_long_ = too_long_ || text.size() > room;
    body += text.substr(0, room);
  }

  void end_field() {
    if (!std::exchange(too_long_, false)) return;
    Field& field = fields().back();
    field.body = std::string(whole_items(field));
    defects_.add(fmt::format("the header field {} is longer than {} KiB: {}", shorten(field.name, longest_name_said),
                             limits_.logical_line >> 10, field.body.empty() ? "left out" : "only its beginning was read"));
  }

  HeaderBlock finish() {
    end_field();
    for (auto& field : fields()) {
      const auto kept = trim(field.body);
      if (kept.size() != field.body.size()) field.body = std::string(kept);
    }
    block_.size = at_;
    return std::move(block_);
  }

  std::vector<Field>& fields() { return block_.header.fields; }

  std::string_view entity_;
  const Limits& limits_;
  Defects& defects_;
  bool message_ = false;
  bool too_long_ = false; // the field that is being read
  std::size_t at_ = 0;
  HeaderBlock block_;
};

} // namespace

void Defects::add(std::string_view defect) {
  constexpr std::size_t most = 50;
  if (list_.size() < most && std::find(list_.begin(), list_.end(), defect) == list_.end()) {
    list_.emplace_back(defect);
  }
}

Result<HeaderBlock> scan_header(std::string_view entity, bool message, const Limits& limits,
                                Defects& defects) {
  return Scanner(entity, limits, defects).run(message);
}

Result<Header> parse_header(std::string_view raw, const Limits& limits) {
  std::vector<std::string> list;
  Defects defects(list);
  raw = raw.substr(0, limits.header_block);
  TRY_ASSIGN(auto block, scan_header(raw, true, limits, defects));
  return std::move(block.header);
}

std::optional<std::string_view> Header::first(std::string_view name) const {
  const auto found = std::find_if(fields.begin(), fields.end(),
                                  [&](const Field& field) { return equal_ignoring_case(field.name, name); });
  if (found == fields.end()) return {};
  return found->body;
}

std::vector<std::string_view> Header::all(std::string_view name) const {
  std::vector<std::string_view> bodies;
  for (const auto& field : fields) {
    if (equal_ignoring_case(field.name, name)) bodies.emplace_back(field.body);
  }
  return bodies;
}

std::size_t Header::count(std::string_view name) const {
  return all(name).size();
}

} // namespace cvdesk::mime
