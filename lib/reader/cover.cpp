#include "reader/cover.hpp"

#include <algorithm>
#include <set>

namespace cvdesk::reader {

using openpgp::Decryption;
using openpgp::SignatureState;

int Covers::add(Layer layer) {
  layers_.push_back(std::move(layer));
  return static_cast<int>(layers_.size()) - 1;
}

std::size_t Covers::depth(int layer) const {
  std::size_t depth = 0;
  for (; at(layer).parent >= 0; layer = at(layer).parent)
    ++depth;
  return depth;
}

bool Covers::decrypted(int layer) const {
  for (; layer >= 0; layer = at(layer).parent) {
    if (at(layer).decrypted) return true;
  }
  return false;
}

int Covers::signing_layer(int layer) const {
  int outermost = -1;
  for (; layer >= 0; layer = at(layer).parent) {
    if (at(layer).signature.state != SignatureState::none) outermost = layer;
  }
  return outermost;
}

namespace {

// The worst that happened is what has to be said.
int gravity(Decryption why) {
  switch (why) {
  case Decryption::refused:
    return 3;
  case Decryption::failed:
    return 2;
  case Decryption::no_key:
    return 1;
  default:
    return 0;
  }
}

void judge_decryption(Protection& protection, bool opened, const std::vector<Closed>& closed) {
  protection.encrypted = opened || std::any_of(closed.begin(), closed.end(),
                                               [](const Closed& one) { return one.why != Decryption::none; });
  if (opened) protection.decryption = Decryption::ok;
  const Closed* worst = nullptr;
  for (const auto& one : closed) {
    if (worst == nullptr || gravity(one.why) > gravity(worst->why)) worst = &one;
    for (const auto& id : one.key_ids) {
      auto& ids = protection.key_ids;
      if (ids.size() < 64 && std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(id);
    }
  }
  if (worst == nullptr) return;
  protection.cause = worst->cause;
  if (!opened || worst->why == Decryption::refused) protection.decryption = worst->why;
}

void judge_signature(Protection& protection, const Covers& covers, const std::set<int>& signing) {
  bool covers_all = signing.size() == 1;
  const openpgp::Signature* chosen = nullptr;
  for (const int layer : signing) {
    if (layer < 0) continue;
    if (covers.at(layer).forwarded) {
      protection.partial = true; // signed, but not as this mail, and not for it
      covers_all = false;
      continue;
    }
    const auto& signature = covers.at(layer).signature;
    // Where several stand side by side, one that is not good must not hide behind one that is.
    const bool worse =
        chosen != nullptr && chosen->state == SignatureState::good && signature.state != SignatureState::good;
    if (chosen == nullptr || worse) chosen = &signature;
  }
  if (chosen == nullptr) return;
  protection.signature = chosen->state;
  if (!chosen->fingerprint.empty()) protection.signer = chosen->fingerprint;
  if (covers_all) return;
  protection.partial = true;
  if (chosen->state == SignatureState::good) protection.signature = SignatureState::none;
}

} // namespace

Protection protection_of(const Covers& covers, const std::vector<int>& shown,
                         const std::vector<Closed>& closed) {
  Protection protection;
  bool opened = false;
  for (std::size_t layer = 0; layer < covers.size(); ++layer)
    opened |= covers.at(static_cast<int>(layer)).decrypted;
  judge_decryption(protection, opened, closed);

  std::set<int> signing;
  bool some_clear = false;
  for (const int layer : shown) {
    signing.insert(covers.signing_layer(layer));
    some_clear |= !covers.decrypted(layer);
  }
  judge_signature(protection, covers, signing);
  if (protection.encrypted && some_clear) protection.partial = true;
  return protection;
}

} // namespace cvdesk::reader
