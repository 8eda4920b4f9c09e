// All that is read out of one mail: plain values, produced by reader::inspect, kept sealed in the store.
#pragma once

#include "core/time.hpp"
#include "mime/header_text.hpp"
#include "openpgp/verdict.hpp"
#include "report/facts.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cvdesk::reader {

enum class KeyOrigin { none, attached, autocrypt, wkd, pinned };
std::string_view to_string(KeyOrigin origin);

// `protection` of the contract.
struct Protection {
  bool encrypted = false;
  openpgp::Decryption decryption = openpgp::Decryption::none;
  openpgp::SignatureState signature = openpgp::SignatureState::none;
  std::optional<std::string> signer;
  bool signer_is_sender = false;
  bool partial = false;
  KeyOrigin key_origin = KeyOrigin::none;
  bool subject_protected = false;
  std::optional<std::string> cause;
  std::vector<std::string> key_ids;

  // One good signature, over all of the text that is shown, by the certificate of the single sender: what a
  // certificate must have made to be pinned, to join a case, or to be told more than a stranger.
  bool signed_whole_by_sender() const {
    return signature == openpgp::SignatureState::good && !partial && signer_is_sender && signer.has_value();
  }
};

struct Attachment {
  int id = 0; // 1, 2, ... within the mail
  std::string filename;
  std::string media_type;
  std::size_t size = 0;
  std::string sha256; // lower-case hex
  // Of a signature that is about this file alone: inside it, or beside it under its name.
  openpgp::SignatureState signature = openpgp::SignatureState::none;
  std::optional<std::string> signer;
};

// A certificate that came with the mail.
struct OfferedCertificate {
  KeyOrigin origin = KeyOrigin::none; // attached or autocrypt
  std::string fingerprint;
  std::vector<std::string> addresses;
  std::string blob; // minimal (openpgp::read_certificates)
};

// What one Authentication-Results field says of DMARC (RFC 8601, RFC 7489). `hop`: how many Received fields stand
// above it; each server adds one, so the fields of one server's are of one hop.
struct Authentication {
  std::string authserv_id;
  int hop = 0;
  std::string dmarc;       // "pass", "fail", ...; empty: nothing
  std::string header_from; // the domain that it is about; empty: not said
};

// What depends on the outer header alone: all that may decide about the answer to an encrypted mail.
struct Outer {
  std::vector<mime::Mailbox> from;
  std::vector<mime::Mailbox> reply_to;
  std::string message_id; // without angle brackets; empty when there is none outside
  std::string subject;
  std::vector<std::string> in_reply_to; // In-Reply-To and References together, outer ones
  std::optional<std::string> return_path;
  std::string auto_submitted;
  std::string precedence;
  bool list = false; // a list that is not one of our own
  std::string list_id;
  bool automatic = false; // X-Auto-Response-Suppress, X-Autoreply and the like
  bool delivery_status = false;
  std::string delivery_action; // of a delivery report (RFC 3464, 2.3.3): failed, delayed, ...; the worst there is
  std::vector<Authentication> authentication; // topmost first
};

struct Inspection {
  Outer outer;
  std::vector<mime::Mailbox> from;
  std::vector<mime::Mailbox> to;
  std::string subject; // the protected one where there is one
  std::optional<Instant> date;
  std::string message_id; // without angle brackets; empty when the mail has none
  std::vector<std::string> thread; // In-Reply-To and References, protected ones where there are; newest last
  bool any_encrypted = false;      // any part is OpenPGP- or S/MIME-encrypted, whatever came of it
  bool smime = false;
  Protection protection;
  std::string text; // what is shown, and only that: 2 MiB; what is cut off is said in it
  report::Facts facts;
  std::vector<Attachment> attachments;
  std::vector<OfferedCertificate> certificates;
  std::vector<std::string> returned_message_ids; // of a bounce
  std::vector<std::string> defects;
};

// Something inside the mail that only the OpenPGP engine can open.
struct Pending {
  std::string path; // which one: "1.2" (part numbers), "1.2/0" (the first block in that part's text), nested by ">"
  openpgp::Request request;
};

// What the engine made of it.
struct Opening {
  std::string path;
  openpgp::Opened opened;
};

// For the store and for the reader's answer: JSON text. from_json is strict: what is not of this shape, or
// beyond the limits of a mail, is an error (corrupt).
std::string to_json(const Inspection& inspection);
Result<Inspection> inspection_from_json(std::string_view json);
std::string to_json(const std::vector<Opening>& openings);
Result<std::vector<Opening>> openings_from_json(std::string_view json);

} // namespace cvdesk::reader
