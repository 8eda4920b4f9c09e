#include "mime/compose.hpp"

#include "core/random.hpp"
#include "core/text.hpp"
#include "mime/charset.hpp"
#include "mime/encode_header.hpp"
#include "mime/filename.hpp"
#include "mime/syntax.hpp"

#include <algorithm>

namespace cvdesk::mime {

namespace {

constexpr std::string_view line_end = "\r\n";
constexpr std::string_view obscured_subject = "[...]";

using Fields = std::vector<std::pair<std::string, std::string>>; // names and encoded bodies

// A boundary that quoted-printable can't contain ("=_") and nobody can guess.
std::string new_boundary() {
  return "=_" + random_hex(16);
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

void add(Fields& fields, std::string name, std::string body) {
  if (!body.empty()) fields.emplace_back(std::move(name), std::move(body));
}

// The fields that say whose mail this is, as they stand on the outside and, protected, on the inside.
Fields mail_fields(const Outgoing& mail, std::string_view subject) {
  Fields fields;
  add(fields, "From", format_mailbox(mail.from));
  add(fields, "To", format_mailboxes(mail.to));
  add(fields, "Subject", encode_unstructured(subject, 9));
  add(fields, "Date", to_rfc5322_date(mail.date));
  add(fields, "Message-ID", format_message_ids({mail.message_id}));
  add(fields, "In-Reply-To", format_message_ids({mail.in_reply_to}));
  add(fields, "References", format_message_ids(mail.references));
  for (const auto& [name, body] : mail.fields) {
    if (!is_token(name) || name.size() > 70) continue;
    const std::size_t column = name.size() + 2;
    add(fields, name, is_ascii(body) ? fold_structured(body, column) : encode_unstructured(body, column));
  }
  return fields;
}

std::string written(const Fields& fields, std::string_view prefix = "") {
  std::string out;
  for (const auto& [name, body] : fields) {
    // A folded line may not be of blanks alone, and the name's line has room for the first identifier or not.
    (((out += prefix) += name) += ": ") += body;
    out += line_end;
  }
  return out;
}

// RFC 9788, 2.2.1: on the inside it is said which of the fields stood on the outside, and how.
std::string protected_fields(const Outgoing& mail, HeaderProtection protection) {
  std::string out = written(mail_fields(mail, mail.subject));
  if (protection == HeaderProtection::cipher)
    out += written(mail_fields(mail, obscured_subject), "HP-Outer: ");
  return out;
}

// Quoted-printable in which a line also can't begin with what servers change, or end in a blank.
class QuotedPrintable {
public:
  std::string run(std::string_view text) {
    while (!text.empty()) {
      const auto end = text.find('\n');
      take_line(text.substr(0, end));
      out_ += line_end;
      column_ = 0;
      text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return std::move(out_);
  }

private:
  void take_line(std::string_view line) {
    for (std::size_t i = 0; i < line.size(); ++i) {
      const auto byte = static_cast<unsigned char>(line[i]);
      const bool blank_at_end = (byte == ' ' || byte == '\t') && i + 1 == line.size();
      const bool special = byte == '=' || byte >= 0x7F || (byte < ' ' && byte != '\t') || blank_at_end;
      put(special || (column_ == 0 && is_changed_at_start(line.substr(i))), byte, i + 1 == line.size());
    }
  }

  static bool is_changed_at_start(std::string_view rest) {
    return rest.starts_with('.') || rest.starts_with('-') || rest.starts_with("From ");
  }

  void put(bool escape, unsigned char byte, bool last) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    constexpr std::size_t width = 76;
    const std::size_t size = escape ? 3 : 1;
    if (column_ + size + (last ? 0 : 1) > width) {
      // A blank before the soft line end is safe: the "=" stands behind it.
      out_ += "=\r\n";
      column_ = 0;
      escape = escape || byte == '.' || byte == '-' || byte == 'F';
    }
    if (escape) {
      out_ += '=';
      out_ += digits[byte >> 4];
      out_ += digits[byte & 15];
      column_ += 3;
    } else {
      out_ += static_cast<char>(byte);
      ++column_;
    }
  }

  std::string out_;
  std::size_t column_ = 0;
};

std::string text_part(std::string_view text) {
  return "Content-Transfer-Encoding: quoted-printable\r\n\r\n" +
         QuotedPrintable().run(clean_text(to_utf8(text, ""), Lines::keep));
}

std::string base64_lines(std::string_view bytes) {
  constexpr std::size_t bytes_a_line = 57; // 76 letters
  std::string out;
  out.reserve(bytes.size() / 3 * 4 + bytes.size() / 28 + 8);
  for (std::size_t at = 0; at < bytes.size(); at += bytes_a_line) {
    out += base64_encode(bytes.substr(at, bytes_a_line));
    out += line_end;
  }
  return out;
}

std::string safe_media_type(std::string_view type) {
  const auto slash = type.find('/');
  const bool good = slash != std::string_view::npos && type.size() <= 100 &&
                    is_token(type.substr(0, slash)) && is_token(type.substr(slash + 1)) &&
                    !starts_with_ignoring_case(type, "multipart/") &&
                    !starts_with_ignoring_case(type, "message/");
  return good ? std::string(type) : "application/octet-stream";
}

std::string attachment_part(const OutgoingAttachment& attachment) {
  const std::string name = safe_filename(to_utf8(attachment.filename, ""));
  std::string out = "Content-Type: " + safe_media_type(attachment.media_type);
  out += "\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment";
  if (!name.empty()) out += encode_parameter("filename", name);
  return out + "\r\n\r\n" + base64_lines(attachment.content);
}

std::string outer_header(const Outgoing& mail, std::string_view subject) {
  return written(mail_fields(mail, subject)) + "MIME-Version: 1.0\r\n";
}

std::string with_crlf(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\r' && text.substr(i + 1).starts_with('\n')) continue;
    out += text[i] == '\n' ? std::string(line_end) : std::string(1, text[i]);
  }
  if (!out.ends_with('\n')) out += line_end;
  return out;
}

} // namespace

std::string compose_payload(const Outgoing& mail, HeaderProtection protection) {
  const std::string marks = std::string(";\r\n hp=\"") +
                            (protection == HeaderProtection::cipher ? "cipher" : "clear") +
                            "\"; protected-headers=\"v1\"\r\n";
  const std::string fields = protected_fields(mail, protection);
  const std::string plain = "Content-Type: text/plain; charset=utf-8";
  if (mail.attachments.empty()) return plain + marks + fields + text_part(mail.text);

  const std::string boundary = new_boundary();
  std::string out = "Content-Type: multipart/mixed; boundary=\"" + boundary + "\"" + marks + fields + "\r\n";
  out += "--" + boundary + "\r\n" + plain + "\r\n" + text_part(mail.text);
  for (const auto& attachment : mail.attachments) {
    out += "\r\n--" + boundary + "\r\n" + attachment_part(attachment);
  }
  return out + "\r\n--" + boundary + "--\r\n";
}

std::string compose_signed(const Outgoing& mail, std::string_view payload, std::string_view signature,
                           std::string_view micalg) {
  const std::string boundary = new_boundary();
  std::string out = outer_header(mail, mail.subject);
  out += "Content-Type: multipart/signed; micalg=" + std::string(is_token(micalg) ? micalg : "pgp-sha512");
  out += ";\r\n protocol=\"application/pgp-signature\";\r\n boundary=\"" + boundary + "\"\r\n\r\n";
  out += "--" + boundary + "\r\n";
  out += payload;
  out += "\r\n--" + boundary + "\r\nContent-Type: application/pgp-signature; name=\"signature.asc\"\r\n";
  out += "Content-Description: OpenPGP digital signature\r\n";
  out += "Content-Disposition: attachment; filename=\"signature.asc\"\r\n\r\n";
  out += with_crlf(signature);
  return out + "\r\n--" + boundary + "--\r\n";
}

std::string compose_encrypted(const Outgoing& mail, std::string_view ciphertext) {
  const std::string boundary = new_boundary();
  std::string out = outer_header(mail, obscured_subject);
  out +=
      "Content-Type: multipart/encrypted; protocol=\"application/pgp-encrypted\";\r\n boundary=\"" + boundary;
  out += "\"\r\n\r\n--" + boundary + "\r\nContent-Type: application/pgp-encrypted\r\n";
  out += "Content-Description: PGP/MIME version identification\r\n\r\nVersion: 1\r\n";
  out += "\r\n--" + boundary + "\r\nContent-Type: application/octet-stream; name=\"encrypted.asc\"\r\n";
  out += "Content-Description: OpenPGP encrypted message\r\n";
  out += "Content-Disposition: inline; filename=\"encrypted.asc\"\r\n\r\n";
  out += with_crlf(ciphertext);
  return out + "\r\n--" + boundary + "--\r\n";
}

} // namespace cvdesk::mime
