// What goes into a reader's process and what comes out of it, as bytes.
#pragma once

#include "reader/inspect.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace cvdesk::reader {

inline constexpr std::size_t pending_limit = 16;

// A request is the packed length of the mail, the mail itself, and which attachment is wanted with the packed openings, one
// after the other: so the mail need not be copied for it.
std::string pack_length(std::string_view raw);
std::string pack(const std::vector<Opening>& openings, int wanted_attachment = 0); // 0: none, but what the mail says

// `raw` points into the bytes that were unpacked. For requests of our own: it is made as well as it can be.
struct ReadingRequest {
  std::string_view raw;
  std::vector<Opening> openings;
  int wanted_attachment = 0;
  std::string_view packed_openings; // copied: no longer needed
};
ReadingRequest unpack_request(std::string_view bytes);

std::string pack_answer(const Result<Reading>& reading);

// Checked like what a stranger sends: its reader may have been taken over by the mail. Errors: too_big, where the
// reader says so, in at most 200 characters of its own; corrupt for everything else, in words of ours.
Result<Reading> unpack_answer(std::string_view bytes);

// The same where an attachment was wanted: its bytes.
std::string pack_content(const Result<std::string>& content);
Result<std::string> unpack_content(std::string_view bytes);

} // namespace cvdesk::reader
