#include "imap/grammar.hpp"

#include "core/text.hpp"

#include <fmt/core.h>

#include <limits>

namespace cvdesk::imap {

namespace {

constexpr std::size_t text_limit = 1000;
constexpr std::size_t word_limit = 256; // of what is kept as a name, a tag or a flag

tl::unexpected<Error> not_imap(std::string_view why) {
  return fail(ErrorKind::protocol, fmt::format("no IMAP response: {}", why));
}

// Reads a response from left to right.
class Cursor {
public:
  Cursor(std::string_view line, std::vector<Literal>& literals) : line_(line), literals_(literals) {}

  bool at_end() const { return position_ >= line_.size(); }
  bool at(char c) const { return !at_end() && line_[position_] == c; }
  bool accept(char c) {
    if (!at(c)) return false;
    ++position_;
    return true;
  }
  void skip_spaces() {
    while (accept(' ')) {
    }
  }
  std::string_view rest() const { return line_.substr(position_); }

  // Up to the next space.
  std::string_view word() {
    const std::size_t begin = position_;
    position_ = std::min(line_.find(' ', begin), line_.size());
    return line_.substr(begin, position_ - begin);
  }

  // Up to the next space, parenthesis or quotation mark.
  std::string_view atom() {
    const std::size_t begin = position_;
    position_ = std::min(line_.find_first_of(" ()\"", begin), line_.size());
    return line_.substr(begin, position_ - begin);
  }

  // The name of a FETCH item; between brackets anything goes: BODY[HEADER.FIELDS (SUBJECT)]<0>.
  std::string_view item_name() {
    const std::size_t begin = position_;
    position_ = std::min(line_.find_first_of(" ()\"[", begin), line_.size());
    if (at('[')) {
      position_ = std::min(line_.find(']', position_), line_.size());
      position_ = std::min(line_.find_first_of(" ()\"", position_), line_.size());
    }
    return line_.substr(begin, position_ - begin);
  }

  template <class Number>
  Result<Number> number() {
    const std::string_view digits = atom();
    Number value = 0;
    if (digits.empty()) return not_imap("a number is missing");
    for (const char c : digits) {
      if (c < '0' || c > '9') return not_imap("a number is malformed");
      const auto digit = static_cast<Number>(c - '0');
      if (value > (std::numeric_limits<Number>::max() - digit) / 10) return not_imap("a number is too large");
      value = value * 10 + digit;
    }
    return value;
  }

  bool at_literal() const {
    return next_literal_ < literals_.size() && literals_[next_literal_].offset == position_ && at('{');
  }

  // A quoted string, a literal, or NIL (unset).
  Result<std::optional<std::string>> nstring() {
    if (at_literal()) {
      ++position_;
      return std::optional<std::string>(std::move(literals_[next_literal_++].bytes));
    }
    if (at('"')) return quoted();
    if (equal_ignoring_case(atom(), "NIL")) return std::nullopt;
    return not_imap("a string is malformed");
  }

  // One value of whatever kind, nested lists included.
  Result<void> skip_value() {
    std::size_t depth = 0;
    do {
      skip_spaces();
      if (at_end()) return not_imap("a list is not closed");
      if (accept('(')) {
        ++depth;
      } else if (at(')')) {
        if (depth == 0) return not_imap("a value is missing");
        accept(')');
        --depth;
      } else if (at('"') || at_literal()) {
        TRY(nstring());
      } else {
        atom();
      }
    } while (depth > 0);
    return {};
  }

private:
  Result<std::optional<std::string>> quoted() {
    std::string value;
    for (std::size_t i = position_ + 1; i < line_.size(); ++i) {
      if (line_[i] == '"') {
        position_ = i + 1;
        return std::optional<std::string>(std::move(value));
      }
      if (line_[i] == '\\' && i + 1 < line_.size()) ++i;
      value.push_back(line_[i]);
    }
    return not_imap("a quoted string is not closed");
  }

