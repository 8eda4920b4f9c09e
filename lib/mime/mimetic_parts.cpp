#include "mime/mimetic_parts.hpp"

#include <fmt/core.h>
#include <mimetic/parser/itparser.h>

#include <cstring>
#include <iterator>

namespace cvdesk::mime {

namespace {

using LevelParser = mimetic::IteratorParser<const char*, std::input_iterator_tag>;

// mimetic walks preamble, parts and epilogue of one level; where each ends is found here, in place, and
// nothing is copied into its entities. Inner levels are the caller's, within the span of their part: an
// unclosed multipart inside can't swallow the parts after it.
class OneLevel : public LevelParser {
public:
  OneLevel(mimetic::MimeEntity& entity, std::string_view body, std::string_view boundary, std::size_t most)
      : LevelParser(entity), body_(body), boundary_(boundary), line_start_(fmt::format("\n--{}", boundary)), most_(most) {
    iMask(mimetic::imBody | mimetic::imChildParts | mimetic::imPreamble | mimetic::imEpilogue);
  }

  MultipartBody split() {
    m_bit = body_.data();
    m_eit = body_.data() + body_.size();
    loadMultipart();
    if (part_open_) end_part(body_.size());
    return std::move(found_);
  }

protected:
  void copy_until_boundary(mimetic::ParsingElem) override {
    m_lastBoundary = NoBoundary;
    if (found_.closed || found_.too_many) {
      m_bit = m_eit;
      return;
    }
    for (const char* line = m_bit; line != nullptr; line = next_candidate(line)) {
      const char* end = line_end(line);
      if (is_delimiter({line, static_cast<std::size_t>(end - line)})) {
        take_delimiter(static_cast<std::size_t>(line - body_.data()), end);
        return;
      }
    }
    m_bit = m_eit;
  }

private:
  const char* line_end(const char* line) const {
    if (line == m_eit) return m_eit;
    const void* found = std::memchr(line, '\n', static_cast<std::size_t>(m_eit - line));
    return found == nullptr ? m_eit : static_cast<const char*>(found);
  }

  // The next line that begins like a delimiter; null: none. One search for the whole of it, since a body may
  // consist of short lines, each level of nesting reads it again, and no level may take long.
  const char* next_candidate(const char* line) const {
    const void* found = ::memmem(line, static_cast<std::size_t>(m_eit - line), line_start_.data(), line_start_.size());
    return found == nullptr ? nullptr : static_cast<const char*>(found) + 1;
  }

  bool is_delimiter(std::string_view line) {
    if (!line.starts_with("--") || line.substr(2, boundary_.size()) != boundary_) return false;
    auto rest = line.substr(2 + boundary_.size());
    closing_ = rest.starts_with("--");
    if (closing_) rest.remove_prefix(2);
    return rest.find_first_not_of(" \t\r") == std::string_view::npos;
  }

  void take_delimiter(std::size_t line, const char* end) {
    // A delimiter straight behind another has no line end of its own before it: it was doubled.
    const bool doubled = part_open_ && !closing_ && line == part_start_;
    if (part_open_ && !doubled) end_part(line);
    m_bit = end == m_eit ? m_eit : end + 1;
    part_start_ = static_cast<std::size_t>(m_bit - body_.data());
    part_open_ = !closing_;
    found_.closed = closing_;
    m_lastBoundary = closing_ ? ClosingBoundary : Boundary;
    if (part_open_ && found_.parts.size() == most_) {
      found_.too_many = true;
      part_open_ = false;
      m_bit = m_eit;
    }
  }

  void end_part(std::size_t end) {
    if (end < body_.size()) { // a delimiter follows, and the line end before it is its own
      if (end > part_start_ && body_[end - 1] == '\n') --end;
      if (end > part_start_ && body_[end - 1] == '\r') --end;
    }
    found_.parts.push_back({part_start_, end - part_start_});
    part_open_ = false;
  }

  std::string_view body_;
  std::string_view boundary_;
  std::string line_start_;
  std::size_t most_;
  MultipartBody found_;
  std::size_t part_start_ = 0;
  bool part_open_ = false;
  bool closing_ = false;
};

} // namespace

MultipartBody split_multipart(std::string_view body, std::string_view boundary, std::size_t most) {
  mimetic::MimeEntity entity;
  return OneLevel(entity, body, boundary, most).split();
}

} // namespace cvdesk::mime
