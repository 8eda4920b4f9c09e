#include "reader/render.hpp"

#include "core/text.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace cvdesk::reader {

namespace {

constexpr std::size_t little_text = 600;

std::string label_of(const Covers& covers, int layer, bool any_encrypted, bool any_signed) {
  std::vector<std::string> words;
  if (any_encrypted) words.emplace_back(covers.decrypted(layer) ? "encrypted" : "not encrypted");
  if (any_signed)
    words.emplace_back(covers.signing_layer(layer) >= 0 ? "with a signature" : "without a signature");
  return fmt::format("[{}]", join(words, ", "));
}

} // namespace

std::vector<const Segment*> shown_segments(const Walked& walked) {
  std::size_t own = 0;
  for (const auto& segment : walked.segments) {
    if (!segment.is_file) own += segment.text.size();
  }
  std::vector<const Segment*> shown;
  for (const auto& segment : walked.segments) {
    if (!segment.is_file || own < little_text) shown.push_back(&segment);
  }
  return shown;
}

std::string render(const Covers& covers, const std::vector<const Segment*>& segments) {
  bool any_encrypted = false;
  bool any_signed = false;
  bool differ = false;
  for (const auto* segment : segments) {
    any_encrypted |= covers.decrypted(segment->layer);
    any_signed |= covers.signing_layer(segment->layer) >= 0;
    differ |= segment->layer != segments.front()->layer;
  }
  std::string text;
  int last = -1;
  for (const auto* segment : segments) {
    if (!text.empty()) text += text.ends_with('\n') ? "\n" : "\n\n";
    if (differ && segment->layer != last) {
      text += label_of(covers, segment->layer, any_encrypted, any_signed) + "\n\n";
      last = segment->layer;
    }
    text += segment->text;
  }
  return text;
}

} // namespace cvdesk::reader
