// Inspection in a process of its own: one for each mail, forked from a small template, so that no mail can
// touch another, the store or a key, and one that kills or stalls its reader is known for it.
#pragma once

#include "core/result.hpp"
#include "mime/message.hpp"
#include "reader/inspect.hpp"
#include "report/read.hpp"

#include <memory>
#include <string_view>
#include <vector>

namespace cvdesk::reader {

// One reader serves one thread at a time.
class Reader {
public:
  // What a process takes, beside the mail: to be read, or for an attachment that leaves it whole.
  static constexpr std::size_t memory_to_read = 144u << 20;
  static constexpr std::size_t memory_to_extract = 400u << 20;

  // Loads the tables that reading needs and forks the template: to be called while the program has one
  // thread.
  static Result<std::unique_ptr<Reader>> create(report::Vantage vantage, mime::Limits limits, std::size_t memory = memory_to_read);
  ~Reader();

  // As reader::inspect. Errors: too_big (a limit of mime::Limits); corrupt (the reader died, stalled for
  // longer than 20 s, or answered nonsense, twice in a row): this mail is the reason; temporary ones: no
  // process or memory is to be had, and the mail has nothing to do with it.
  Result<Reading> inspect(std::string_view raw, const std::vector<Opening>& openings);

  // As reader::extract_attachment, with the same errors as inspect.
  Result<std::string> extract(std::string_view raw, const std::vector<Opening>& openings, int attachment);

private:
  struct Impl;
  explicit Reader(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

} // namespace cvdesk::reader
