// A mail's text, cut into what each part of it is. Facts are looked for only where they can be true.
#pragma once

#include "mime/header_text.hpp"
#include "report/fold.hpp"
#include "report/read.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cvdesk::report {

enum class Role { greeting, prose, item, code, field, heading, signature, disclaimer };

struct Sentence {
  std::string text;
  Folded folded;
};

// Text put together from lines of another one.
struct TracedText {
  std::string bytes;                  // each line ends in a line feed
  std::vector<std::uint32_t> origins; // of each line: where it begins in the other text

  // `outer` is the text that the origins speak of: from then on they speak of that one's source.
  void trace_through(const TracedText& outer);
};

// A paragraph, a list item, a block of code or one line of a signature: lines that belong together, joined.
struct Passage {
  Role role = Role::prose;
  std::string text; // code keeps its line breaks
  Folded folded;
  std::vector<Sentence> sentences; // at most 400
  std::string label;               // of a field, folded: "telefoon"
  std::string heading;             // folded: the heading or the "…:" that it stands under; empty when none
  std::string question;            // folded: the quoted text that it answers directly; empty when none
  int list = -1;                   // items of one list have the same number
  bool ordered = false;
  std::size_t begin = 0; // the lines of the mail's text that it came from
  std::size_t end = 0;
};

struct Document {
  std::vector<Passage> passages; // the new text; at most 4,000
  std::string quoted;            // history that the new text answers, without ">" marks
  std::vector<mime::Mailbox> quoted_from;
  bool answers_us = false;       // the history is ours
  bool forwarded = false;        // the new text is that of the mail that was passed on
  std::string forwarder_text;    // what the forwarder wrote above it
  mime::Mailbox original_sender; // of the mail that was passed on; may be empty
  std::string original_subject;

  // The passages of some roles, as one text with a line break between them.
  std::string own_text() const;     // all but signature and disclaimer
  std::string all_new_text() const; // all
};

// `text`: as much of the mail's as is read; offsets speak of it.
Document read_document(const Mail& mail, std::string_view text, const Vantage& vantage);

// How far the quoted or forwarded part reaches: the first step, by itself for tests.
struct Parts {
  TracedText own;       // the new text; a quote that stands above new text became one line, marked with \x01
  std::string quoted;   // without ">" marks
  TracedText forwarded; // the body of a mail that was passed on
  mime::Mailbox original_sender;
  std::string original_subject;
  std::vector<mime::Mailbox> quoted_from;
};
Parts part_history(std::string_view text, bool forward_subject, const Vantage& vantage);

// Whether the address belongs to the organisation: one of its own, or at a domain in its scope.
bool is_ours(std::string_view address, const Vantage& vantage);

// Sentences of one paragraph; never splits in a URL, a number, a date or after a common abbreviation.
std::vector<Sentence> split_sentences(std::string_view paragraph);

} // namespace cvdesk::report
