#include "openpgp/certificate.hpp"

#include "core/text.hpp"
#include "openpgp/armour.hpp"
#include "openpgp/packets.hpp"
#include "openpgp/sha1.hpp"

#include <fmt/core.h>
#include <sodium.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

namespace cvdesk::openpgp {

namespace {

constexpr std::size_t input_limit = 16u << 20;
constexpr std::size_t armoured_blocks = 16;
constexpr std::size_t certificates_limit = 8;
constexpr std::size_t blob_limit = 64u << 10;
constexpr std::size_t signatures_each = 4;
constexpr std::size_t user_ids_limit = 8;
constexpr std::size_t user_ids_looked_at = 1000;
constexpr std::size_t subkeys_limit = 16;
constexpr std::size_t packet_limit = 16u
                                     << 10; // no key, user id or self-signature of an honest key is larger

std::uint32_t number32(std::string_view at) {
  std::uint32_t value = 0;
  for (const char c : at.substr(0, 4))
    value = value << 8 | static_cast<unsigned char>(c);
  return value;
}

std::size_t number16(std::string_view at) {
  return static_cast<std::size_t>(static_cast<unsigned char>(at[0])) << 8 | static_cast<unsigned char>(at[1]);
}

// RFC 4880, 12.2 and RFC 9580, 5.5.4
std::optional<std::string> fingerprint_of(std::string_view key) {
  if (key.size() < 6) return {};
  const auto version = static_cast<unsigned char>(key.front());
  const auto length = key.size();
  if (version == 4 && length <= 0xffff) {
    std::string hashed = {'\x99', static_cast<char>(length >> 8), static_cast<char>(length & 0xffu)};
    return ascii_upper(to_hex(sha1(hashed.append(key))));
  }
  if (version != 6) return {};
  std::string hashed = {'\x9b', static_cast<char>(length >> 24 & 0xffu),
                        static_cast<char>(length >> 16 & 0xffu), static_cast<char>(length >> 8 & 0xffu),
                        static_cast<char>(length & 0xffu)};
  hashed.append(key);
  std::array<unsigned char, crypto_hash_sha256_BYTES> digest{};
  crypto_hash_sha256(digest.data(), reinterpret_cast<const unsigned char*>(hashed.data()), hashed.size());
  return ascii_upper(to_hex({reinterpret_cast<const char*>(digest.data()), digest.size()}));
}

// What the filter needs of a signature packet.
struct SignatureFacts {
  unsigned type = 0;
  std::uint32_t made = 0;
  std::string issuer; // 16 upper-case hex digits, or a whole fingerprint
};

// RFC 4880, 5.2.3.1: creation time (2), issuer (16), issuer fingerprint (33).
bool read_subpackets(std::string_view area, SignatureFacts& facts) {
  while (!area.empty()) {
    const auto first = static_cast<unsigned char>(area[0]);
    std::size_t length = first;
    std::size_t header = 1;
    if (first >= 192 && first < 255) {
      if (area.size() < 2) return false;
      length = (std::size_t{first} - 192) * 256 + static_cast<unsigned char>(area[1]) + 192;
      header = 2;
    } else if (first == 255) {
      if (area.size() < 5) return false;
      length = number32(area.substr(1));
      header = 5;
    }
    if (length == 0 || length > area.size() - header) return false;
    const std::string_view body = area.substr(header + 1, length - 1);
    const int type = static_cast<unsigned char>(area[header]) & 0x7f;
    if (type == 2 && body.size() == 4) facts.made = number32(body);
    if (type == 16 && body.size() == 8 && facts.issuer.empty()) facts.issuer = ascii_upper(to_hex(body));
    if (type == 33 && body.size() >= 21) facts.issuer = ascii_upper(to_hex(body.substr(1)));
    area.remove_prefix(header + length);
  }
  return true;
}

std::optional<SignatureFacts> read_signature(std::string_view body) {
  if (body.size() < 10) return {};
  SignatureFacts facts;
  const auto version = static_cast<unsigned char>(body[0]);
  if (version == 3 && body.size() >= 19) {
    facts.type = static_cast<unsigned char>(body[2]);
    facts.made = number32(body.substr(3));
    facts.issuer = ascii_upper(to_hex(body.substr(7, 8)));
    return facts;
  }
  if (version != 4 && version != 6) return {};
  facts.type = static_cast<unsigned char>(body[1]);
  std::string_view rest = body.substr(4);
  for (int area = 0; area < 2; ++area) {
    const std::size_t width = version == 6 ? 4 : 2;
    if (rest.size() < width) return {};
    const std::size_t length = version == 6 ? number32(rest) : number16(rest);
    if (length > rest.size() - width || !read_subpackets(rest.substr(width, length), facts)) return {};
    rest.remove_prefix(width + length);
  }
  return facts;
}

bool is_by(const SignatureFacts& signature, const std::string& fingerprint) {
  if (signature.issuer == fingerprint) return true;
  if (signature.issuer.size() != 16) return false;
  // The key id is the end of a v4 fingerprint, the beginning of a v6 one.
  return fingerprint.size() == 40 ? fingerprint.ends_with(signature.issuer)
                                  : fingerprint.starts_with(signature.issuer);
}

bool is_revocation(unsigned type) {
  return type == 0x20 || type == 0x28 || type == 0x30;
}

// A key, user id or subkey with the signatures that the key itself made over it.
struct Component {
  int tag = 0;
  std::string_view packet;
  std::string_view body;
  struct Kept {
    bool revocation = false;
    std::uint32_t made = 0;
    std::string_view packet;
  };
  std::vector<Kept> signatures;
};

bool fits(int tag, unsigned type) {
  if (tag == tag_user_id) return (type >= 0x10 && type <= 0x13) || type == 0x30;
  if (tag == tag_public_subkey) return type == 0x18 || type == 0x28;
  return type == 0x1f || type == 0x20;
}

void keep_signature(Component& component, const Packet& packet, const std::string& fingerprint,
                    std::size_t limit) {
  if (packet.whole.size() > packet_limit || !packet.complete) return;
  const auto facts = read_signature(packet.body);
  if (!facts || !fits(component.tag, facts->type) || !is_by(*facts, fingerprint)) return;
  auto& kept = component.signatures;
  kept.push_back({is_revocation(facts->type), facts->made, packet.whole});
  // Revocations stay in front of whatever pretends to be newer.
  std::stable_sort(kept.begin(), kept.end(), [](const auto& a, const auto& b) {
    return a.revocation != b.revocation ? a.revocation : a.made > b.made;
  });
  if (kept.size() > limit) kept.pop_back();
}

// Reads one certificate after the other out of a row of packets.
class Collector {
public:
  Collector(std::string_view prefer_address, std::vector<Certificate>& found,
            std::size_t signatures = signatures_each)
      : prefer_(ascii_lower(prefer_address)), found_(found), signatures_(signatures) {}

