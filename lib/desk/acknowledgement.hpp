// Who is told that the mail has arrived, and what it says (contract, "Mail that goes out"; RFC 3834; RFC 5230).
#pragma once

#include "desk/answer_task.hpp"
#include "desk/decide.hpp"
#include "desk/desk.hpp"
#include "desk/threading.hpp"
#include "reader/inspection.hpp"
#include "store/cases.hpp"
#include "store/certificates.hpp"

#include <optional>
#include <string>
#include <vector>

namespace cvdesk::desk {

// To whom an answer to this mail may go of itself; unset with the reason when to nobody. Depends on the
// outer header alone.
struct Addressee {
  std::optional<std::string> address; // addr-spec
  std::string why_not;                // "automatic-mail", "bulk", "no-reply", ...
};
Addressee addressee_of(const reader::Outer& outer, const Settings& settings);

// Which certificate the answer is encrypted to (findings, "Which certificate answers a reporter"): one whose
// user ids hold the address that is answered. Empty: none.
struct AnswerKey {
  std::string blob;
  bool signed_the_mail = false; // it made a good signature over the whole mail
};
// `known`: what the store holds for that address, this mail's own certificates included.
AnswerKey choose_key(const reader::Inspection& inspection, const std::string& address,
                     const std::vector<store::CertificateEntry>& known);

// Whether an acknowledgement of this mail is encrypted where a certificate is known: one that came in the clear and
// unsigned is answered by a mail that says nothing of it, and its sender may have no key at hand.
bool is_answered_encrypted(const reader::Inspection& inspection);

// The acknowledgement owed for a mail. `opened`: the case that it opened, if it did.
//
// Where any part of the mail is encrypted, the text is one fixed text: it may not depend on what is inside,
// or a stranger who sends captured ciphertext again would learn something. Only the owner of a certificate
// that signed the mail is told more, in an answer that only that owner can read.
AnswerTask acknowledgement_for(const Desk& desk, const reader::Inspection& inspection, const std::string& address,
                               const AnswerKey& key, const std::optional<store::CaseEntry>& opened,
                               const std::vector<store::Deadline>& deadlines);

} // namespace cvdesk::desk
