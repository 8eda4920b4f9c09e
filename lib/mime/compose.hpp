// Mail that goes out: PGP/MIME (RFC 3156) with protected headers (RFC 9788).
#pragma once

#include "core/time.hpp"
#include "mime/header_text.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cvdesk::mime {

struct OutgoingAttachment {
  std::string filename;
  std::string media_type;
  std::string content;
};

struct Outgoing {
  Mailbox from;
  std::vector<Mailbox> to;
  std::string subject; // the real one; UTF-8
  Instant date;
  std::string message_id; // without angle brackets
  std::string in_reply_to;
  std::vector<std::string> references;
  std::vector<std::pair<std::string, std::string>> fields; // further ones: Auto-Submitted, ...
  std::string text;                                        // UTF-8, LF
  std::vector<OutgoingAttachment> attachments;
};

// Whether the outer header shows the real subject ("clear") or "[...]" ("cipher").
enum class HeaderProtection { clear, cipher };

// The MIME entity that is signed, or signed and encrypted: CRLF, 7-bit, quoted-printable that also escapes
// "From ", a leading "." and "-" and trailing blanks, so that no server on the way changes a signed byte.
// It carries the protected headers (hp="clear" or hp="cipher" with HP-Outer; also protected-headers="v1").
std::string compose_payload(const Outgoing& mail, HeaderProtection protection);

// The whole mail around it, CRLF. `micalg` as in the signing result, e.g. "pgp-sha512".
std::string compose_signed(const Outgoing& mail, std::string_view payload, std::string_view signature,
                           std::string_view micalg);
std::string compose_encrypted(const Outgoing& mail, std::string_view ciphertext);

// Text to header field body: RFC 2047 where needed, folded; never a CR or LF that came with the text.
std::string encode_unstructured(std::string_view utf8, std::size_t column);
std::string format_mailbox(const Mailbox& mailbox);

} // namespace cvdesk::mime
