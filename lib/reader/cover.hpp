// What protects a piece of a mail: layers of signatures and encryption around it, and what they come to for
// the mail as a whole (contract, `protection`).
#pragma once

#include "openpgp/verdict.hpp"
#include "reader/inspection.hpp"

#include <optional>
#include <string>
#include <vector>

namespace cvdesk::reader {

// One layer. Layer 0 is the bare mail.
struct Layer {
  int parent = -1;
  bool decrypted = false;
  openpgp::Signature signature; // none: this layer only encrypts
  bool forwarded = false;       // inside a message that the mail passes on: its signature is not the mail's
};

// Data that stayed closed. why: none where it is not encrypted, only wrapped in a way that is not read.
struct Closed {
  openpgp::Decryption why = openpgp::Decryption::failed;
  std::string cause;
  std::vector<std::string> key_ids;
  bool is_body = true; // false: a file beside the text
};

class Covers {
public:
  Covers() { layers_.emplace_back(); }
  int add(Layer layer);
  std::size_t depth(int layer) const;

  bool decrypted(int layer) const;
  // The outermost signature over this layer: it decides. -1: none.
  int signing_layer(int layer) const;
  const Layer& at(int layer) const { return layers_[static_cast<std::size_t>(layer)]; }
  std::size_t size() const { return layers_.size(); }

private:
  std::vector<Layer> layers_;
};

// `shown`: the layer of each piece of text that is shown (or of the attachments where there is no text).
Protection protection_of(const Covers& covers, const std::vector<int>& shown,
                         const std::vector<Closed>& closed);

} // namespace cvdesk::reader
