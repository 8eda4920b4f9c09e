// `--why`: beside each fact, the words that it was read from.
#pragma once

#include "cli/facts_json.hpp"
#include "report/facts.hpp"

#include <string_view>
#include <vector>

namespace cvdesk::cli {

// Where the facts of one mail came from. `message`: the number under which its text is shown.
struct Sourced {
  std::int64_t message = 0;
  std::string_view text;
  const std::vector<report::Evidence>* evidence = nullptr;
};

// A list: fact, value, message, source ("text", a header field, or "link"), offset and length in bytes of the
// UTF-8 text, line (from 1) and excerpt; these four are null where the source is not the text.
Json evidence_json(const std::vector<Sourced>& mails);

// "URL  https://…" and below it "← message 1, line 5: '…'".
void print_why(const std::vector<Sourced>& mails);

// The text with the numbers of its lines; those that something was read from are marked.
void print_numbered(const Sourced& mail);

} // namespace cvdesk::cli
