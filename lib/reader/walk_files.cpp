#include "core/text.hpp"
#include "openpgp/armour.hpp"
#include "openpgp/certificate.hpp"
#include "openpgp/packets.hpp"
#include "reader/absent.hpp"
#include "reader/blocks.hpp"
#include "reader/cms.hpp"
#include "reader/walker.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

namespace cvdesk::reader {

namespace {

using openpgp::Decryption;
using openpgp::Request;

constexpr std::size_t text_file_limit = 64u << 10;
constexpr std::size_t signature_bytes = 1u << 20;

bool is_text_file(std::string_view name) {
  return ends_with_ignoring_case(name, ".txt") || ends_with_ignoring_case(name, ".md");
}

// "report.pdf" of "report.pdf.sig"; empty where a name does not end like that of a signature.
std::string_view without_signature_suffix(std::string_view name) {
  constexpr std::array<std::string_view, 5> suffixes = {".sig", ".sign", ".asc", ".gpg", ".pgp"};
  for (const auto suffix : suffixes) {
    if (ends_with_ignoring_case(name, suffix)) return name.substr(0, name.size() - suffix.size());
  }
  return {};
}

std::string name_of(const mime::Part& part, const Place& place) {
  if (!part.filename.empty()) return part.filename;
  if (part.media_type == "application/ms-tnef") return "winmail.dat"; // Outlook's, though it was not said
  return fmt::format("part-{}", place.path);
}

bool holds_signature(std::string_view content) {
  const auto binary = openpgp::dearmour(content, signature_bytes);
  return binary && openpgp::survey(*binary).shape == openpgp::Survey::Shape::signatures;
}

void note_file_signature(Attachment& attachment, const openpgp::Signature& signature) {
  attachment.signature = signature.state;
  attachment.signer.reset();
  if (!signature.fingerprint.empty()) attachment.signer = signature.fingerprint;
}

} // namespace

bool ends_with_ignoring_case(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && equal_ignoring_case(text.substr(text.size() - end.size()), end);
}

bool has_pgp_suffix(std::string_view name) {
  return ends_with_ignoring_case(name, ".asc") || ends_with_ignoring_case(name, ".gpg") ||
         ends_with_ignoring_case(name, ".pgp");
}

bool is_smime(const mime::Part& part) {
  return part.media_type == "application/pkcs7-mime" || part.media_type == "application/x-pkcs7-mime" ||
         ends_with_ignoring_case(part.filename, ".p7m");
}

bool has_pgp_content(std::string_view bytes) {
  return bytes.substr(0, 4096).find("-----BEGIN PGP ") != std::string_view::npos;
}

bool begins_with_mime_fields(std::string_view bytes) {
  const std::string start = ascii_lower(bytes.substr(0, 4096));
  const auto first = start.find(':');
  if (first == std::string::npos || start.substr(0, first).find_first_of(" \t\r\n") != std::string::npos)
    return false;
  const auto end = std::min(start.find("\n\n"), start.find("\n\r\n"));
  const std::string_view header = std::string_view(start).substr(0, end);
  return header.starts_with("content-type:") || header.find("\ncontent-type:") != std::string_view::npos;
}

// Whatever it is called: session keys, then one encrypted packet that ends where the file ends.
bool is_encrypted_whole(std::string_view bytes) {
  return openpgp::survey(bytes).shape == openpgp::Survey::Shape::encrypted;
}

void Walker::read_file(const Item& item, const Part& part) {
  const std::string& type = part.media_type;
  std::string content = mime::decode_body(raw_of(item), part, content_limit);
  if (is_smime(part)) return read_smime(item, part, content);
  if (type == "message/rfc822" || type == "message/global")
    return read_encoded_message(item, part, std::move(content));
  const bool suffix = has_pgp_suffix(part.filename);
  const bool candidate = suffix || type == "application/octet-stream" ||
                         type.starts_with("application/pgp") || type == "text/plain";
  if (candidate && has_pgp_content(content) && openpgp::is_armoured(content)) {
    if (read_armoured_file(item, part, content)) return;
  } else if (suffix || type == "application/pgp-encrypted") {
    const auto shape = openpgp::survey(content).shape;
    using Shape = openpgp::Survey::Shape;
    if (shape == Shape::key)
      offer(content);
    else if (shape != Shape::nothing && shape != Shape::signatures)
      return open_file(item, part, std::move(content));
  } else if (type == "application/octet-stream" && is_encrypted_whole(content)) {
    return open_file(item, part, std::move(content));
  } else if (type == "application/pgp-keys") {
    offer(content);
  }
  if (type == "application/pgp-signature" && part.filename.empty()) return;
  list_file(item, part, content);
}

void Walker::list_file(const Item& item, const Part& part, const std::string& content) {
  const std::string name = name_of(part, item.place);
  add_segment(absent_content(part), item.place.layer);
  if (!add_attachment(name, part.media_type, content, item.place)) return;
  const bool named_like_one =
      part.media_type == "application/pgp-signature" || !without_signature_suffix(name).empty();
  const bool signature = named_like_one && content.size() <= signature_bytes && holds_signature(content);
  files_.push_back({walked_.attachments.size() - 1, item.entity, item.part, {}, signature, item.place});
  const bool text = part.media_type == "text/plain" || part.media_type == "text/markdown" ||
                    part.media_type == "message/partial" || is_text_file(part.filename);
  if (text && !signature && content.size() <= text_file_limit)
    add_file_text(mime::decode_text(raw_of(item), part, text_file_limit), item.place.layer);
}

void Walker::add_file_text(std::string text, int layer) {
  if (!is_blank(text)) walked_.segments.push_back({std::move(text), layer, true});
}

bool Walker::read_armoured_file(const Item& item, const Part& part, const std::string& content) {
  const auto blocks = find_blocks(content);
  if (blocks.empty()) return false;
  switch (blocks.front().kind) {
  case Block::Kind::certificate:
    offer(content);
    return false;
  case Block::Kind::message:
    open_file(item, part, content);
    return true;
  case Block::Kind::signed_text: {
    add_attachment(part.filename.empty() ? fmt::format("part-{}", item.place.path) : part.filename,
                   part.media_type, content, item.place);
    Item text;
    text.kind = Item::Kind::text;
    kept_.push_back(content);
    text.original = kept_.back();
    text.undecoded = content.size() > text_limit; // its end must not be cut off
    text.text = text.undecoded ? content : text_from(content, part.charset);
    text.charset = part.charset;
    text.place = item.place;
    read_text(text);
    return true;
  }
  }
  return false;
}

void Walker::open_file(const Item& item, const Part& part, std::string content) {
  const std::string inner_name =
      has_pgp_suffix(part.filename) ? part.filename.substr(0, part.filename.size() - 4) : part.filename;
  // "encrypted.asc" beside an application/pgp-encrypted part is the mail itself; "scan.pdf.gpg" is a file.
  const bool is_body = inner_name.find('.') == std::string::npos;
  const auto* opened = decrypt(item.place, is_body, [&] { return content; });
  if (opened == nullptr) {
    if (!part.filename.empty()) add_attachment(part.filename, part.media_type, content, item.place);
    return;
  }
  Place inside = item.place;
  // A file that is only signed does not pretend to be encrypted, as a mail would that is not.
  const bool only_signed = opened->verdict.decryption == Decryption::none && !is_body;
  inside.layer =
      only_signed
          ? walked_.covers.add({item.place.layer, false, opened->verdict.signature, item.place.forwarded})
          : enter(item.place, *opened);
  const std::string& cleartext = opened->cleartext;
  if (begins_with_mime_fields(cleartext)) {
    if (auto next = entity_item(cleartext, inside)) stack_.push_back(std::move(*next));
    return;
  }
  inside.at_the_top = false;
  const bool text = is_valid_utf8(cleartext) && cleartext.find('\0') == std::string::npos;
  if (is_body && text) {
    Item next;
    next.kind = Item::Kind::text;
    next.place = inside;
    next.place.path += ">1";
    next.text = text_from(cleartext, {});
    next.cut = cleartext.size() > text_limit;
    next.original = cleartext;
    stack_.push_back(std::move(next));
    return;
  }
  const std::string name = inner_name.empty() ? fmt::format("part-{}", item.place.path) : inner_name;
  if (!add_attachment(name, text ? "text/plain" : "application/octet-stream", cleartext, inside)) return;
  note_file_signature(walked_.attachments.back(), opened->verdict.signature);
  files_.push_back({walked_.attachments.size() - 1, 0, 0, cleartext, false, inside});
  if (text && is_text_file(inner_name) && cleartext.size() <= text_file_limit)
    add_file_text(text_from(cleartext, {}), inside.layer);
}

void Walker::read_smime(const Item& item, const Part& part, const std::string& content) {
  walked_.smime = true;
  const Cms cms = read_cms(content);
  const std::string declared = ascii_lower(parameter(part, "smime-type"));
  if (!cms.content.empty()) {
    kept_.push_back(cms.content);
    if (auto next = entity_item(kept_.back(), item.place)) {
      note("signed with S/MIME, which is not checked");
      stack_.push_back(std::move(*next));
      return;
    }
  }
  const bool wrapped =
      cms.kind == Cms::Kind::signed_data || cms.kind == Cms::Kind::compressed ||
      (cms.kind == Cms::Kind::none && (declared == "signed-data" || declared == "compressed-data"));
  if (declared == "certs-only") {
    note("S/MIME certificates, which are not used");
  } else if (wrapped) {
    walked_.closed.push_back(
        {Decryption::none, "wrapped with S/MIME in a way that cannot be read", {}, true});
  } else {
    walked_.any_encrypted = true;
    walked_.closed.push_back({Decryption::failed, "encrypted with S/MIME, which is not supported", {}, true});
  }
  add_attachment(part.filename.empty() ? "smime.p7m" : part.filename, part.media_type, content, item.place);
}

void Walker::read_encoded_message(const Item& item, const Part& part, std::string content) {
  if (!part.filename.empty()) add_attachment(part.filename, part.media_type, content, item.place);
  kept_.push_back(std::move(content));
  Place place = item.place;
  place.at_the_top = place.in_alternative = false;
  place.plain = 0;
  place.forwarded = true;
  auto next = entity_item(kept_.back(), place);
  if (!next) return;
  const auto& header = entities_[next->entity].message.header();
  if (item.place.returned) return note_returned(header);
  add_segment(forwarded_header(header), place.layer);
  stack_.push_back(std::move(*next));
}

// Signatures that lie beside the files that they are about ("report.pdf", "report.pdf.sig").
void Walker::check_files() {
  for (const auto& signature : files_) {
    if (!signature.holds_signature) continue;
    const std::string_view about =
        without_signature_suffix(walked_.attachments[signature.attachment].filename);
    const auto file = std::find_if(files_.begin(), files_.end(), [&](const FileSource& one) {
      return !one.holds_signature && !about.empty() && walked_.attachments[one.attachment].filename == about;
    });
    if (file != files_.end()) check_file(*file, signature);
  }
}

void Walker::check_file(const FileSource& file, const FileSource& signature) {
  const auto ask = [&](std::string_view mark, bool unix_lines) {
    Place place = signature.place;
    place.path += mark;
    return verify(place, [&] {
      std::string content = content_of(file);
      if (unix_lines) std::erase(content, '\r');
      return Request{Request::Kind::verify_detached, std::move(content), content_of(signature), {}};
    });
  };
  const auto* opened = ask("~", false);
  if (opened == nullptr) return;
  // What was signed with LF has travelled with CRLF, unless it was encoded.
  if (opened->verdict.signature.state == openpgp::SignatureState::bad && file.cleartext.data() == nullptr) {
    const Part& part = entities_[file.entity].message.parts[static_cast<std::size_t>(file.part)];
    if (part.transfer_encoding != "base64") opened = ask("~lf", true);
    if (opened == nullptr) return;
  }
  note_file_signature(walked_.attachments[file.attachment], opened->verdict.signature);
}

std::string Walker::content_of(const FileSource& file) const {
  if (file.cleartext.data() != nullptr) return std::string(file.cleartext);
  const Entity& entity = entities_[file.entity];
  return mime::decode_body(entity.raw, entity.message.parts[static_cast<std::size_t>(file.part)],
                           content_limit);
}

} // namespace cvdesk::reader