  Result<void> read(std::string_view binary) {
    PacketReader reader(binary);
    while (const auto packet = reader.next()) {
      if (packet->tag == tag_secret_key || packet->tag == tag_secret_subkey) {
        return fail(ErrorKind::refused, "the data holds a secret key", "export the public certificate only");
      }
      if (found_.size() >= certificates_limit) return {};
      take(*packet);
    }
    finish();
    return {};
  }

private:
  void take(const Packet& packet) {
    switch (packet.tag) {
    case tag_public_key:
      finish();
      begin(packet);
      break;
    case tag_user_id:
    case tag_public_subkey:
      if (open_) add(packet);
      break;
    case tag_signature:
      if (open_ && current_ >= 0) {
        keep_signature(components_[static_cast<std::size_t>(current_)], packet, fingerprint_, signatures_);
      }
      break;
    case tag_user_attribute:
      current_ = -1; // a picture: it goes, with what follows it
      break;
    default:
      break;
    }
  }

  void begin(const Packet& packet) {
    const auto fingerprint = fingerprint_of(packet.body);
    open_ = fingerprint.has_value() && packet.complete && packet.whole.size() <= packet_limit;
    if (!open_) return;
    fingerprint_ = *fingerprint;
    add(packet);
  }

  void add(const Packet& packet) {
    const std::size_t limit = packet.tag == tag_user_id ? user_ids_looked_at : subkeys_limit;
    std::size_t& count = packet.tag == tag_user_id ? user_ids_ : subkeys_;
    const bool key = packet.tag == tag_public_key;
    if (!packet.complete || packet.whole.size() > packet_limit || (!key && count >= limit)) {
      current_ = -1;
      return;
    }
    if (!key) ++count;
    current_ = static_cast<int>(components_.size());
    components_.push_back({packet.tag, packet.whole, packet.body, {}});
  }

  void finish() {
    if (open_ && found_.size() < certificates_limit) found_.push_back(build());
    open_ = false;
    components_.clear();
    current_ = -1;
    user_ids_ = subkeys_ = 0;
  }

  bool preferred(const Component& user_id) const {
    return !prefer_.empty() && address_in_user_id(user_id.body) == prefer_;
  }

