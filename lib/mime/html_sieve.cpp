#include "mime/html_sieve.hpp"

#include "core/text.hpp"
#include "mime/syntax.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace cvdesk::mime {

namespace {

constexpr auto npos = std::string_view::npos;
constexpr std::size_t most_tag = 64 * 1024;
constexpr std::size_t most_name = 32;
constexpr std::size_t piece = 512;

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool ends_name(char c) {
  return is_blank(c) || c == '\f' || c == '/' || c == '>';
}

bool matters(std::string_view attribute) {
  constexpr std::array kept = {"href",  "src",   "alt",  "style",   "hidden",
                               "start", "color", "text", "bgcolor", "background"};
  return std::find(kept.begin(), kept.end(), attribute) != kept.end();
}

constexpr std::array raw_elements = {"script", "style", "template", "title"};

class Sieve {
public:
  Sieve(std::string_view html, const std::function<void(std::string_view)>& feed)
      : html_(html), feed_(feed) {}

  void run() {
    while (at_ < html_.size()) {
      const auto open = std::min(html_.find('<', at_), html_.size());
      out_ += html_.substr(at_, open - at_);
      at_ = open;
      if (at_ < html_.size()) take_markup();
      if (out_.size() >= piece) flush();
    }
    flush();
  }

private:
  void flush() {
    if (!out_.empty()) feed_(out_);
    out_.clear();
  }

  void take_markup() {
    const auto rest = html_.substr(at_);
    if (rest.starts_with("<!--")) return skip_to("-->", open_comment_);
    if (rest.starts_with("<!") || rest.starts_with("<?")) return skip_to(">", open_declaration_);
    const bool closing = rest.starts_with("</");
    const std::size_t name = closing ? 2 : 1;
    if (name >= rest.size() || !is_letter(rest[name])) return literal();
    const auto end = tag_end();
    if (end == npos) return literal();
    const auto tag = rest.substr(name, end - at_ - name);
    at_ = end + 1;
    take_tag(tag, closing);
  }

  void literal() {
    out_ += "&lt;";
    ++at_;
  }

  // What never ends is shown as text: browsers hide it, and then nobody would see it.
  void skip_to(std::string_view end, bool& open) {
    const auto found = open ? npos : html_.find(end, at_ + 2);
    if (found == npos) {
      open = true;
      literal();
    } else {
      at_ = found + end.size();
    }
  }

  // The ">" of the tag at at_. Quotes hide a ">", but where they don't close, or have failed to too often,
  // the next ">" it is.
  std::size_t tag_end() {
    if (open_tag_) return npos;
    constexpr int most_failures = 16;
    if (failures_ < most_failures) {
      char quote = 0;
      for (std::size_t i = at_ + 1; i < html_.size(); ++i) {
        const char c = html_[i];
        if (quote != 0) {
          if (c == quote) quote = 0;
        } else if ((c == '"' || c == '\'') && after_equals(i)) {
          quote = c;
        } else if (c == '>') {
          return i;
        }
      }
      ++failures_;
    }
    const auto end = html_.find('>', at_);
    if (end == npos) open_tag_ = true;
    return end;
  }

  bool after_equals(std::size_t at) const {
    for (int blanks = 0; blanks < 20 && is_blank(html_[at - 1]); ++blanks) {
      --at;
    }
    return html_[at - 1] == '=';
  }

  void take_tag(std::string_view tag, bool closing) {
    const auto name_end =
        static_cast<std::size_t>(std::find_if(tag.begin(), tag.end(), ends_name) - tag.begin());
    std::string name = ascii_lower(tag.substr(0, name_end));
    const auto raw = static_cast<std::size_t>(std::find(raw_elements.begin(), raw_elements.end(), name) -
                                              raw_elements.begin());
    if (raw < raw_elements.size()) {
      if (!closing) skip_element(name, open_raw_[raw]);
      return;
    }
    const bool plain =
        std::all_of(name.begin(), name.end(), [](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
    if (!plain || name.size() > most_name || tag.size() > most_tag) return;
    // One root is open from beginning to end: behind it libxml2 drops what there is.
    if (name == "html" || name == "head") return;
    if (name == "body") name = "div";
    out_ += closing ? "</" : "<";
    out_ += name;
    if (!closing) take_attributes(tag.substr(name_end));
    out_ += '>';
  }

  void skip_element(const std::string& name, bool& open) {
    if (open) return;
    const std::string end = "</" + name;
    for (auto found = html_.find("</", at_); found != npos; found = html_.find("</", found + 2)) {
      if (!starts_with_ignoring_case(html_.substr(found), end)) continue;
      const auto close = html_.find('>', found);
      at_ = close == npos ? html_.size() : close + 1;
      return;
    }
    open = true;
  }

  void take_attributes(std::string_view rest) {
    std::array<std::string_view, 10> seen;
    std::size_t count = 0;
    while (!rest.empty()) {
      const auto start = rest.find_first_not_of(" \t\r\n\f/");
      if (start == npos) return;
      rest.remove_prefix(start);
      const auto name_end = std::min(rest.find_first_of("= \t\r\n\f/", 1), rest.size());
      const std::string name = ascii_lower(rest.substr(0, std::min<std::size_t>(name_end, most_name)));
      const auto name_view = rest.substr(0, name_end);
      rest.remove_prefix(name_end);
      const auto value = take_value(rest);
      const bool twice = std::any_of(seen.begin(), seen.begin() + static_cast<std::ptrdiff_t>(count),
                                     [&](auto other) { return equal_ignoring_case(other, name_view); });
      if (!matters(name) || twice || (value && value->starts_with("data:"))) continue;
      seen[count++] = name_view;
      write_attribute(name, value.value_or(""));
    }
  }

  // What stands behind "=", if anything does.
  static std::optional<std::string_view> take_value(std::string_view& rest) {
    const auto equals = rest.find_first_not_of(" \t\r\n\f");
    if (equals == npos || rest[equals] != '=') return {};
    const auto start = rest.find_first_not_of(" \t\r\n\f", equals + 1);
    if (start == npos) {
      rest = {};
      return {};
    }
    rest.remove_prefix(start);
    const char quote = rest[0];
    const bool quoted = quote == '"' || quote == '\'';
    if (quoted) rest.remove_prefix(1);
    const auto end = std::min(quoted ? rest.find(quote) : rest.find_first_of(" \t\r\n\f"), rest.size());
    const auto value = rest.substr(0, end);
    rest.remove_prefix(std::min(end + (quoted ? 1 : 0), rest.size()));
    return value;
  }

  void write_attribute(std::string_view name, std::string_view value) {
    out_ += ' ';
    out_ += name;
    out_ += "=\"";
    for (const char c : value) {
      if (c == '"') {
        out_ += "&quot;";
      } else if (c == '<' || c == '>') {
        out_ += c == '<' ? "&lt;" : "&gt;";
      } else {
        out_ += c;
      }
    }
    out_ += '"';
  }

  std::string_view html_;
  const std::function<void(std::string_view)>& feed_;
  std::size_t at_ = 0;
  std::string out_;
  int failures_ = 0;
  bool open_comment_ = false;
  bool open_declaration_ = false;
  bool open_tag_ = false;
  std::array<bool, raw_elements.size()> open_raw_{};
};

} // namespace

void sieve_html(std::string_view html, const std::function<void(std::string_view)>& feed) {
  Sieve(html, feed).run();
}

} // namespace cvdesk::mime
