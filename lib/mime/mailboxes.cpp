#include "core/text.hpp"
#include "mime/charset.hpp"
#include "mime/encoded_word.hpp"
#include "mime/header_text.hpp"
#include "mime/syntax.hpp"

#include <algorithm>

namespace cvdesk::mime {

namespace {

constexpr std::size_t most_mailboxes = 500;
constexpr std::size_t most_display_name = 500;
constexpr std::size_t most_address = 320;
constexpr auto npos = std::string_view::npos;

// An addr-spec (RFC 5322, 3.4.1, with the obsolete blanks, comments and routes). White space between two
// words is no address: joining them would make up one that nobody wrote.
class AddrSpec {
public:
  explicit AddrSpec(std::string_view text) : text_(text), enclosed_(text) {}

  std::string run() {
    if (!skip_route()) return {};
    if (!local_part() || !domain()) return {};
    std::string address = quoted_where_needed(local_) + "@" + domain_;
    if (address.size() > most_address || !is_valid_utf8(address)) return {};
    return clean_text(address, Lines::fold) == address ? address : std::string();
  }

private:
  void skip_blanks_and_comments() {
    while (at_ < text_.size()) {
      if (is_blank(text_[at_])) {
        ++at_;
      } else if (text_[at_] == '(' && enclosed_.comment_end(at_) != npos) {
        at_ = enclosed_.comment_end(at_);
      } else {
        return;
      }
    }
  }

  bool skip_route() {
    skip_blanks_and_comments();
    if (at_ >= text_.size() || text_[at_] != '@') return true;
    const auto colon = text_.find(':', at_);
    if (colon == npos) return false;
    at_ = colon + 1;
    return true;
  }

  bool local_part() {
    bool word_before = false;
    for (;;) {
      skip_blanks_and_comments();
      if (at_ >= text_.size()) return false;
      const char c = text_[at_];
      if (c == '@') {
        ++at_;
        return !local_.empty();
      }
      if (c == '.') {
        local_ += '.';
        ++at_;
        word_before = false;
      } else if (word_before || !word(c)) {
        return false;
      } else {
        word_before = true;
      }
    }
  }

  bool word(char first) {
    if (first == '"') {
      const auto end = enclosed_.quoted_end(at_);
      if (end == npos) return false;
      for (std::size_t i = at_ + 1; i + 1 < end; ++i) {
        if (text_[i] == '\\' && i + 2 < end) ++i;
        local_ += text_[i];
      }
      at_ = end;
      return true;
    }
    const std::size_t start = at_;
    while (at_ < text_.size() && is_atext(text_[at_])) {
      local_ += text_[at_++];
    }
    return at_ > start;
  }

  bool domain() {
    skip_blanks_and_comments();
    if (at_ < text_.size() && text_[at_] == '[') {
      const auto end = text_.find(']', at_);
      if (end == npos || end - at_ > 100) return false;
      for (const char c : text_.substr(at_, end + 1 - at_)) { // an IPv4, IPv6 or general address literal
        if (is_blank(c)) continue;
        const bool good = c == '[' || c == ']' || c == ':' || c == '.' ||
                          (is_domain_character(c) && static_cast<unsigned char>(c) < 0x80);
        if (!good) return false;
        domain_ += ascii_lower(c);
      }
      at_ = end + 1;
    } else if (!dotted_domain()) {
      return false;
    }
    skip_blanks_and_comments();
    return at_ == text_.size();
  }

  bool dotted_domain() {
    bool label_before = false;
    for (;;) {
      skip_blanks_and_comments();
      if (at_ >= text_.size()) break;
      if (text_[at_] == '.') {
        if (!label_before) return false;
        domain_ += '.';
        ++at_;
        label_before = false;
        continue;
      }
      const std::size_t start = at_;
      while (at_ < text_.size() && is_domain_character(text_[at_])) {
        domain_ += ascii_lower(text_[at_++]);
      }
      if (at_ == start || label_before) return false;
      label_before = true;
    }
    if (domain_.ends_with('.')) domain_.pop_back();
    return !domain_.empty();
  }

  static bool is_domain_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || static_cast<unsigned char>(c) >= 0x80;
  }

  static std::string quoted_where_needed(const std::string& local) {
    const bool dots = local.starts_with('.') || local.ends_with('.') || local.find("..") != npos;
    if (!dots && std::all_of(local.begin(), local.end(), [](char c) { return c == '.' || is_atext(c); }))
      return local;
    std::string quoted = "\"";
    for (const char c : local) {
      if (c == '"' || c == '\\') quoted += '\\';
      quoted += c;
    }
    return quoted + '"';
  }

  std::string_view text_;
  Enclosed enclosed_;
  std::size_t at_ = 0;
  std::string local_;
  std::string domain_;
};

std::string addr_spec(std::string_view text) {
  text = trim(text);
  if (text.size() > 4 * most_address) return {};
  if (starts_with_ignoring_case(text, "mailto:")) text.remove_prefix(7);
  if (text.size() > 2 && text.front() == '\'' && text.back() == '\'') text = text.substr(1, text.size() - 2);
  return AddrSpec(text).run();
}

// A phrase as people see it: quotes and comments gone, encoded words decoded even inside quotes.
std::string display_text(std::string_view phrase) {
  const std::string bare = without_comments(phrase);
  std::string out;
  Enclosed enclosed(bare);
  for (std::size_t at = 0; at < bare.size();) {
    const auto end = bare[at] == '"' ? enclosed.quoted_end(at) : npos;
    if (end != npos) {
      out += unquote(std::string_view(bare).substr(at + 1, end - at - 2));
      at = end;
    } else if (const auto word = encoded_word_at(bare, at)) {
      out += bare.substr(at, word->size);
      at += word->size;
    } else {
      out += bare[at++];
    }
  }
  return shorten(squeeze(decode_unstructured(out)), most_display_name);
}

class List {
public:
  explicit List(std::string_view body) : body_(body), enclosed_(body) {}

