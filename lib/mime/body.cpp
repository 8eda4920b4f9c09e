#include "core/text.hpp"
#include "mime/charset.hpp"
#include "mime/flowed.hpp"
#include "mime/message.hpp"
#include "mime/syntax.hpp"
#include "mime/transfer_encoding.hpp"
#include "mime/uuencode.hpp"

namespace cvdesk::mime {

namespace {

// What an HTML page says of itself, where the mail said nothing. Looks at the first 1,024 bytes, as browsers
// do.
std::string html_charset(std::string_view html) {
  const std::string start = ascii_lower(html.substr(0, 1024));
  const auto meta = start.find("<meta");
  const auto found = meta == std::string::npos ? meta : start.find("charset=", meta);
  if (found == std::string::npos) return {};
  auto at = found + 8;
  if (at < start.size() && (start[at] == '"' || start[at] == '\'')) ++at;
  auto end = at;
  while (end < start.size() && is_token(start[end]) && start[end] != '\'') {
    ++end;
  }
  const auto name = start.substr(at, end - at);
  return name.starts_with("utf-16") ? "utf-8" : name; // a page whose <meta> can be read is not in UTF-16
}

std::string parameter(const Part& part, const std::string& name) {
  const auto found = part.parameters.find(name);
  return found == part.parameters.end() ? std::string() : ascii_lower(found->second);
}

void cut(std::string& utf8, std::size_t limit) {
  if (utf8.size() <= limit) return;
  while (limit > 0 && (static_cast<unsigned char>(utf8[limit]) & 0xC0) == 0x80) {
    --limit;
  }
  utf8.resize(limit);
}

} // namespace

std::string decode_body(std::string_view raw, const Part& part, std::size_t limit) {
  const auto body = part.body.in(raw);
  if (!part.is_multipart()) {
    const auto& encoding = part.transfer_encoding;
    if (encoding == "base64") return decode_base64(body, limit);
    if (encoding == "quoted-printable") return decode_quoted_printable(body, limit);
    if (encoding == "x-uuencode" || encoding == "uuencode" || encoding == "x-uue")
      return decode_uuencode(body, limit);
  }
  return std::string(body.substr(0, limit));
}

std::string decode_text(std::string_view raw, const Part& part, std::size_t limit) {
  const std::string bytes = decode_body(raw, part, limit);
  std::string charset = part.charset;
  if (charset.empty() && part.media_type == "text/html") charset = html_charset(bytes);
  std::string text = clean_text(to_utf8(bytes, charset), Lines::keep);
  if (part.media_type == "text/plain" && parameter(part, "format") == "flowed") {
    text = unflow(text, parameter(part, "delsp") == "yes");
  }
  cut(text, limit);
  return text;
}

} // namespace cvdesk::mime
