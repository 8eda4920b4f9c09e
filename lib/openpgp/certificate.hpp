// Certificates (transferable public keys, RFC 4880, 11.1) as bytes: a packet filter of our own, no gpg.
#pragma once

#include "core/result.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace cvdesk::openpgp {

// Undoes ASCII armour (RFC 4880, 6.2). Data that is not armoured comes
// back as it is. `limit` bytes at most.
Result<std::string> dearmour(std::string_view data, std::size_t limit);

struct Certificate {
  std::string fingerprint;            // upper-case hex; 40 digits (v4) or 64 (v6)
  std::vector<std::string> addresses; // addr-specs of its user ids, lower case
  std::string blob;                   // minimal, binary
};

// The certificates in this data (binary or armoured), each reduced to what is needed: self-signatures only,
// the 4 newest a component, at most 8 user ids (those of `prefer_address` first), 16 subkeys, 64 KiB;
// at most 8 certificates. Secret keys are refused. Nothing here is verified: that is gpg's work later.
Result<std::vector<Certificate>> read_certificates(std::string_view data,
                                                   std::string_view prefer_address = {});

// The same out of bytes that merge_certificates made: with as many signatures a component as that keeps.
Result<std::vector<Certificate>> read_merged_certificates(std::string_view data);

// Two states of one certificate (binary, of the same fingerprint) as one: what `known` has stays, so that a
// stranger's copy can't push out anything of it; what `fresh` adds, a revocation first of all, comes behind,
// up to `signatures` a component. `known` where they are not the same certificate.
inline constexpr std::size_t signatures_stored = 8; // leaves room for what a mail brings: looked at are 12
inline constexpr std::size_t signatures_merged = 12;
std::string merge_certificates(std::string_view known, std::string_view fresh, std::size_t signatures);

// The addr-spec of a user id, lower case: of "Name <address>" or the bare address. Empty where there is none.
std::string address_in_user_id(std::string_view user_id);

} // namespace cvdesk::openpgp
