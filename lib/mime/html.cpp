#include "mime/html.hpp"

#include "core/text.hpp"
#include "mime/charset.hpp"
#include "mime/html_attributes.hpp"
#include "mime/html_sieve.hpp"
#include "mime/html_writer.hpp"

#include <libxml/HTMLparser.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <mutex>
#include <optional>

namespace cvdesk::mime {

namespace {

constexpr std::size_t most_html = 1u << 20;
constexpr std::size_t most_links = 2000;
constexpr std::size_t most_link_text = 1000;
// libxml2 searches all open elements at each end tag: beyond this the rest gets a parser of its own.
constexpr std::size_t most_depth = 200;

enum class Kind {
  other,
  block,
  paragraph,
  quote,
  pre,
  list,
  ordered_list,
  item,
  row,
  cell,
  link,
  image,
  line_break,
  rule
};

Kind kind_of(std::string_view element) {
  constexpr std::array<std::pair<std::string_view, Kind>, 44> kinds = {{
      {"p", Kind::paragraph},      {"h1", Kind::paragraph},  {"h2", Kind::paragraph},
      {"h3", Kind::paragraph},     {"h4", Kind::paragraph},  {"h5", Kind::paragraph},
      {"h6", Kind::paragraph},     {"dl", Kind::paragraph},  {"table", Kind::paragraph},
      {"blockquote", Kind::quote}, {"pre", Kind::pre},       {"listing", Kind::pre},
      {"xmp", Kind::pre},          {"plaintext", Kind::pre}, {"ul", Kind::list},
      {"menu", Kind::list},        {"dir", Kind::list},      {"ol", Kind::ordered_list},
      {"li", Kind::item},          {"tr", Kind::row},        {"td", Kind::cell},
      {"th", Kind::cell},          {"a", Kind::link},        {"img", Kind::image},
      {"br", Kind::line_break},    {"hr", Kind::rule},       {"div", Kind::block},
      {"dt", Kind::block},         {"dd", Kind::block},      {"section", Kind::block},
      {"article", Kind::block},    {"header", Kind::block},  {"footer", Kind::block},
      {"main", Kind::block},       {"nav", Kind::block},     {"aside", Kind::block},
      {"address", Kind::block},    {"center", Kind::block},  {"form", Kind::block},
      {"fieldset", Kind::block},   {"figure", Kind::block},  {"figcaption", Kind::block},
      {"caption", Kind::block},    {"option", Kind::block},
  }};
  const auto* found =
      std::find_if(kinds.begin(), kinds.end(), [&](const auto& pair) { return pair.first == element; });
  return found == kinds.end() ? Kind::other : found->second;
}

struct Attributes {
  std::string_view href, src, alt, style, start, color, bgcolor, background;
  bool hidden = false;

  explicit Attributes(const xmlChar** pairs) {
    for (; pairs != nullptr && pairs[0] != nullptr; pairs += 2) {
      const std::string_view name(reinterpret_cast<const char*>(pairs[0]));
      const std::string_view value(pairs[1] == nullptr ? "" : reinterpret_cast<const char*>(pairs[1]));
      if (name == "href") href = value;
      if (name == "src") src = value;
      if (name == "alt") alt = value;
      if (name == "style") style = value;
      if (name == "start") start = value;
      if (name == "color" || name == "text") color = value;
      if (name == "bgcolor") bgcolor = value;
      if (name == "background") background = value;
      if (name == "hidden") hidden = true;
    }
  }
};

// What the parser sees, in order, becomes text.
class Reader {
public:
  // Where a style sheet colours the text, only what is said beside it is known.
  Reader(HtmlText& result, bool has_style_sheet) : result_(result) {
    if (!has_style_sheet) base_.text = Colour{0, 0, 0};
  }

  void start(std::string_view name, const Attributes& attributes) {
    const Style style = style_of(attributes.style);
    Open open{std::string(name), kind_of(name), attributes.hidden || style.hides, painted(style, attributes)};
    if (open.hidden) writer_.begin_hidden();
    turn(unseen(), unseen(open.colours));
    begin(open.kind, attributes);
    open_.push_back(std::move(open));
  }