  std::string_view line_;
  std::size_t position_ = 0;
  std::vector<Literal>& literals_;
  std::size_t next_literal_ = 0;
};

std::string plain_text(std::string_view bytes) {
  std::string kept;
  for (const char c : bytes.substr(0, 4 * text_limit)) {
    if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f) kept.push_back(c);
  }
  return shorten(to_valid_utf8(kept), text_limit);
}

bool is_status(std::string_view word) {
  return word == "OK" || word == "NO" || word == "BAD" || word == "BYE" || word == "PREAUTH";
}

void parse_status(Cursor& cursor, std::string status, Response& response) {
  response.status = std::move(status);
  cursor.skip_spaces();
  std::string_view text = cursor.rest();
  if (!text.empty() && text.front() == '[') {
    const std::size_t end = text.find(']');
    if (end != text.npos) {
      response.code = plain_text(text.substr(1, end - 1));
      text.remove_prefix(end + 1);
    }
  }
  response.text = plain_text(trim(text));
}

Result<void> parse_flags(Cursor& cursor, std::vector<std::string>& flags) {
  if (!cursor.accept('(')) return cursor.skip_value();
  flags.clear();
  for (;;) {
    cursor.skip_spaces();
    if (cursor.accept(')')) return {};
    const std::string_view flag = cursor.atom();
    if (flag.empty()) return not_imap("a flag is malformed");
    flags.emplace_back(flag.substr(0, word_limit));
  }
}

template <class Number>
Result<void> parse_number(Cursor& cursor, std::optional<Number>& into) {
  if (starts_with_ignoring_case(cursor.rest(), "NIL")) return cursor.skip_value();
  TRY_ASSIGN(into, cursor.number<Number>());
  return {};
}

Result<void> parse_item(Cursor& cursor, FetchItem& item) {
  std::string name = ascii_upper(cursor.item_name().substr(0, word_limit));
  if (name.empty()) return not_imap("the name of an item is missing");
  if (const auto partial = name.find("]<"); partial != name.npos) name.resize(partial + 1);
  cursor.skip_spaces();
  if (name == "UID") return parse_number(cursor, item.uid);
  if (name == "FLAGS") return parse_flags(cursor, item.flags);
  if (name == "RFC822.SIZE") return parse_number(cursor, item.size);
  if (name == "INTERNALDATE") {
    TRY_ASSIGN(auto date, cursor.nstring());
    item.internal_date = plain_text(date.value_or(""));
    return {};
  }
  if (name == "BODY[]" || name == "RFC822") {
    TRY_ASSIGN(item.body, cursor.nstring());
    return {};
  }
  if (name == "BODY[HEADER]" || name == "RFC822.HEADER") {
    TRY_ASSIGN(item.header, cursor.nstring());
    return {};
  }
  return cursor.skip_value();
}

Result<void> parse_fetch(Cursor& cursor, FetchItem& item) {
  cursor.skip_spaces();
  if (!cursor.accept('(')) return not_imap("FETCH without a list");
  for (;;) {
    cursor.skip_spaces();
    if (cursor.accept(')')) return {};
    if (cursor.at_end()) return not_imap("the list of a FETCH is not closed");
    TRY(parse_item(cursor, item));
  }
}

Result<void> parse_search(Cursor& cursor, std::vector<std::uint32_t>& numbers) {
  for (;;) {
    cursor.skip_spaces();
    // "(MODSEQ n)" may follow (RFC 7162).
    if (cursor.at_end() || cursor.at('(')) return {};
    TRY_ASSIGN(const auto number, cursor.number<std::uint32_t>());
    numbers.push_back(number);
  }
}

Result<void> parse_data(Cursor& cursor, std::string first, Response& response) {
  response.name = std::move(first);
  if (!response.name.empty() && response.name.front() >= '0' && response.name.front() <= '9') {
    std::vector<Literal> none;
    TRY_ASSIGN(response.number, Cursor(response.name, none).number<std::uint32_t>());
    cursor.skip_spaces();
    response.name = ascii_upper(cursor.word().substr(0, word_limit));
  }
  if (response.name.empty()) return not_imap("untagged data without a name");
  if (response.name == "FETCH") {
    response.fetch.sequence = response.number;
    return parse_fetch(cursor, response.fetch);
  }
  if (response.name == "SEARCH") return parse_search(cursor, response.numbers);
  if (response.name == "CAPABILITY") {
    for (cursor.skip_spaces(); !cursor.at_end(); cursor.skip_spaces()) {
      response.words.push_back(ascii_upper(cursor.word().substr(0, word_limit)));
    }
  }
  return {};
}

} // namespace

Result<Response> parse_response(std::string_view line, std::vector<Literal>& literals) {
  Response response;
  Cursor cursor(line, literals);
  if (cursor.accept('+')) {
    response.kind = Response::Kind::continuation;
    response.text = plain_text(trim(cursor.rest()));
    return response;
  }
  const std::string_view tag = cursor.word();
  if (tag.empty() || tag.size() > word_limit) return not_imap("a line without a tag");
  cursor.skip_spaces();
  std::string word = ascii_upper(cursor.word().substr(0, word_limit));
  if (tag != "*") {
    if (word != "OK" && word != "NO" && word != "BAD") return not_imap("a tagged line without a status");
    response.kind = Response::Kind::tagged;
    response.tag = tag;
    parse_status(cursor, std::move(word), response);
    return response;
  }
  if (is_status(word)) {
    parse_status(cursor, std::move(word), response);
    return response;
  }
  TRY(parse_data(cursor, std::move(word), response));
  return response;
}

} // namespace cvdesk::imap
