// HTML to text by libxml2's SAX parser: nothing is fetched, nothing is run, depth does not matter.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cvdesk::mime {

struct Link {
  std::string target; // href or src, absolute URLs and mailto: only
  std::string text;   // what the reader sees; empty for an image
  bool image = false;
};

struct HtmlText {
  std::string text;        // UTF-8, NFC, LF; a link whose text differs from its target reads "text <target>"
  std::vector<Link> links; // at most 2,000, in order
  bool hidden = false; // some text was hidden from the reader by its style; it is left in, marked [hidden: …]
  bool cut = false;    // the input was longer than 1 MiB
};

// `html` is UTF-8 (decode_text). Block elements become lines, list items "- " or "1. ", quotes "> ", table
// cells stand two spaces apart, <pre> is kept.
HtmlText html_to_text(std::string_view html);

} // namespace cvdesk::mime