  // libxml2 closes what it opened, in order: the name is always that of the innermost.
  void end(std::string_view name) {
    if (open_.empty() || open_.back().name != name) return;
    finish(open_.back().kind);
    const Open closed = std::move(open_.back());
    open_.pop_back();
    turn(unseen(closed.colours), unseen());
    if (closed.hidden) writer_.end_hidden();
  }

  void characters(std::string_view text) { writer_.text(text); }

  std::size_t depth() const { return open_.size(); }
  // A new parser takes over: it knows nothing of the elements that are open; what was hidden stays so.
  void begin_anew() {
    const bool hidden = std::any_of(open_.begin(), open_.end(), [](const Open& open) { return open.hidden; });
    if (hidden && !stays_hidden_) {
      writer_.begin_hidden();
      stays_hidden_ = true;
    }
    base_ = colours(); // which the elements that close now lead back to
  }

  void done() {
    while (!open_.empty()) {
      end(open_.back().name);
    }
    turn(unseen(base_), false);
    if (stays_hidden_) writer_.end_hidden();
    result_.hidden = writer_.anything_hidden();
    result_.text = std::string(trim_lines(clean_text(writer_.take(), Lines::keep)));
  }

private:
  // Unset: a colour that is not known, or a picture.
  struct Colours {
    std::optional<Colour> text;
    std::optional<Colour> background = Colour{255, 255, 255};
  };
  struct Open {
    std::string name;
    Kind kind;
    bool hidden;
    Colours colours; // in force inside it
  };

  const Colours& colours() const { return open_.empty() ? base_ : open_.back().colours; }

  Colours painted(const Style& style, const Attributes& attributes) const {
    Colours inside = colours();
    if (!attributes.color.empty()) inside.text = colour_of(attributes.color);
    if (!style.text.empty()) inside.text = colour_of(style.text);
    if (!attributes.bgcolor.empty()) inside.background = colour_of(attributes.bgcolor);
    if (!attributes.background.empty()) inside.background.reset();
    const bool same = style.background.empty() || style.background == "transparent" ||
                      style.background == "inherit" || style.background == "none";
    if (!same) inside.background = colour_of(style.background);
    return inside;
  }

  static bool unseen(const Colours& colours) {
    return colours.text && colours.background && look_alike(*colours.text, *colours.background);
  }
  bool unseen() const { return unseen(colours()); }

  // Text in its background's colour is hidden; what stands inside it in another colour is not.
  void turn(bool before, bool after) {
    if (after && !before) writer_.begin_hidden();
    if (before && !after) writer_.end_hidden();
  }

  static std::string trim_lines(const std::string& text) {
    const auto first = text.find_first_not_of('\n');
    if (first == std::string::npos) return {};
    return text.substr(first, text.find_last_not_of("\n \t") + 1 - first);
  }

  void begin(Kind kind, const Attributes& attributes) {
    switch (kind) {
    case Kind::paragraph:
      return writer_.paragraph();
    case Kind::block:
      return writer_.line();
    case Kind::quote:
      return writer_.begin_quote();
    case Kind::pre:
      writer_.paragraph();
      return writer_.begin_pre();
    case Kind::list:
      return writer_.begin_list(false, 1);
    case Kind::ordered_list:
      return writer_.begin_list(true, number(attributes.start));
    case Kind::item:
      return writer_.begin_item();
    case Kind::row:
      return writer_.begin_row();
    case Kind::cell:
      return writer_.begin_cell();
    case Kind::link:
      return begin_link(attributes.href);
    case Kind::image:
      return image(attributes);
    case Kind::line_break:
      return writer_.line_break();
    case Kind::rule:
      writer_.line();
      writer_.word("---");
      return writer_.line();
    case Kind::other:
      return;
    }
  }

  void finish(Kind kind) {
    switch (kind) {
    case Kind::paragraph:
      return writer_.paragraph();
    case Kind::block:
    case Kind::item:
      return writer_.line();
    case Kind::quote:
      return writer_.end_quote();
    case Kind::pre:
      writer_.end_pre();
      return writer_.paragraph();
    case Kind::list:
    case Kind::ordered_list:
      return writer_.end_list();
    case Kind::row:
      return writer_.end_row();
    case Kind::link:
      return end_link();
    default:
      return;
    }
  }

