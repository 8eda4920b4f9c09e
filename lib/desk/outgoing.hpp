// A mail that the team writes: composed, signed and, where there is a certificate, encrypted before it is stored;
// stored before it is sent.
#pragma once

#include "desk/answer_task.hpp"
#include "desk/desk.hpp"
#include "desk/threading.hpp"
#include "mime/compose.hpp"
#include "store/outbox.hpp"

#include <optional>
#include <string>
#include <vector>

namespace cvdesk::desk {

inline constexpr std::size_t attachments_limit = 25u << 20; // bytes of all attachments of one mail

struct Draft {
  store::Id case_id = 0;
  std::optional<store::Id> answers; // the mail in the inbox
  std::string purpose;              // reply, pass-on, passed-on-notice
  std::string recipient;            // addr-spec
  std::string subject;
  std::string text; // UTF-8
  std::vector<mime::OutgoingAttachment> attachments;
  Thread thread;
  std::string language;
  std::string certificate; // to encrypt to; empty: signed only
  std::string fingerprint; // of that certificate
  bool says_nothing = false; // a fixed text: may go out readable whatever came in
};

struct Composed {
  Draft draft;
  AnswerTask task;
  std::string mail; // as it goes over the wire
};

// refused: the certificate cannot be encrypted to (expired, revoked, not for encryption). It then goes out in no
// other way. too_big: more than attachments_limit.
Result<Composed> compose(const Desk& desk, openpgp::Engine& engine, Draft draft);

// The row of the outbox with its bytes, in the conversation of its case; due at once.
Result<store::Id> owe(store::Change& change, const Composed& composed, Instant at);

// The desk's certificate as it is attached to every mail.
mime::OutgoingAttachment own_certificate_file(const Settings& settings, std::string armour);

} // namespace cvdesk::desk
