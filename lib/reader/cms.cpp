#include "reader/cms.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>

namespace cvdesk::reader {

namespace {

// X.690: what of BER stands in front of the content of CMS.
constexpr unsigned integer = 0x02;
constexpr unsigned octets = 0x04;
constexpr unsigned octets_in_pieces = 0x24;
constexpr unsigned object_id = 0x06;
constexpr unsigned sequence = 0x30;
constexpr unsigned set = 0x31;
constexpr unsigned explicit_0 = 0xa0;

// 1.2.840.113549.1.7 and 1.2.840.113549.1.9.16.1
constexpr std::string_view pkcs7("\x2a\x86\x48\x86\xf7\x0d\x01\x07", 8);
constexpr std::string_view smime_type("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01", 10);

struct Element {
  unsigned tag = 0;
  std::optional<std::size_t> length; // unset: until an end-of-contents
};

class Ber {
public:
  explicit Ber(std::string_view data) : rest_(data) {}

  // Takes the next tag and length.
  std::optional<Element> next() {
    if (rest_.size() < 2) return {};
    const auto tag = static_cast<unsigned char>(rest_[0]);
    const auto first = static_cast<unsigned char>(rest_[1]);
    if ((tag & 0x1fu) == 0x1f) return {}; // no tag of CMS is as high as that
    rest_.remove_prefix(2);
    if (first < 0x80) return Element{tag, first};
    if (first == 0x80) return Element{tag, {}};
    const std::size_t bytes = first & 0x7fu;
    if (bytes > 4 || bytes > rest_.size()) return {};
    std::uint32_t length = 0;
    for (const char c : rest_.substr(0, bytes))
      length = length << 8 | static_cast<unsigned char>(c);
    rest_.remove_prefix(bytes);
    return Element{tag, length};
  }

  bool enter(unsigned tag) {
    const auto element = next();
    return element && element->tag == tag;
  }

  std::optional<std::string_view> take(std::size_t length) {
    if (length > rest_.size()) return {};
    const std::string_view taken = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return taken;
  }

  // Past one element, however its length is given.
  bool skip(unsigned tag) {
    const auto element = next();
    if (!element || element->tag != tag) return false;
    if (element->length) return take(*element->length).has_value();
    for (std::size_t open = 1; open > 0;) {
      const auto inner = next();
      if (!inner) return false;
      if (inner->tag == 0 && inner->length == 0)
        --open;
      else if (!inner->length)
        ++open;
      else if (!take(*inner->length))
        return false;
    }
    return true;
  }

  std::optional<std::string_view> object_identifier() {
    const auto element = next();
    if (!element || element->tag != object_id || !element->length) return {};
    return take(*element->length);
  }

  // One string of octets: whole, or in pieces until they end.
  std::optional<std::string> octet_string() {
    const auto element = next();
    if (!element) return {};
    if (element->tag == octets && element->length) {
      const auto whole = take(*element->length);
      return whole ? std::optional<std::string>(*whole) : std::nullopt;
    }
    if (element->tag != octets_in_pieces) return {};
    const std::size_t end = element->length ? rest_.size() - std::min(rest_.size(), *element->length) : 0;
    std::string joined;
    while (!element->length || rest_.size() > end) {
      const auto piece = next();
      if (!piece || !piece->length) return {};
      if (piece->tag == 0 && !element->length) return joined;
      const auto bytes = take(*piece->length);
      if (piece->tag != octets || !bytes) return {};
      joined += *bytes;
    }
    return joined;
  }

private:
  std::string_view rest_;
};

Cms::Kind kind_of(std::string_view type) {
  if (type.starts_with(pkcs7) && type.size() == pkcs7.size() + 1) {
    if (type.back() == 2) return Cms::Kind::signed_data;
    return type.back() == 3 || type.back() == 4 ? Cms::Kind::enveloped : Cms::Kind::other;
  }
  if (!type.starts_with(smime_type) || type.size() != smime_type.size() + 1) return Cms::Kind::none;
  if (type.back() == 9) return Cms::Kind::compressed;
  return type.back() == 23 ? Cms::Kind::enveloped : Cms::Kind::other;
}

} // namespace

Cms read_cms(std::string_view data) {
  Cms cms;
  Ber ber(data);
  if (!ber.enter(sequence)) return cms;
  const auto type = ber.object_identifier();
  if (!type) return cms;
  cms.kind = kind_of(*type);
  if (cms.kind != Cms::Kind::signed_data) return cms;
  const bool at_content = ber.enter(explicit_0) && ber.enter(sequence) && ber.skip(integer) &&
                          ber.skip(set) && ber.enter(sequence) && ber.object_identifier() &&
                          ber.enter(explicit_0);
  if (!at_content) return cms;
  cms.content = ber.octet_string().value_or(std::string());
  return cms;
}

} // namespace cvdesk::reader