  static int number(std::string_view text) {
    int value = 1;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value >= 0 && value < 1'000'000 ? value : 1;
  }

  void begin_link(std::string_view href) {
    target_ = absolute_target(href);
    link_start_ = writer_.position();
  }

  void end_link() {
    if (target_.empty()) return;
    const std::string text = squeeze(writer_.since(std::min(link_start_, writer_.position())));
    if (!says_the_same(text, target_)) {
      if (!text.empty()) writer_.text(" ");
      writer_.word("<" + target_ + ">");
    }
    keep({target_, clean_text(shorten(text, most_link_text), Lines::fold), false});
    target_.clear();
  }

  void image(const Attributes& attributes) {
    const std::string alt = squeeze(attributes.alt);
    if (!alt.empty()) writer_.text("[" + alt + "]");
    if (auto target = absolute_target(attributes.src); !target.empty()) keep({std::move(target), "", true});
  }

  void keep(Link link) {
    if (result_.links.size() < most_links) result_.links.push_back(std::move(link));
  }

  HtmlText& result_;
  HtmlWriter writer_;
  std::vector<Open> open_;
  bool stays_hidden_ = false;
  Colours base_; // outside of all elements that are open
  std::string target_;
  std::size_t link_start_ = 0;
};

std::string_view view(const xmlChar* text, int size) {
  return {reinterpret_cast<const char*>(text), static_cast<std::size_t>(std::max(size, 0))};
}

void on_start(void* reader, const xmlChar* name, const xmlChar** attributes) {
  static_cast<Reader*>(reader)->start(reinterpret_cast<const char*>(name), Attributes(attributes));
}
void on_end(void* reader, const xmlChar* name) {
  static_cast<Reader*>(reader)->end(reinterpret_cast<const char*>(name));
}
void on_characters(void* reader, const xmlChar* text, int size) {
  static_cast<Reader*>(reader)->characters(view(text, size));
}

struct ParserFree {
  void operator()(htmlParserCtxt* parser) const { htmlFreeParserCtxt(parser); }
};
using Parser = std::unique_ptr<htmlParserCtxt, ParserFree>;

void push(const Parser& parser, std::string_view text, bool last) {
  if (parser) htmlParseChunk(parser.get(), text.data(), static_cast<int>(text.size()), last ? 1 : 0);
}

Parser new_parser(Reader& reader) {
  htmlSAXHandler handler{};
  handler.startElement = on_start;
  handler.endElement = on_end;
  handler.characters = on_characters;
  handler.cdataBlock = on_characters;
  handler.ignorableWhitespace = on_characters;
  Parser parser(htmlCreatePushParserCtxt(&handler, &reader, nullptr, 0, nullptr, XML_CHAR_ENCODING_UTF8));
  if (parser) {
    htmlCtxtUseOptions(parser.get(), HTML_PARSE_NONET | HTML_PARSE_RECOVER | HTML_PARSE_NOERROR |
                                         HTML_PARSE_NOWARNING | HTML_PARSE_NODEFDTD | HTML_PARSE_NOIMPLIED |
                                         HTML_PARSE_IGNORE_ENC);
  }
  push(parser, "<body>", false);
  return parser;
}

} // namespace

HtmlText html_to_text(std::string_view html) {
  static std::once_flag once;
  std::call_once(once, xmlInitParser);
  HtmlText result;
  result.cut = html.size() > most_html;
  const std::string text = clean_text(html.substr(0, most_html), Lines::keep);
  Reader reader(result, ascii_lower(text).find("<style") != std::string::npos);
  auto parser = new_parser(reader);
  sieve_html(text, [&](std::string_view piece) {
    if (reader.depth() > most_depth) {
      reader.begin_anew();
      push(parser, "", true);
      parser = new_parser(reader);
    }
    push(parser, piece, false);
  });
  push(parser, "", true);
  reader.done();
  return result;
}

} // namespace cvdesk::mime
