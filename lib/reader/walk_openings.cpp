#include "reader/walker.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace cvdesk::reader {

namespace {

using openpgp::Decryption;
using openpgp::Request;

constexpr std::size_t opened_limit = 16; // pieces of OpenPGP in one mail
constexpr std::size_t layer_depth = 4;

// RFC 3156, 5: every line end becomes CRLF before a signature is checked.
std::string with_crlf(std::string_view bytes) {
  std::string canonical;
  canonical.reserve(bytes.size() + bytes.size() / 32);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (bytes[i] == '\n' && (i == 0 || bytes[i - 1] != '\r')) canonical.push_back('\r');
    canonical.push_back(bytes[i]);
  }
  return canonical;
}

} // namespace

const openpgp::Opened* Walker::opening_at(const std::string& path) const {
  if (task_.openings == nullptr) return nullptr;
  for (const auto& opening : *task_.openings) {
    if (opening.path == path) return &opening.opened;
  }
  return nullptr;
}

std::string Walker::too_much(const Place& place) {
  if (walked_.covers.depth(place.layer) >= layer_depth) return "protection nested too deeply";
  return ++pieces_ > opened_limit ? "more encrypted or signed pieces than are opened" : "";
}

// What the engine made of it; null: it is pending, or one too many. `make_request` only where it is due.
const openpgp::Opened* Walker::verify(const Place& place, const std::function<Request()>& make_request) {
  if (const std::string why = too_much(place); !why.empty()) {
    note(why);
    return nullptr;
  }
  const auto* opened = opening_at(place.path);
  if (opened == nullptr) walked_.pending.push_back({place.path, make_request()});
  return opened;
}

// The same; null also where it stayed closed.
const openpgp::Opened* Walker::decrypt(const Place& place, bool is_body, const Made& make_data) {
  walked_.any_encrypted = true;
  if (const std::string why = too_much(place); !why.empty()) {
    walked_.closed.push_back({Decryption::failed, why, {}, is_body});
    return nullptr;
  }
  const auto* opened = opening_at(place.path);
  if (opened == nullptr) {
    walked_.pending.push_back({place.path, Request{Request::Kind::decrypt, make_data(), {}, {}}});
    walked_.closed.push_back({Decryption::failed, "not opened yet", {}, is_body});
    return nullptr;
  }
  const auto& verdict = opened->verdict;
  const bool not_encrypted = verdict.decryption == Decryption::none;
  if (verdict.decryption == Decryption::ok || (not_encrypted && !opened->cleartext.empty())) return opened;
  const Decryption why = not_encrypted ? Decryption::failed : verdict.decryption;
  walked_.closed.push_back({why, verdict.cause, verdict.key_ids, is_body});
  return nullptr;
}

int Walker::enter(const Place& place, const openpgp::Opened& opened) {
  if (!opened.verdict.cause.empty()) note(opened.verdict.cause);
  return walked_.covers.add(
      {place.layer, opened.verdict.decryption == Decryption::ok, opened.verdict.signature, place.forwarded});
}

// The first part says "Version: 1", the second is the ciphertext; some servers turn them round.
const mime::Part& Walker::ciphertext_of(const Item& item) const {
  const Part& second = child_of(item, 1);
  const bool turned = second.media_type == "application/pgp-encrypted" &&
                      child_of(item, 0).media_type != "application/pgp-encrypted";
  return turned ? child_of(item, 0) : second;
}

void Walker::open_encrypted(const Item& item) {
  const auto* opened = decrypt(
      item.place, true, [&] { return mime::decode_body(raw_of(item), ciphertext_of(item), content_limit); });
  if (opened == nullptr) return;
  Place inside = item.place;
  inside.layer = enter(item.place, *opened);
  if (auto next = entity_item(opened->cleartext, inside)) stack_.push_back(std::move(*next));
}

void Walker::check_signed(const Item& item) {
  const auto* opened = verify(item.place, [&] {
    return Request{Request::Kind::verify_detached,
                   with_crlf(child_of(item, 0).whole.in(raw_of(item))),
                   mime::decode_body(raw_of(item), child_of(item, 1), 1u << 20),
                   {}};
  });
  Place inside = item.place;
  inside.path += ".1";
  if (opened != nullptr) inside.layer = enter(item.place, *opened);
  stack_.push_back(part_item(item.entity, part_of(item).children[0], inside));
}

} // namespace cvdesk::reader
