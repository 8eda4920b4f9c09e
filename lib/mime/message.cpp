#include "mime/message.hpp"

#include "core/text.hpp"
#include "mime/filename.hpp"
#include "mime/header.hpp"
#include "mime/mimetic_parts.hpp"
#include "mime/parameters.hpp"
#include "mime/syntax.hpp"

#include <fmt/core.h>

namespace cvdesk::mime {

namespace {

// A stretch of the mail that is still to become a part.
struct Task {
  Span span;
  int parent = -1;
  std::size_t depth = 0;
  bool in_digest = false;
  bool is_message = false; // the whole mail, or what is in a message/rfc822
};

bool is_media_type(std::string_view value) {
  const auto slash = value.find('/');
  return value.size() <= 255 && slash != std::string_view::npos && is_token(value.substr(0, slash)) &&
         is_token(value.substr(slash + 1));
}

bool holds_a_message(const Part& part) {
  const bool encoded = part.transfer_encoding == "base64" || part.transfer_encoding == "quoted-printable";
  return (part.media_type == "message/rfc822" || part.media_type == "message/global") && !encoded;
}

class TreeBuilder {
public:
  TreeBuilder(std::string_view raw, const Limits& limits)
      : raw_(raw), limits_(limits), defects_(message_.defects) {}

  Result<Message> run() {
    if (raw_.size() > limits_.message) {
      return fail(ErrorKind::too_big, fmt::format("message too large (limit {})", limits_.message));
    }
    work_.push_back({{0, raw_.size()}, -1, 0, false, true});
    while (!work_.empty()) {
      const Task task = work_.back();
      work_.pop_back();
      TRY(build(task));
    }
    return std::move(message_);
  }

private:
  Result<void> build(const Task& task) {
    TRY_ASSIGN(auto block, scan_header(task.span.in(raw_), task.is_message, limits_, defects_));
    Part part;
    part.parent = task.parent;
    part.depth = task.depth;
    part.header = std::move(block.header);
    part.whole = task.span;
    part.body = {task.span.offset + block.size, task.span.size - block.size};
    const std::string boundary = read_fields(part, task.in_digest);

    const int index = static_cast<int>(message_.parts.size());
    message_.parts.push_back(std::move(part));
    if (task.parent >= 0) message_.parts[static_cast<std::size_t>(task.parent)].children.push_back(index);
    return find_children(index, boundary);
  }

  // Gives the boundary, as sent.
  std::string read_fields(Part& part, bool in_digest) {
    if (part.header.count("Content-Type") > 1) defects_.add("more than one Content-Type");
    std::string boundary;
    std::string name;
    const auto content_type = part.header.first("Content-Type");
    if (content_type) {
      auto field = parse_structured_field(*content_type);
      if (field.repeated) defects_.add("a parameter stands twice");
      if (is_media_type(field.value)) {
        part.media_type = field.value;
      } else {
        defects_.add("malformed Content-Type");
      }
      boundary = field.parameters["boundary"];
      boundary.resize(boundary.find_last_not_of(" \t") + 1); // RFC 2046, 5.1.1: no blank at its end
      part.parameters = std::move(field.decoded);
    } else if (in_digest) {
      part.media_type = "message/rfc822";
    }
    if (const auto found = part.parameters.find("charset"); found != part.parameters.end()) {
      part.charset = ascii_lower(trim(found->second));
    }
    if (const auto found = part.parameters.find("name"); found != part.parameters.end()) name = found->second;
    read_disposition(part, name);
    if (const auto encoding = part.header.first("Content-Transfer-Encoding")) {
      const std::string value = parse_structured_field(*encoding).value;
      part.transfer_encoding = value.substr(0, value.find_first_of(" \t,"));
      std::erase(part.transfer_encoding, '"');
    }
    return boundary;
  }

  void read_disposition(Part& part, std::string name) {
    if (const auto disposition = part.header.first("Content-Disposition")) {
      auto field = parse_structured_field(*disposition);
      if (field.repeated) defects_.add("a parameter stands twice");
      // RFC 2183, 2.8: a type that is not known is an attachment.
      if (!field.value.empty()) part.disposition = field.value == "inline" ? "inline" : "attachment";
      if (const auto found = field.decoded.find("filename"); found != field.decoded.end())
        name = found->second;
    }
    part.filename = safe_filename(name);
  }

  Result<void> find_children(int index, const std::string& boundary) {
    auto& part = message_.parts[static_cast<std::size_t>(index)];
    if (part.is_multipart()) return split(part, index, boundary);
    if (holds_a_message(part)) return plan({part.body}, part, index);
    return {};
  }

  Result<void> split(Part& part, int index, const std::string& boundary) {
    // Unquoted, it ends at the first blank (RFC 2045, 5.1); but some mean all of it.
    const auto blank = std::min(boundary.find_first_of(" \t"), boundary.size());
    MultipartBody found;
    if (boundary.size() <= limits_.boundary || blank == boundary.size()) {
      TRY_ASSIGN(found, delimited(part, boundary));
    }
    if (found.parts.empty() && blank < boundary.size()) {
      TRY_ASSIGN(found, delimited(part, boundary.substr(0, blank)));
    }
    if (boundary.empty()) defects_.add("multipart without a boundary");
    part.closed = found.closed;
    if (!part.closed) defects_.add("multipart that is not closed");
    if (found.parts.empty()) {
      // What was sent must be seen, whatever it called itself.
      defects_.add("multipart without parts");
      part.media_type = "text/plain";
      return {};
    }
    for (auto& span : found.parts) {
      span.offset += part.body.offset;
    }
    return plan(found.parts, part, index);
  }

  Result<MultipartBody> delimited(const Part& part, const std::string& boundary) {
    if (boundary.size() > limits_.boundary)
      return fail(ErrorKind::too_big, fmt::format("boundary too long (limit {})", limits_.boundary));
    if (boundary.empty()) return MultipartBody();
    const std::size_t taken = message_.parts.size() + work_.size();
    auto found =
        split_multipart(part.body.in(raw_), boundary, taken < limits_.parts ? limits_.parts - taken : 0);
    if (found.too_many)
      return fail(ErrorKind::too_big, fmt::format("too many parts (limit {})", limits_.parts));
    return found;
  }

  Result<void> plan(const std::vector<Span>& spans, const Part& part, int index) {
    if (part.depth + 1 > limits_.depth) {
      return fail(ErrorKind::too_big, fmt::format("nested too deeply (limit {})", limits_.depth));
    }
    if (message_.parts.size() + work_.size() + spans.size() > limits_.parts) {
      return fail(ErrorKind::too_big, fmt::format("too many parts (limit {})", limits_.parts));
    }
    const bool digest = part.media_type == "multipart/digest";
    for (auto span = spans.rbegin(); span != spans.rend(); ++span) {
      work_.push_back({*span, index, part.depth + 1, digest, !part.is_multipart()});
    }
    return {};
  }

  std::string_view raw_;
  const Limits& limits_;
  Message message_;
  Defects defects_;
  std::vector<Task> work_; // the next one last: parts come out in pre-order
};

} // namespace

Result<Message> parse(std::string_view raw, const Limits& limits) {
  return TreeBuilder(raw, limits).run();
}

} // namespace cvdesk::mime
