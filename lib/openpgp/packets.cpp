#include "openpgp/packets.hpp"

#include "core/text.hpp"

#include <algorithm>
#include <limits>

namespace cvdesk::openpgp {

namespace {

constexpr std::size_t packet_limit = 256; // of one message, outermost

struct Length {
  std::size_t header = 0; // bytes of the length itself
  std::size_t value = 0;
  bool partial = false;
};

std::size_t big_endian(std::string_view bytes) {
  std::size_t value = 0;
  for (const char c : bytes)
    value = value << 8 | static_cast<unsigned char>(c);
  return value;
}

// RFC 4880, 4.2.2
std::optional<Length> new_length(std::string_view at) {
  if (at.empty()) return {};
  const auto first = static_cast<unsigned char>(at[0]);
  if (first < 192) return Length{1, first, false};
  if (first < 224) {
    if (at.size() < 2) return {};
    return Length{2, (std::size_t{first} - 192) * 256 + static_cast<unsigned char>(at[1]) + 192, false};
  }
  if (first < 255) return Length{1, std::size_t{1} << (first & 31u), true};
  if (at.size() < 5) return {};
  return Length{5, big_endian(at.substr(1, 4)), false};
}

// RFC 4880, 4.2.1
std::optional<Length> old_length(std::string_view at, unsigned type) {
  if (type == 3) return Length{0, at.size(), false};
  const std::size_t bytes = std::size_t{1} << type;
  if (at.size() < bytes) return {};
  return Length{bytes, big_endian(at.substr(0, bytes)), false};
}

bool may_be_partial(int tag) {
  return tag == tag_compressed || tag == tag_encrypted || tag == tag_literal || tag == tag_protected ||
         tag == tag_aead;
}

int version_of(const Packet& packet) {
  return packet.body.empty() ? -1 : static_cast<unsigned char>(packet.body.front());
}

// What a message may hold beside its substance.
bool is_filler(int tag) {
  return tag == tag_marker || tag == tag_padding;
}

// For whom a session key is: RFC 4880, 5.1 (version 3: a key id); RFC 9580, 5.1.2 (version 6: a fingerprint,
// of which a version 4 key's ends and a version 6 key's begins with the key id). Empty: it does not say.
std::string_view recipient_id(const Packet& packet) {
  const std::string_view body = packet.body;
  if (version_of(packet) == 6) {
    const std::size_t length = body.size() < 3 ? 0 : static_cast<unsigned char>(body[1]);
    if (length < 21 || body.size() < 2 + length) return {};
    const bool old = body[2] == 4;
    return old ? body.substr(2 + length - 8, 8) : body.substr(3, 8);
  }
  if (body.size() < 9) return {};
  const std::string_view id = body.substr(1, 8);
  return id == std::string_view("\0\0\0\0\0\0\0\0", 8) ? std::string_view() : id;
}

void note_recipient_id(const Packet& packet, Survey& found) {
  const std::string_view id = recipient_id(packet);
  if (id.empty() || found.key_ids.size() >= session_key_limit) return;
  const std::string text = ascii_upper(to_hex(id));
  auto& ids = found.key_ids;
  if (std::find(ids.begin(), ids.end(), text) == ids.end()) ids.push_back(text);
}

using Shape = Survey::Shape;

// The encrypted packet that follows the session keys.
Shape shape_of_container(const Packet& packet) {
  if (packet.tag == tag_encrypted) return Shape::unprotected;
  return version_of(packet) == 1 ? Shape::encrypted : Shape::unsupported;
}

} // namespace

std::optional<Packet> PacketReader::next() {
  if (rest_.empty() || broken_) return {};
  const auto first = static_cast<unsigned char>(rest_.front());
  const bool modern = (first & 0x40u) != 0;
  Packet packet;
  packet.tag = modern ? first & 0x3f : (first >> 2) & 0x0f;
  auto length = modern ? new_length(rest_.substr(1)) : old_length(rest_.substr(1), first & 3u);
  if ((first & 0x80u) == 0 || packet.tag == 0 || !length ||
      (length->partial && !may_be_partial(packet.tag))) {
    broken_ = true;
    return {};
  }
  std::size_t at = 1 + length->header;
  packet.body = rest_.substr(at, length->value);
  while (length->partial && length->value <= rest_.size() - at) {
    at += length->value;
    length = new_length(rest_.substr(at));
    if (!length) break;
    at += length->header;
  }
  packet.complete = length && length->value <= rest_.size() - at;
  at = packet.complete ? at + length->value : rest_.size();
  packet.whole = rest_.substr(0, at);
  rest_.remove_prefix(at);
  return packet;
}

Survey survey(std::string_view binary) {
  Survey found;
  PacketReader reader(binary);
  std::size_t count = 0;
  std::size_t signatures = 0;
  bool unsupported = false;
  bool clear = false;
  std::optional<Shape> container;
  while (const auto packet = reader.next()) {
    if (++count > packet_limit) {
      found.shape = Shape::too_complex;
      return found;
    }
    if (is_filler(packet->tag)) continue;
    if (container) {
      found.shape = Shape::several;
      return found;
    }
    switch (packet->tag) {
    case tag_public_key_session_key:
      note_recipient_id(*packet, found);
      if (version_of(*packet) > 3) {
        unsupported = true;
      } else {
        ++found.recipients;
        if (packet->body.size() >= 9 && recipient_id(*packet).empty()) ++found.anonymous;
      }
      break;
    case tag_passphrase_session_key:
      ++found.passphrases;
      break;
    case tag_encrypted:
    case tag_protected:
    case tag_aead:
      container = shape_of_container(*packet);
      break;
    case tag_signature:
      ++signatures;
      break;
    case tag_one_pass_signature:
      ++signatures;
      clear = true;
      break;
    case tag_literal:
    case tag_compressed:
      clear = true;
      break;
    case tag_public_key:
    case tag_secret_key:
      found.shape = count == 1 ? Shape::key : Shape::several;
      return found;
    default:
      found.shape = Shape::several;
      return found;
    }
  }

  const std::size_t keys = found.recipients + found.passphrases;
  if (keys > session_key_limit || found.anonymous > anonymous_limit || signatures > 2 * signature_limit) {
    found.shape = Shape::too_complex;
  } else if (container) {
    found.shape = clear || signatures != 0 ? Shape::several : *container;
    // A message for many may hold old and new session keys side by side; the container decides.
    if (found.shape == Shape::encrypted && unsupported && keys == 0) found.shape = Shape::unsupported;
  } else if (keys != 0 || unsupported) {
    found.shape = Shape::several; // session keys and nothing that they open
  } else if (clear) {
    // Each one-pass signature has its signature after the data: counted twice above.
    found.shape = Shape::clear;
  } else if (signatures != 0) {
    found.shape = signatures > signature_limit ? Shape::too_complex : Shape::signatures;
  }
  if (reader.broken() && found.shape != Shape::nothing && found.shape != Shape::too_complex) {
    found.shape = Shape::several;
  }
  return found;
}

std::string without_passphrases(std::string_view binary) {
  std::string kept;
  kept.reserve(binary.size());
  PacketReader reader(binary);
  while (const auto packet = reader.next()) {
    if (packet->tag != tag_passphrase_session_key) kept += packet->whole;
  }
  return kept;
}

std::string readable_signatures(std::string_view binary) {
  std::string kept;
  PacketReader reader(binary);
  while (const auto packet = reader.next()) {
    const int version = version_of(*packet);
    if (packet->tag == tag_signature && packet->complete && version >= 2 && version <= 4)
      kept += packet->whole;
  }
  return kept;
}

} // namespace cvdesk::openpgp
