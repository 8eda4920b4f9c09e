#include "openpgp/wkd.hpp"

#include "core/text.hpp"
#include "openpgp/packets.hpp"
#include "openpgp/sha1.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace cvdesk::openpgp {

namespace {

// RFC 6189, 5.1.6: five bits a digit. For whole groups of 40 bits only, which SHA-1's 160 are.
std::string z_base_32(std::string_view bytes) {
  constexpr std::string_view digits = "ybndrfg8ejkmcpqxot1uwisza345h769";
  std::string text;
  unsigned held = 0;
  unsigned count = 0;
  for (const char c : bytes) {
    held = held << 8 | static_cast<unsigned char>(c);
    for (count += 8; count >= 5; count -= 5) {
      text += digits[held >> (count - 5) & 31u];
    }
    held &= (1u << count) - 1;
  }
  return text;
}

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  std::string encoded;
  for (const char c : text) {
    if (unreserved.find(c) != std::string_view::npos)
      encoded += c;
    else
      encoded += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return encoded;
}

// RFC 4880, 5.2.3 and 5.2.1: the type of a signature over a primary key that takes it back.
bool is_revoked(const Certificate& certificate) {
  constexpr char key_revocation = 0x20;
  PacketReader reader(certificate.blob);
  while (const auto packet = reader.next()) {
    if (packet->tag != tag_signature || packet->body.size() < 3) continue;
    const bool old = packet->body[0] == 3;
    if (packet->body[old ? 2 : 1] == key_revocation) return true;
  }
  return false;
}

// When the primary key was made, as four bytes whose order is that of time.
std::string made(const Certificate& certificate) {
  const auto key = PacketReader(certificate.blob).next();
  return key && key->body.size() >= 5 ? std::string(key->body.substr(1, 4)) : std::string();
}

} // namespace

WkdUrls wkd_urls(std::string_view address) {
  const auto at = address.rfind('@');
  const std::string_view local = address.substr(0, at);
  const std::string domain = ascii_lower(address.substr(at + 1));
  const std::string leaf = fmt::format("hu/{}?l={}", z_base_32(sha1(ascii_lower(local))), percent_encoded(local));
  return {fmt::format("https://openpgpkey.{0}/.well-known/openpgpkey/{0}/{1}", domain, leaf),
          fmt::format("https://{}/.well-known/openpgpkey/{}", domain, leaf)};
}

std::optional<Certificate> certificate_in_directory(std::string_view answer, std::string_view address) {
  const std::string wanted = ascii_lower(address);
  const auto certificates = read_certificates(answer, wanted);
  std::optional<Certificate> chosen;
  if (!certificates) return chosen;
  for (const auto& certificate : *certificates) {
    const auto& addresses = certificate.addresses;
    if (std::find(addresses.begin(), addresses.end(), wanted) == addresses.end() || is_revoked(certificate)) continue;
    if (!chosen || made(*chosen) < made(certificate)) chosen = certificate;
  }
  return chosen;
}

} // namespace cvdesk::openpgp
