// A report without its reporter: what is passed on to somebody else.
#pragma once

#include "reader/inspection.hpp"
#include "report/read.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace cvdesk::desk {

// What gives the reporter away, of all mails of a case.
struct Identity {
  std::vector<std::string> names;
  std::vector<std::string> addresses;
  std::vector<std::string> phones;       // E.164
  std::vector<std::string> handles;      // "platform:identifier"
  std::vector<std::string> fingerprints; // 40 or 64 hexadecimal digits
};
void add_identity(Identity& identity, const reader::Inspection& inspection);

// The sender's own text: without quoted history, signature and disclaimer, and with a visible mark, "[name left
// out]", in the place of each name, address, number, handle and fingerprint of the reporter, and of each other
// mail address that belongs neither to us nor to a partner (`vantage`). Linear in the length of the text.
struct Redacted {
  std::string text;
  int marks = 0;
};
Redacted redact(const reader::Inspection& inspection, const Identity& identity, const report::Vantage& vantage);
// The same marks in one line, such as a file name or a subject.
std::string redact_line(std::string_view line, const Identity& identity, const report::Vantage& vantage);

// What a file tells of who made it, in words, as far as can be seen: for an officer to decide on. `content`: its
// bytes.
std::vector<std::string> telling_metadata(std::string_view content, const Identity& identity);

} // namespace cvdesk::desk
