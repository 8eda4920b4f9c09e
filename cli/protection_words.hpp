// How a message was protected, in one line that an officer understands.
#pragma once

#include "cli/terminal.hpp"
#include "core/text.hpp"
#include "reader/inspection.hpp"

#include <string>

namespace cvdesk::cli {

struct ProtectionWords {
  std::string text;
  Colour colour = Colour::plain;
};

// One file, with the state of the signature that is about it alone.
inline std::string in_words(const reader::Attachment& file) {
  std::string words = file.filename + "  " + file.media_type + "  " + std::to_string(file.size) + " bytes";
  if (file.signature == openpgp::SignatureState::none) return words;
  words += "  signature: " + std::string(openpgp::to_string(file.signature));
  if (file.signer) words += " (" + *file.signer + ")";
  return words;
}

inline ProtectionWords in_words(const reader::Protection& protection) {
  using openpgp::Decryption;
  using openpgp::SignatureState;
  ProtectionWords words;
  words.text = protection.encrypted ? "encrypted" : "in the clear";
  if (protection.decryption != Decryption::none && protection.decryption != Decryption::ok) {
    words = {std::string("NOT OPENED: ") + protection.cause.value_or(std::string(openpgp::to_string(protection.decryption))),
             Colour::red};
    if (!protection.key_ids.empty()) words.text += " (for " + join(protection.key_ids, ", ") + ")";
    return words;
  }
  switch (protection.signature) {
  case SignatureState::none:
    words.text += ", not signed";
    break;
  case SignatureState::good:
    words.text += protection.signer_is_sender ? ", signed by the sender" : ", signed, but NOT by the sender";
    words.colour = protection.signer_is_sender ? Colour::green : Colour::yellow;
    break;
  default:
    words.text += ", signature: " + std::string(openpgp::to_string(protection.signature));
    words.colour = Colour::yellow;
  }
  if (protection.signer) words.text += " (" + *protection.signer + ")";
  if (protection.partial) {
    words.text += ", ONLY IN PART";
    words.colour = Colour::yellow;
  }
  if (protection.cause) words.text += "; " + *protection.cause;
  return words;
}

} // namespace cvdesk::cli
