#include "mime/parameters.hpp"

#include "core/text.hpp"
#include "mime/charset.hpp"
#include "mime/header_text.hpp"
#include "mime/syntax.hpp"

#include <algorithm>
#include <charconv>
#include <vector>

namespace cvdesk::mime {

namespace {

// One piece of a value: `name*2*="…"` has index 2 and is extended.
struct Piece {
  int index = 0;
  bool extended = false;
  std::string bytes;
};

struct Pieces {
  std::optional<std::string> plain;
  std::vector<Piece> extended; // RFC 2231: percent-encoded, continued, or both
};

using Collected = std::map<std::string, Pieces>;

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 && hex_digit(text[i + 2]) >= 0) {
      out += static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

// Splits "name*2*" into the name and what the asterisks say.
std::optional<Piece> take_asterisks(std::string& name) {
  const auto asterisk = name.find('*');
  if (asterisk == std::string::npos) return {};
  Piece piece;
  std::string_view suffix = std::string_view(name).substr(asterisk + 1);
  piece.extended = suffix.empty() || suffix.ends_with('*');
  if (suffix.ends_with('*')) suffix.remove_suffix(1);
  if (!suffix.empty()) {
    const auto [end, error] = std::from_chars(suffix.data(), suffix.data() + suffix.size(), piece.index);
    if (error != std::errc{} || end != suffix.data() + suffix.size() || piece.index < 0) return {};
  }
  name.resize(asterisk);
  return piece;
}

class Parser {
public:
  explicit Parser(std::string_view body) : body_(body), enclosed_(body) {}

  StructuredField run() {
    field_.value = ascii_lower(trim(without_comments(body_.substr(0, value_end()))));
    // "text / plain" (RFC 822 allowed it).
    const auto slash = field_.value.find('/');
    if (slash != std::string::npos) {
      field_.value = std::string(trim(field_.value.substr(0, slash)))
                         .append("/")
                         .append(trim(field_.value.substr(slash + 1)));
    }
    while (at_ < body_.size()) {
      ++at_; // the semicolon
      take_parameter();
    }
    for (auto& [name, pieces] : collected_) {
      finish(name, pieces);
    }
    return std::move(field_);
  }

private:
  // Moves to the next semicolon outside of quotes and comments, or to the blank where one was forgotten.
  std::size_t value_end() {
    while (at_ < body_.size() && body_[at_] != ';' && !forgotten_semicolon()) {
      auto next = std::string_view::npos;
      if (body_[at_] == '"') next = enclosed_.quoted_end(at_);
      if (body_[at_] == '(') next = enclosed_.comment_end(at_);
      at_ = next == std::string_view::npos ? at_ + 1 : next;
    }
    return at_;
  }

  // "application/pdf name=a.pdf": a blank, then a word and "=".
  bool forgotten_semicolon() const {
    if (!is_blank(body_[at_]) || at_ == 0) return false;
    std::size_t end = at_ + 1;
    while (end < body_.size() && is_token(body_[end])) {
      ++end;
    }
    return end > at_ + 1 && end < body_.size() && body_[end] == '=';
  }

  void skip_blanks_and_comments() {
    while (at_ < body_.size()) {
      if (is_blank(body_[at_])) {
        ++at_;
      } else if (body_[at_] == '(') {
        const auto end = enclosed_.comment_end(at_);
        if (end == std::string_view::npos) return;
        at_ = end;
      } else {
        return;
      }
    }
  }

  void take_parameter() {
    skip_blanks_and_comments();
    const std::size_t start = at_;
    while (at_ < body_.size() && body_[at_] != '=' && body_[at_] != ';') {
      ++at_;
    }
    std::string name = ascii_lower(trim(body_.substr(start, at_ - start)));
    if (at_ >= body_.size() || body_[at_] == ';') return;
    ++at_;
    skip_blanks();
    std::string bytes = take_value(name);
    if (name.empty() || name.size() > 100) return;
    keep(std::move(name), std::move(bytes));
  }

  void skip_blanks() {
    while (at_ < body_.size() && is_blank(body_[at_])) {
      ++at_;
    }
  }

  std::string take_value(const std::string& name) {
    if (at_ < body_.size() && body_[at_] == '"') {
      const std::size_t start = at_ + 1;
      const auto end = enclosed_.quoted_end(at_);
      if (end == std::string_view::npos) { // never closed
        at_ = std::min(body_.find(';', start), body_.size());
        return std::string(trim(body_.substr(start, at_ - start)));
      }
      at_ = end;
      at_ = std::min(body_.find(';', at_), body_.size());
      return unquote(body_.substr(start, end - 1 - start));
    }
    const std::size_t start = at_;
    at_ = std::min(body_.find(';', start), body_.size());
    auto value = trim(body_.substr(start, at_ - start));
    // "charset=us-ascii (plain)" has a comment, "filename=report (1).pdf" has none.
    const bool whole = name.starts_with("filename") || name.starts_with("name") || name == "boundary";
    if (!whole) value = trim(value.substr(0, value.find_first_of(" \t(")));
    return std::string(value);
  }

  void keep(std::string name, std::string bytes) {
    auto piece = take_asterisks(name);
    auto& pieces = collected_[name];
    if (piece) {
      piece->bytes = std::move(bytes);
      pieces.extended.push_back(std::move(*piece));
    } else if (pieces.plain) {
      field_.repeated = true;
    } else {
      pieces.plain = std::move(bytes);
    }
  }

  void finish(const std::string& name, Pieces& pieces) {
    if (!pieces.extended.empty()) {
      join(name, pieces.extended);
      return;
    }
    const std::string& bytes = *pieces.plain;
    const bool verbatim = name == "boundary";
    field_.decoded[name] =
        verbatim ? clean_text(to_utf8(bytes, ""), Lines::fold) : decode_unstructured(bytes);
    field_.parameters[name] = std::move(*pieces.plain);
  }

  void join(const std::string& name, std::vector<Piece>& pieces) {
    std::stable_sort(pieces.begin(), pieces.end(),
                     [](const Piece& a, const Piece& b) { return a.index < b.index; });
    std::string charset;
    std::string bytes;
    bool any_extended = false;
    int last = -1;
    for (auto& piece : pieces) {
      if (piece.index == last) {
        field_.repeated = true;
        continue;
      }
      std::string_view text = piece.bytes;
      if (piece.extended && last == -1) charset = take_charset(text);
      any_extended = any_extended || piece.extended;
      bytes += piece.extended ? percent_decoded(text) : std::string(text);
      last = piece.index;
    }
    field_.decoded[name] =
        any_extended ? clean_text(to_utf8(bytes, charset), Lines::fold) : decode_unstructured(bytes);
    field_.parameters[name] = std::move(bytes);
  }

  // charset'language'text
  static std::string take_charset(std::string_view& text) {
    const auto first = text.find('\'');
    const auto second = first == std::string_view::npos ? first : text.find('\'', first + 1);
    if (second == std::string_view::npos) return {};
    const std::string charset(text.substr(0, first));
    text.remove_prefix(second + 1);
    return charset;
  }

  std::string_view body_;
  Enclosed enclosed_;
  std::size_t at_ = 0;
  Collected collected_;
  StructuredField field_;
};

} // namespace

StructuredField parse_structured_field(std::string_view body) {
  return Parser(body).run();
}

} // namespace cvdesk::mime
