// OpenPGP packets as bytes (RFC 4880, 4; RFC 9580, 4): a look at the framing before gpg sees anything.
// Pure; linear; nothing is decompressed, decrypted or verified.
#pragma once

#include "core/result.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cvdesk::openpgp {

enum Tag : int {
  tag_public_key_session_key = 1,
  tag_signature = 2,
  tag_passphrase_session_key = 3,
  tag_one_pass_signature = 4,
  tag_secret_key = 5,
  tag_public_key = 6,
  tag_secret_subkey = 7,
  tag_compressed = 8,
  tag_encrypted = 9, // without integrity protection
  tag_marker = 10,
  tag_literal = 11,
  tag_trust = 12,
  tag_user_id = 13,
  tag_public_subkey = 14,
  tag_user_attribute = 17,
  tag_protected = 18, // SEIPD
  tag_aead = 20,
  tag_padding = 21,
};

struct Packet {
  int tag = 0;
  std::string_view whole; // header and body
  std::string_view body;  // of a body in partial lengths: only its first piece
  bool complete = true;   // false: the data ends before the packet does
};

// Walks from packet to packet.
class PacketReader {
public:
  explicit PacketReader(std::string_view data) : rest_(data) {}

  // Unset at the end, and where what follows is no packet (then broken() is true).
  std::optional<Packet> next();
  bool broken() const { return broken_; }

private:
  std::string_view rest_;
  bool broken_ = false;
};

// What a message is made of, by its outermost packets.
struct Survey {
  enum class Shape {
    encrypted,   // session keys, then exactly one encrypted packet that protects its integrity
    clear,       // signed, compressed or literal data: not encrypted at all
    signatures,  // nothing but signatures: a detached one
    unprotected, // encrypted without integrity protection (tag 9): refused
    unsupported, // encrypted in a way gpg 2.2 cannot read (SEIPD version 2, version 6 session keys)
    several,     // more than one message, or something before or after the one
    too_complex, // beyond the limits below
    key,         // a key, not a message
    nothing,     // no OpenPGP data
  };
  Shape shape = Shape::nothing;
  std::size_t passphrases = 0;      // session keys behind a passphrase
  std::size_t recipients = 0;       // session keys for a key
  std::size_t anonymous = 0;        // of those, the ones that do not say for which
  std::vector<std::string> key_ids; // 16 upper-case hex digits each, in order, no double
};

inline constexpr std::size_t session_key_limit = 64;
inline constexpr std::size_t anonymous_limit = 8;
inline constexpr std::size_t signature_limit = 16;

Survey survey(std::string_view binary);

// The message without its passphrase session keys: gpg then never asks for a passphrase while there is a
// key to try.
std::string without_passphrases(std::string_view binary);

// Only the signatures of a version that gpg 2.2 understands (2 to 4).
std::string readable_signatures(std::string_view binary);

} // namespace cvdesk::openpgp