  Certificate build() const {
    Certificate certificate;
    certificate.fingerprint = fingerprint_;
    append(certificate.blob, components_.front());
    std::vector<const Component*> user_ids;
    for (const auto& component : components_) {
      if (component.tag == tag_user_id && !component.signatures.empty()) user_ids.push_back(&component);
    }
    std::stable_partition(user_ids.begin(), user_ids.end(),
                          [this](const auto* id) { return preferred(*id); });
    if (user_ids.size() > user_ids_limit) user_ids.resize(user_ids_limit);
    for (const auto* user_id : user_ids) {
      if (!append(certificate.blob, *user_id)) continue;
      const std::string address = address_in_user_id(user_id->body);
      auto& known = certificate.addresses;
      if (!address.empty() && std::find(known.begin(), known.end(), address) == known.end()) {
        known.push_back(address);
      }
    }
    for (const auto& component : components_) {
      if (component.tag == tag_public_subkey && !component.signatures.empty())
        append(certificate.blob, component);
    }
    return certificate;
  }

  static bool append(std::string& blob, const Component& component) {
    std::size_t size = component.packet.size();
    for (const auto& signature : component.signatures)
      size += signature.packet.size();
    if (blob.size() + size > blob_limit) return false;
    blob += component.packet;
    for (const auto& signature : component.signatures)
      blob += signature.packet;
    return true;
  }

  std::string prefer_;
  std::vector<Certificate>& found_;
  std::size_t signatures_;
  std::vector<Component> components_;
  std::string fingerprint_;
  bool open_ = false;
  int current_ = -1;
  std::size_t user_ids_ = 0;
  std::size_t subkeys_ = 0;
};

// A key, user id or subkey, and the signatures that follow it.
struct Group {
  std::string_view subject;
  std::vector<std::string_view> signatures;
};

std::vector<Group> groups_in(std::string_view binary) {
  std::vector<Group> groups;
  PacketReader reader(binary);
  while (const auto packet = reader.next()) {
    if (packet->tag != tag_signature)
      groups.push_back({packet->whole, {}});
    else if (!groups.empty())
      groups.back().signatures.push_back(packet->whole);
  }
  return groups;
}

void add_missing(Group& known, const Group& fresh, std::size_t limit) {
  for (const auto signature : fresh.signatures) {
    auto& all = known.signatures;
    if (all.size() < limit && std::find(all.begin(), all.end(), signature) == all.end())
      all.push_back(signature);
  }
}

} // namespace

std::string address_in_user_id(std::string_view user_id) {
  if (user_id.ends_with('>')) {
    const auto open = user_id.rfind('<');
    if (open == std::string_view::npos) return {};
    user_id = user_id.substr(open + 1, user_id.size() - open - 2);
  }
  const auto at = user_id.find('@');
  const bool odd = std::any_of(user_id.begin(), user_id.end(), [](char c) {
    return static_cast<unsigned char>(c) <= 0x20 || c == '<' || c == '>' || c == ',' || c == '"' || c == 0x7f;
  });
  if (at == 0 || at == std::string_view::npos || at + 1 == user_id.size() || odd || user_id.size() > 320)
    return {};
  if (user_id.find('@', at + 1) != std::string_view::npos || !is_valid_utf8(user_id)) return {};
  return ascii_lower(user_id);
}

Result<std::vector<Certificate>> read_certificates(std::string_view data, std::string_view prefer_address) {
  if (data.size() > 2 * input_limit) {
    return fail(ErrorKind::too_big, fmt::format("certificates of more than {} bytes", input_limit));
  }
  std::vector<Certificate> found;
  Collector collector(prefer_address, found);
  if (!is_armoured(data)) {
    TRY(collector.read(data));
    return found;
  }
  for (std::size_t blocks = 0; blocks < armoured_blocks && is_armoured(data); ++blocks) {
    TRY_ASSIGN(const auto block, read_armour(data, input_limit));
    if (block.label.find("PRIVATE KEY") != std::string::npos) {
      return fail(ErrorKind::refused, "the data holds a secret key", "export the public certificate only");
    }
    TRY(collector.read(block.bytes));
    data = block.rest;
  }
  return found;
}

Result<std::vector<Certificate>> read_merged_certificates(std::string_view data) {
  std::vector<Certificate> found;
  Collector collector({}, found, signatures_merged);
  TRY(collector.read(data));
  return found;
}

std::string merge_certificates(std::string_view known, std::string_view fresh, std::size_t signatures) {
  auto groups = groups_in(known);
  const auto others = groups_in(fresh);
  if (groups.empty() || others.empty() || groups.front().subject != others.front().subject)
    return std::string(known);
  for (const auto& other : others) {
    const auto same = std::find_if(groups.begin(), groups.end(),
                                   [&](const Group& group) { return group.subject == other.subject; });
    if (same != groups.end())
      add_missing(*same, other, signatures);
    else
      groups.push_back(other);
  }
  std::string merged;
  for (const auto& group : groups) {
    std::size_t size = group.subject.size();
    for (const auto signature : group.signatures)
      size += signature.size();
    if (merged.size() + size > blob_limit) continue;
    merged += group.subject;
    for (const auto signature : group.signatures)
      merged += signature;
  }
  return merged;
}

} // namespace cvdesk::openpgp
