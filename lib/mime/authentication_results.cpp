#include "mime/authentication_results.hpp"

#include "core/text.hpp"

#include <optional>

namespace cvdesk::mime {

namespace {

constexpr std::size_t most_results = 100;
constexpr std::size_t most_properties = 20;

// Words, quoted strings (without their quotes) and the signs ";", "=", "/", one at a time; comments are skipped.
class Tokens {
public:
  explicit Tokens(std::string_view text) : text_(text) { next(); }

  bool at_end() const { return kind_ == Kind::end; }
  bool is(char sign) const { return kind_ == Kind::sign && value_.front() == sign; }
  bool take(char sign) {
    if (!is(sign)) return false;
    next();
    return true;
  }
  std::optional<std::string> word() {
    if (kind_ != Kind::word) return {};
    std::string taken = std::move(value_);
    next();
    return taken;
  }
  void skip_to(char sign) {
    while (!at_end() && !is(sign)) next();
  }

private:
  enum class Kind { end, word, sign };

  static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
  static bool is_sign(char c) { return c == ';' || c == '=' || c == '/'; }

  void next() {
    value_.clear();
    skip_blanks();
    kind_ = Kind::end;
    if (text_.empty()) return;
    if (is_sign(text_.front())) {
      kind_ = Kind::sign;
      value_ = text_.front();
      text_.remove_prefix(1);
      return;
    }
    kind_ = Kind::word;
    if (text_.front() == '"') return quoted();
    while (!text_.empty() && !is_space(text_.front()) && !is_sign(text_.front()) && text_.front() != '(' && text_.front() != '"') {
      value_ += text_.front();
      text_.remove_prefix(1);
    }
  }

  void quoted() {
    text_.remove_prefix(1);
    while (!text_.empty() && text_.front() != '"') {
      if (text_.front() == '\\' && text_.size() > 1) text_.remove_prefix(1);
      value_ += text_.front();
      text_.remove_prefix(1);
    }
    if (!text_.empty()) text_.remove_prefix(1);
  }

  void skip_blanks() {
    std::size_t depth = 0;
    while (!text_.empty()) {
      const char c = text_.front();
      if (depth > 0 && c == '\\' && text_.size() > 1) {
        text_.remove_prefix(1);
      } else if (c == '(') {
        ++depth;
      } else if (c == ')' && depth > 0) {
        --depth;
      } else if (depth == 0 && !is_space(c)) {
        return;
      }
      text_.remove_prefix(1);
    }
  }

  std::string_view text_;
  Kind kind_ = Kind::end;
  std::string value_;
};

// method [ "/" version ] "=" result
std::optional<AuthenticationResult> result_in(Tokens& tokens) {
  const auto method = tokens.word();
  if (!method) return {};
  if (tokens.take('/') && !tokens.word()) return {};
  if (!tokens.take('=')) return {};
  const auto result = tokens.word();
  if (!result) return {};
  return AuthenticationResult{ascii_lower(*method), ascii_lower(*result), {}};
}

// ptype "." property "=" value; a value such as "a/b@c" comes in pieces.
void read_properties(Tokens& tokens, AuthenticationResult& result) {
  while (!tokens.at_end() && !tokens.is(';')) {
    const auto name = tokens.word();
    if (!name || !tokens.take('=')) return tokens.skip_to(';');
    std::string value = tokens.word().value_or("");
    while (tokens.is('/') || tokens.is('=')) {
      value += tokens.is('/') ? '/' : '=';
      tokens.take(value.back());
      value += tokens.word().value_or("");
    }
    if (result.properties.size() < most_properties) result.properties.emplace_back(ascii_lower(*name), std::move(value));
  }
}

} // namespace

AuthenticationResults parse_authentication_results(std::string_view body) {
  AuthenticationResults parsed;
  Tokens tokens(body);
  const auto id = tokens.word();
  if (!id) return parsed;
  parsed.authserv_id = ascii_lower(*id);
  tokens.word(); // the version
  while (tokens.take(';') && parsed.results.size() < most_results) {
    auto result = result_in(tokens);
    if (!result) return parsed; // "none", too
    read_properties(tokens, *result);
    parsed.results.push_back(std::move(*result));
  }
  return parsed;
}

} // namespace cvdesk::mime
