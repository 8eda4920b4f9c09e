// Lays out the text of an HTML document: lines, paragraphs, quotes, lists, cells. Inside mime only.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace cvdesk::mime {

class HtmlWriter {
public:
  void text(std::string_view utf8); // white space collapses, but in a <pre>
  void word(std::string_view utf8); // as it is, never broken

  void line();      // what follows begins on a line of its own
  void paragraph(); // what follows has an empty line before it
  void line_break();

  void begin_quote();
  void end_quote();
  void begin_pre() { ++pre_; }
  void end_pre() { --pre_; }

  void begin_list(bool ordered, int start);
  void end_list();
  void begin_item();

  void begin_row();
  void begin_cell();
  void end_row();

  // Text in between is marked, where there is any.
  void begin_hidden() { ++hidden_; }
  void end_hidden();
  bool anything_hidden() const { return anything_hidden_; }

  std::size_t position() const { return out_.size(); }
  std::string_view since(std::size_t position) const { return std::string_view(out_).substr(position); }
  std::string take();

private:
  void put(char c);
  void settle(); // writes the breaks and blanks that were put off
  void begin_line();
  void strip_blanks();
  void drop_blanks();

  struct List {
    bool ordered = false;
    int next = 1;
  };

  std::string out_;
  std::size_t breaks_ = 0; // line ends put off
  std::size_t blanks_ = 0; // no-break spaces put off
  bool space_ = false;
  bool at_line_start_ = true;
  std::size_t quotes_ = 0;
  std::size_t quotes_before_ = 0; // on the line above
  int pre_ = 0;
  int hidden_ = 0;
  bool marked_ = false;
  bool anything_hidden_ = false;
  std::vector<List> lists_;
  std::string marker_; // of the list item that begins
  std::vector<std::size_t> rows_;
};

} // namespace cvdesk::mime
