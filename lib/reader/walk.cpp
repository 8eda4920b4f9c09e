#include "core/text.hpp"
#include "openpgp/certificate.hpp"
#include "openpgp/packets.hpp"
#include "reader/fields.hpp"
#include "reader/walker.hpp"

#include <fmt/core.h>
#include <sodium.h>

#include <algorithm>
#include <array>

namespace cvdesk::reader {

namespace {

constexpr std::size_t attachment_limit = 500;
constexpr std::size_t certificate_bytes = 1u << 20;
constexpr std::size_t certificate_limit = 16;
constexpr std::string_view forwarded_line = "---------- Forwarded message ----------\n";

std::string sha256_of(std::string_view bytes) {
  std::array<unsigned char, crypto_hash_sha256_BYTES> digest{};
  crypto_hash_sha256(digest.data(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  return to_hex({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

// RFC 3156, 4: the part that says "Version: 1" and nothing else.
bool is_control(std::string_view raw, const mime::Part& part) {
  const std::string content = mime::decode_body(raw, part, 4096);
  if (has_pgp_content(content) || openpgp::survey(content).shape != openpgp::Survey::Shape::nothing)
    return false;
  return content.size() < 1024;
}

} // namespace

std::string_view parameter(const mime::Part& part, const std::string& name) {
  const auto found = part.parameters.find(name);
  return found == part.parameters.end() ? std::string_view() : std::string_view(found->second);
}

std::string forwarded_header(const mime::Header& header) {
  std::string text(forwarded_line);
  for (const auto* name : {"From", "Date", "Subject", "To", "Message-ID"}) {
    if (const auto body = header.first(name)) {
      text += fmt::format("{}: {}\n", name, shorten(mime::decode_unstructured(*body), 1000));
    }
  }
  return text;
}

Result<Walked> Walker::run() {
  TRY_ASSIGN(auto message, mime::parse(task_.raw, task_.limits));
  walked_.outer = message.header();
  walked_.root_type = message.parts.front().media_type;
  walked_.defects = std::move(message.defects);
  entities_.push_back({task_.raw, std::move(message)});
  Place top;
  top.path = "1";
  top.at_the_top = true;
  stack_.push_back(part_item(0, 0, top));
  while (!stack_.empty()) {
    const Item item = std::move(stack_.back());
    stack_.pop_back();
    if (item.kind == Item::Kind::part)
      read_part(item);
    else if (item.kind == Item::Kind::text)
      read_text(item);
    else
      add_segment(item.text, item.place.layer);
  }
  check_files();
  return std::move(walked_);
}

Item Walker::part_item(std::size_t entity, int part, Place place) {
  Item item;
  item.entity = entity;
  item.part = part;
  item.place = std::move(place);
  return item;
}

const mime::Part& Walker::part_of(const Item& item) const {
  return entities_[item.entity].message.parts[static_cast<std::size_t>(item.part)];
}

const mime::Part& Walker::child_of(const Item& item, std::size_t number) const {
  return entities_[item.entity].message.parts[static_cast<std::size_t>(part_of(item).children[number])];
}

void Walker::read_part(const Item& item) {
  const Part& part = part_of(item);
  if (item.place.at_the_top && item.place.layer != 0) note_protected_header(part, item.place.layer);
  if (part.is_multipart()) return read_multipart(item, part);
  if (!part.children.empty()) return read_message(item, part);
  read_leaf(item, part);
}

void Walker::read_multipart(const Item& item, const Part& part) {
  const bool pair = part.children.size() == 2 && part.closed;
  if (part.media_type == "multipart/encrypted") {
    if (pair) return open_encrypted(item);
    walked_.any_encrypted = true;
    defect("multipart/encrypted without exactly two parts and an end");
  }
  if (part.media_type == "multipart/signed") {
    const std::string& type = pair ? child_of(item, 1).media_type : part.media_type;
    if (type == "application/pgp-signature") return check_signed(item);
    if (type == "application/pkcs7-signature" || type == "application/x-pkcs7-signature") {
      walked_.smime = true;
      note("signed with S/MIME, which is not checked");
      Place inside = item.place;
      inside.path += ".1";
      stack_.push_back(part_item(item.entity, part.children[0], inside));
      return;
    }
    defect("multipart/signed without exactly two parts and an end");
  }
  push_children(item, part);
}

void Walker::push_children(const Item& item, const Part& part) {
  Place place = item.place;
  // A server that rewrote PGP/MIME as multipart/mixed left the payload at the top all the same.
  const bool mangled = std::any_of(part.children.begin(), part.children.end(), [&](int child) {
    return entities_[item.entity].message.parts[static_cast<std::size_t>(child)].media_type ==
           "application/pgp-encrypted";
  });
  place.at_the_top = item.place.at_the_top && mangled;
  if (part.media_type == "multipart/report") {
    place.returned = true;
    if (equal_ignoring_case(parameter(part, "report-type"), "delivery-status"))
      walked_.delivery_status = true;
  }
  if (part.media_type == "multipart/alternative") {
    place.in_alternative = true;
    place.plain = std::max(place.plain, readable_plain(item));
  }
  const std::size_t first = is_legacy_display(item, part) ? 1 : 0;
  for (std::size_t i = part.children.size(); i-- > first;) {
    place.path = fmt::format("{}.{}", item.place.path, i + 1);
    stack_.push_back(part_item(item.entity, part.children[i], place));
  }
}

// The first part of a protected multipart/mixed may be a copy of its header fields, for old mail programs.
bool Walker::is_legacy_display(const Item& item, const Part& part) const {
  if (item.place.layer == 0 || !item.place.at_the_top || part.children.size() < 2) return false;
  const Part& first = child_of(item, 0);
  return part.media_type == "multipart/mixed" && !parameter(part, "protected-headers").empty() &&
         !parameter(first, "protected-headers").empty() && !first.is_multipart();
}

std::size_t Walker::readable_plain(const Item& item) const {
  const auto& parts = entities_[item.entity].message.parts;
  const std::size_t depth = part_of(item).depth;
  std::size_t bytes = 0;
  for (auto i = static_cast<std::size_t>(item.part) + 1; i < parts.size() && parts[i].depth > depth; ++i) {
    if (parts[i].media_type != "text/plain" || parts[i].disposition == "attachment") continue;
    const std::string text = mime::decode_text(raw_of(item), parts[i], 256u << 10);
    if (!is_blank(text)) bytes += text.size();
  }
  return bytes;
}

void Walker::read_message(const Item& item, const Part& part) {
  const Part& inner = child_of(item, 0);
  if (item.place.returned) return note_returned(inner.header);
  Place place = item.place;
  place.path += ".1";
  // Header protection of before RFC 9788: the whole mail in a wrapper.
  const bool wrapper = item.place.at_the_top && item.place.layer != 0 && part.filename.empty() &&
                       equal_ignoring_case(parameter(part, "forwarded"), "no");
  if (wrapper) {
    walked_.protected_header = ProtectedHeader{inner.header, item.place.layer};
    stack_.push_back(part_item(item.entity, part.children[0], std::move(place)));
    return;
  }
  if (!part.filename.empty())
    add_attachment(part.filename, part.media_type, raw_body(item, part), item.place);
  place.at_the_top = place.in_alternative = false;
  place.forwarded = true;
  place.plain = 0;
  add_segment(forwarded_header(inner.header), place.layer);
  stack_.push_back(part_item(item.entity, part.children[0], place));
}

void Walker::note_returned(const mime::Header& header) {
  for (const auto* name : {"Message-ID", "In-Reply-To", "References"}) {
    for (auto& id : message_ids_of(header, name)) {
      auto& ids = walked_.returned_message_ids;
      if (ids.size() < 200 && std::find(ids.begin(), ids.end(), id) == ids.end())
        ids.push_back(std::move(id));
    }
  }
  for (const auto* name : {"From", "To", "Subject"}) {
    if (const auto body = header.first(name)) {
      walked_.returned_header +=
          fmt::format("{}: {}\n", name, shorten(mime::decode_unstructured(*body), 1000));
    }
  }
}

// The fields of each recipient stand in a block of their own (RFC 3464, 2.1): the worst action counts.
void Walker::note_delivery(const Item& item, const Part& part) {
  walked_.delivery_status = true;
  const std::string body = mime::decode_body(raw_of(item), part, 64u << 10);
  for (const auto line : split(body, '\n')) {
    if (!starts_with_ignoring_case(line, "Action:")) continue;
    const std::string action = ascii_lower(trim(line.substr(7)));
    if (action == "failed" || walked_.delivery_action.empty()) walked_.delivery_action = shorten(action, 40);
  }
}

void Walker::read_leaf(const Item& item, const Part& part) {
  const std::string& type = part.media_type;
  if (item.place.returned &&
      (type == "text/rfc822-headers" || type == "message/delivery-status" ||
       type == "message/disposition-notification" || type == "message/feedback-report")) {
    return read_returned_leaf(item, part);
  }
  if (type == "application/pgp-encrypted" && is_control(raw_of(item), part)) return;
  if (type == "text/rfc822-headers" && !parameter(part, "protected-headers").empty()) return; // shown already
  const bool file =
      part.disposition == "attachment" || (!part.filename.empty() && !type.starts_with("text/"));
  const bool readable =
      type == "text/plain" || type == "text/html" || type == "text/markdown" || type == "text/enriched";
  if (readable && !file && !has_pgp_suffix(part.filename)) {
    if (!part.filename.empty())
      add_attachment(part.filename, type, mime::decode_body(raw_of(item), part, content_limit), item.place);
    if (type == "text/html") return read_html(item, part);
    return read_plain(item, part);
  }
  // Another rendering of what is shown already (text/calendar, text/x-amp-html, ...).
  if (item.place.in_alternative && !file && type.starts_with("text/") && part.filename.empty()) return;
  read_file(item, part);
}

void Walker::read_returned_leaf(const Item& item, const Part& part) {
  if (part.media_type == "message/delivery-status") note_delivery(item, part);
  if (part.media_type != "text/rfc822-headers") return;
  const std::string body = mime::decode_body(raw_of(item), part, 256u << 10) + "\n\n";
  if (const auto header = mime::parse_header(body, task_.limits)) note_returned(*header);
}

std::optional<Item> Walker::entity_item(std::string_view bytes, Place place) {
  auto message = mime::parse(bytes, task_.limits);
  if (!message) {
    defect("inside: " + message.error().what);
    return {};
  }
  for (auto& what : message->defects)
    defect("inside: " + what);
  entities_.push_back({bytes, std::move(*message)});
  place.path += ">1";
  place.in_alternative = false;
  place.plain = 0;
  return part_item(entities_.size() - 1, 0, std::move(place));
}

void Walker::note_protected_header(const Part& part, int layer) {
  const bool marked =
      !parameter(part, "hp").empty() || equal_ignoring_case(parameter(part, "protected-headers"), "v1");
  if (marked) walked_.protected_header = ProtectedHeader{part.header, layer};
}

void Walker::defect(std::string what) {
  if (walked_.defects.size() < 100) walked_.defects.push_back(std::move(what));
}

void Walker::note(std::string what) {
  auto& notes = walked_.notes;
  if (notes.size() < 20 && std::find(notes.begin(), notes.end(), what) == notes.end())
    notes.push_back(std::move(what));
}

void Walker::add_segment(std::string_view text, int layer) {
  if (is_blank(text)) return;
  const std::size_t left = text_limit - std::min(text_limit, shown_);
  if (left == 0) return;
  const bool cut = text.size() > left;
  std::string kept = cut ? shorten(text, left).append(cut_notice) : std::string(text);
  if (cut) defect("more text than is shown");
  shown_ = cut ? text_limit : shown_ + kept.size();
  walked_.segments.push_back({std::move(kept), layer, false});
}

bool Walker::add_attachment(const std::string& name, const std::string& type, std::string_view content,
                            const Place& place) {
  if (walked_.attachments.size() >= attachment_limit) {
    defect("more attachments than are listed");
    return false;
  }
  Attachment attachment;
  attachment.id = static_cast<int>(walked_.attachments.size()) + 1;
  attachment.filename = name;
  attachment.media_type = type;
  attachment.size = content.size();
  attachment.sha256 = sha256_of(content);
  if (attachment.id == wanted_) walked_.wanted = std::string(content);
  walked_.attachments.push_back(std::move(attachment));
  walked_.attachment_layers.push_back(place.layer);
  return true;
}

void Walker::offer(std::string_view data) {
  if (data.size() > certificate_bytes) return;
  const auto found = openpgp::read_certificates(data, single_sender(walked_.outer));
  if (!found) return defect("certificate: " + found.error().what);
  for (const auto& certificate : *found) {
    auto& known = walked_.certificates;
    const bool twice = std::any_of(known.begin(), known.end(),
                                   [&](const auto& one) { return one.blob == certificate.blob; });
    if (twice || known.size() >= certificate_limit) continue;
    known.push_back({KeyOrigin::attached, certificate.fingerprint, certificate.addresses, certificate.blob});
  }
}

Result<Walked> walk(const Task& task, int wanted_attachment) {
  return Walker(task, wanted_attachment).run();
}

} // namespace cvdesk::reader