  std::vector<Mailbox> run() {
    while (at_ < body_.size() && found_.size() < most_mailboxes) {
      step();
    }
    if (found_.size() < most_mailboxes) end_item(body_.size(), true);
    if (found_.size() > most_mailboxes) found_.resize(most_mailboxes);
    return std::move(found_);
  }

private:
  void step() {
    const char c = body_[at_];
    if (c == '"' || c == '(') {
      const auto end = c == '"' ? enclosed_.quoted_end(at_) : enclosed_.comment_end(at_);
      if (c == '(' && end != npos) comment_ = body_.substr(at_ + 1, end - at_ - 2);
      at_ = end == npos ? at_ + 1 : end;
    } else if (const auto word = encoded_word_at(body_, at_)) {
      at_ += word->size;
    } else if (c == '<') {
      take_angle();
    } else if (c == ',' || c == ';') {
      end_item(at_, c == ';');
      ++at_;
    } else if (c == ':' && !has_angle_ && !has_at_) {
      ++at_; // a group's name, or "mailto:"
      begin_item(at_);
    } else {
      has_at_ = has_at_ || c == '@';
      ++at_;
    }
  }

  std::size_t angle_end() {
    if (open_angle_) return npos;
    for (std::size_t i = at_ + 1; i < body_.size(); ++i) {
      if (body_[i] == '>') return i;
      if (body_[i] == '"') {
        const auto end = enclosed_.quoted_end(i);
        if (end != npos) i = end - 1;
      }
    }
    open_angle_ = true;
    return npos;
  }

  void take_angle() {
    auto end = angle_end();
    if (end == npos) end = std::min(body_.find_first_of(",;", at_), body_.size());
    auto inside = body_.substr(at_ + 1, end - at_ - 1);
    inside = inside.substr(inside.rfind('<') + 1);
    Mailbox mailbox{name_between(item_, at_), addr_spec(inside)};
    if (mailbox.address.empty() && mailbox.display_name.empty()) mailbox.display_name = display_text(inside);
    add(std::move(mailbox));
    has_angle_ = true;
    at_ = std::min(end + (end < body_.size() && body_[end] == '>' ? 1 : 0), body_.size());
    item_ = at_;
    piece_ = at_;
    has_at_ = false;
    comment_ = {};
  }

  void end_item(std::size_t end, bool hard) {
    const auto last = body_.substr(piece_, end - piece_);
    if (has_angle_) {
      name_by_comment();
      if (auto second = addr_spec(last); !second.empty()) add({"", std::move(second)});
      begin_item(end + 1);
      return;
    }
    if (auto address = addr_spec(last); !address.empty()) {
      if (piece_ > item_) add({name_between(item_, piece_), ""});
      add({display_text(comment_), std::move(address)});
      begin_item(end + 1);
    } else if (hard || has_at_) {
      if (!bare_address(end)) add({name_between(item_, end), ""});
      begin_item(end + 1);
    } else {
      piece_ = end + 1; // perhaps "Last, First <address>" that nobody quoted
    }
  }

  // Ann Smith ann@example.org
  bool bare_address(std::size_t end) {
    auto last = body_.substr(item_, end - item_);
    last = last.substr(0, last.find_last_not_of(" \t\r\n>") + 1);
    const auto blank = last.find_last_of(" \t\r\n");
    if (blank == npos || last.find('@') < blank) return false;
    auto address = addr_spec(last.substr(blank + 1));
    if (address.empty()) return false;
    add({name_between(item_, item_ + blank), std::move(address)});
    return true;
  }

  std::string name_between(std::size_t start, std::size_t end) const {
    constexpr std::string_view separators = " \t\r\n,;";
    auto text = body_.substr(start, end - start);
    const auto first = std::min(text.find_first_not_of(separators), text.size());
    text.remove_prefix(first);
    return display_text(text.substr(0, text.find_last_not_of(separators) + 1));
  }

  void begin_item(std::size_t at) {
    item_ = std::min(at, body_.size());
    piece_ = item_;
    has_angle_ = false;
    has_at_ = false;
    comment_ = {};
  }

  // <user@example.org> (Full Name)
  void name_by_comment() {
    if (!found_.empty() && found_.back().display_name.empty())
      found_.back().display_name = display_text(comment_);
  }

  void add(Mailbox mailbox) {
    if (!mailbox.address.empty() || !mailbox.display_name.empty()) found_.push_back(std::move(mailbox));
  }

  std::string_view body_;
  Enclosed enclosed_;
  std::size_t at_ = 0;
  std::size_t item_ = 0;  // where the mailbox begins
  std::size_t piece_ = 0; // behind the last comma that did not end it
  bool has_angle_ = false;
  bool has_at_ = false;
  bool open_angle_ = false;
  std::string_view comment_;
  std::vector<Mailbox> found_;
};

} // namespace

std::vector<Mailbox> parse_mailboxes(std::string_view body) {
  return List(body).run();
}

} // namespace cvdesk::mime
