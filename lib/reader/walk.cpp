#include "reader/walk.hpp"

#include "core/text.hpp"
#include "mime/uuencode.hpp"
#include "openpgp/armour.hpp"
#include "openpgp/certificate.hpp"
#include "openpgp/packets.hpp"
#include "reader/absent.hpp"
#include "reader/blocks.hpp"
#include "reader/fields.hpp"

#include <fmt/core.h>
#include <sodium.h>

#include <algorithm>
#include <array>
#include <deque>

namespace cvdesk::reader {

namespace {

using mime::Part;
using openpgp::Decryption;
using openpgp::Request;

constexpr std::size_t text_limit = 2u << 20; // all that is shown, and read for facts
constexpr std::string_view cut_notice = "\n\n[The text goes on and is not shown: see the whole mail, cvdesk inbox raw]\n";
constexpr std::size_t attachment_limit = 500;
constexpr std::size_t content_limit = 64u << 20;
constexpr std::size_t certificate_bytes = 1u << 20;
constexpr std::size_t certificate_limit = 16;
constexpr std::size_t opened_limit = 16; // pieces of OpenPGP in one mail
constexpr std::size_t layer_depth = 4;
constexpr std::size_t text_file_limit = 64u << 10;
constexpr std::size_t text_items = 2000;
constexpr std::string_view forwarded_line = "---------- Forwarded message ----------\n";

bool is_blank(std::string_view text) {
  return trim(text).empty();
}

std::string_view parameter(const Part& part, const std::string& name) {
  const auto found = part.parameters.find(name);
  return found == part.parameters.end() ? std::string_view() : std::string_view(found->second);
}

bool ends_with_ignoring_case(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && equal_ignoring_case(text.substr(text.size() - end.size()), end);
}

bool has_pgp_suffix(std::string_view name) {
  return ends_with_ignoring_case(name, ".asc") || ends_with_ignoring_case(name, ".gpg") ||
         ends_with_ignoring_case(name, ".pgp");
}

bool is_smime(std::string_view type) {
  return type == "application/pkcs7-mime" || type == "application/x-pkcs7-mime";
}

bool is_text_file(std::string_view name) {
  return ends_with_ignoring_case(name, ".txt") || ends_with_ignoring_case(name, ".md");
}

// Whether decrypted bytes are a MIME entity (RFC 3156, 4) and not just a file or a text.
bool begins_with_mime_fields(std::string_view bytes) {
  const std::string start = ascii_lower(bytes.substr(0, 4096));
  const auto first = start.find(':');
  if (first == std::string::npos || start.substr(0, first).find_first_of(" \t\r\n") != std::string::npos)
    return false;
  const auto end = std::min(start.find("\n\n"), start.find("\n\r\n"));
  const std::string_view header = std::string_view(start).substr(0, end);
  return header.starts_with("content-type:") || header.find("\ncontent-type:") != std::string_view::npos;
}

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

std::string sha256_of(std::string_view bytes) {
  std::array<unsigned char, crypto_hash_sha256_BYTES> digest{};
  crypto_hash_sha256(digest.data(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  return to_hex({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

// Where in its mail something stands, and under which protection.
struct Place {
  int layer = 0;
  std::string path;
  bool at_the_top = false; // nothing but protection stands between it and the mail
  bool in_alternative = false;
  bool returned = false; // inside a multipart/report
  std::size_t plain = 0; // bytes of readable text/plain beside this, in a multipart/alternative
};

struct Entity {
  std::string_view raw;
  mime::Message message;
};

struct Item {
  enum class Kind { part, text, plain }; // plain: text in which nothing more is looked for
  Kind kind = Kind::part;
  std::size_t entity = 0;
  int part = 0;
  std::string text;
  std::string_view
      original; // the bytes that `text` was decoded from, where signatures over it are to be checked
  std::string charset;
  Place place;
};

class Walker {
public:
  Walker(const Task& task, int wanted) : task_(task), wanted_(wanted) {}

  Result<Walked> run() {
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
    return std::move(walked_);
  }

private:
  static Item part_item(std::size_t entity, int part, Place place) {
    Item item;
    item.entity = entity;
    item.part = part;
    item.place = std::move(place);
    return item;
  }
  const Part& part_of(const Item& item) const {
    return entities_[item.entity].message.parts[static_cast<std::size_t>(item.part)];
  }
  const Part& child_of(const Item& item, std::size_t number) const {
    return entities_[item.entity].message.parts[static_cast<std::size_t>(part_of(item).children[number])];
  }
  std::string_view raw_of(const Item& item) const { return entities_[item.entity].raw; }
  void defect(std::string what) {
    if (walked_.defects.size() < 100) walked_.defects.push_back(std::move(what));
  }

  // --- parts ---

  void read_part(const Item& item) {
    const Part& part = part_of(item);
    if (item.place.at_the_top && item.place.layer != 0) note_protected_header(part, item.place.layer);
    if (part.is_multipart()) return read_multipart(item, part);
    if (!part.children.empty()) return read_message(item, part);
    read_leaf(item, part);
  }

  void read_multipart(const Item& item, const Part& part) {
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

  void push_children(const Item& item, const Part& part) {
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
    for (std::size_t i = part.children.size(); i-- > 0;) {
      place.path = fmt::format("{}.{}", item.place.path, i + 1);
      stack_.push_back(part_item(item.entity, part.children[i], place));
    }
  }

  // How much readable text/plain a multipart/alternative offers.
  std::size_t readable_plain(const Item& item) const {
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

  // message/rfc822, as the sender forwarded it, or as a server returned it.
  void read_message(const Item& item, const Part& part) {
    const Part& inner = child_of(item, 0);
    if (item.place.returned) return note_returned(inner.header);
    if (!part.filename.empty())
      add_attachment(part.filename, part.media_type, raw_body(item, part), item.place);
    Place place = item.place;
    place.at_the_top = place.in_alternative = false;
    place.plain = 0;
    add_segment(forwarded_header(inner.header), place.layer);
    place.path += ".1";
    stack_.push_back(part_item(item.entity, part.children[0], place));
  }

  static std::string forwarded_header(const mime::Header& header) {
    std::string text(forwarded_line);
    for (const auto* name : {"From", "Date", "Subject", "To", "Message-ID"}) {
      if (const auto body = header.first(name)) {
        text += fmt::format("{}: {}\n", name, shorten(mime::decode_unstructured(*body), 1000));
      }
    }
    return text;
  }

  void note_returned(const mime::Header& header) {
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

  std::string_view raw_body(const Item& item, const Part& part) const { return part.body.in(raw_of(item)); }

  void read_leaf(const Item& item, const Part& part) {
    const std::string& type = part.media_type;
    if (item.place.returned &&
        (type == "text/rfc822-headers" || type == "message/delivery-status" ||
         type == "message/disposition-notification" || type == "message/feedback-report")) {
      if (type == "message/delivery-status") walked_.delivery_status = true;
      if (type != "text/rfc822-headers") return;
      const std::string body = mime::decode_body(raw_of(item), part, 256u << 10) + "\n\n";
      if (const auto header = mime::parse_header(body, task_.limits)) note_returned(*header);
      return;
    }
    if (type == "application/pgp-encrypted" && !has_pgp_content(raw_body(item, part))) return;
    if (type == "text/rfc822-headers" && !parameter(part, "protected-headers").empty())
      return; // shown already
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

  void read_plain(const Item& item, const Part& part) {
    Item next;
    next.kind = Item::Kind::text;
    next.text = mime::decode_text(raw_of(item), part, text_limit);
    bool more = goes_on(item, part);
    take_out_uuencoded(item, part, next.text, more);
    if (parameter(part, "hp-legacy-display") == "1" && item.place.layer != 0) drop_legacy_display(next.text);
    if (next.text.find("-----BEGIN PGP SIGNED MESSAGE-----") != std::string::npos) {
      kept_.push_back(mime::decode_body(raw_of(item), part, content_limit));
      next.original = kept_.back();
    }
    if (more) next.text += cut_notice;
    next.charset = part.charset;
    next.place = item.place;
    read_text(next);
  }

  // `more`: the part goes on beyond the text. Then the files are looked for in its bytes, which are the same in every
  // character set that mail uses for text.
  void take_out_uuencoded(const Item& item, const Part& part, std::string& text, bool& more) {
    if (!text.starts_with("begin ") && text.find("\nbegin ") == std::string::npos) return;
    std::string bytes;
    if (more) {
      bytes = mime::decode_body(raw_of(item), part, content_limit);
      std::erase(bytes, '\r');
    }
    const std::string_view source = more ? std::string_view(bytes) : text;
    std::string kept;
    const auto keep = [&](std::string_view piece) {
      kept += piece.substr(0, text_limit + 1 - std::min(text_limit + 1, kept.size()));
    };
    std::size_t at = 0;
    for (const auto& file : mime::find_uuencoded(source)) {
      keep(source.substr(at, file.span.offset - at));
      keep("[file: " + file.filename + "]\n");
      at = file.span.offset + file.span.size;
      add_attachment(file.filename.empty() ? fmt::format("part-{}", item.place.path) : file.filename,
                     "application/octet-stream", mime::decode_uuencode(file.span.in(source), content_limit),
                     item.place);
    }
    if (at == 0) return;
    keep(source.substr(at));
    const bool cut = kept.size() > text_limit;
    text = more ? text_from(kept, part.charset) : std::move(kept);
    more = cut;
  }

  // Beyond what is decoded of it.
  bool goes_on(const Item& item, const Part& part) const {
    return part.body.size > text_limit &&
           mime::decode_body(raw_of(item), part, text_limit + 1).size() > text_limit;
  }

  // RFC 9788, 4.5.3: copies of header fields for old mail programs, up to the first empty line.
  static void drop_legacy_display(std::string& text) {
    const auto end = text.find("\n\n");
    if (end != std::string::npos) text.erase(0, end + 2);
  }

  void read_html(const Item& item, const Part& part) {
    const std::string html = mime::decode_text(raw_of(item), part, text_limit);
    // Markup is several times its text. Beside a text/plain that says as much, HTML says nothing new; one
    // that says much more is not the same text.
    if (item.place.plain != 0 && html.size() < 8 * item.place.plain + 4000) return;
    auto page = mime::html_to_text(html);
    if (item.place.plain != 0 && page.text.size() < 3 * item.place.plain + 400) return;
    if (page.hidden) defect("HTML with hidden text");
    if (page.cut) defect("HTML longer than is read");
    for (auto& link : page.links) {
      if (walked_.links.size() < 2000) walked_.links.push_back(std::move(link));
    }
    Item next;
    next.kind = Item::Kind::text;
    next.text = std::move(page.text);
    if (page.cut || goes_on(item, part)) next.text += cut_notice;
    next.place = item.place;
    read_text(next);
  }

  // --- text with OpenPGP in it ---

  void read_text(const Item& item) {
    const auto blocks = find_blocks(item.text);
    if (blocks.empty()) return add_segment(item.text, item.place.layer);
    std::vector<Block> originals;
    for (const auto& block : find_blocks(item.original)) {
      if (block.kind == Block::Kind::signed_text) originals.push_back(block);
    }
    std::size_t signed_texts = 0;
    std::vector<Item> later; // in order; the rest of the text waits until what was opened has been read
    std::size_t at = 0;
    for (std::size_t i = 0; i < blocks.size(); ++i) {
      const Block& block = blocks[i];
      push_plain(later, item, at, block.offset - at);
      at = block.offset + block.size;
      Item inner;
      inner.kind = Item::Kind::text;
      inner.charset = item.charset;
      inner.place = item.place;
      inner.place.at_the_top = false;
      inner.place.path = fmt::format("{}/{}", item.place.path, i);
      const std::string_view data = block.in(item.text);
      switch (block.kind) {
      case Block::Kind::certificate:
        if (!block.quoted) offer(data);
        break;
      case Block::Kind::message:
        open_block(later, std::move(inner), data, !block.quoted);
        break;
      case Block::Kind::signed_text: {
        const bool exact = signed_texts < originals.size();
        check_block(later, std::move(inner), exact ? originals[signed_texts].in(item.original) : data, data,
                    block.quoted);
        ++signed_texts;
        break;
      }
      }
    }
    push_plain(later, item, at, item.text.size() - at);
    for (auto next = later.rbegin(); next != later.rend(); ++next)
      stack_.push_back(std::move(*next));
  }

  void push_plain(std::vector<Item>& later, const Item& item, std::size_t offset, std::size_t size) {
    const std::string_view text = std::string_view(item.text).substr(offset, size);
    if (is_blank(text) || ++text_items_ > text_items) return;
    Item plain;
    plain.kind = Item::Kind::plain;
    plain.text = text;
    plain.place = item.place;
    later.push_back(std::move(plain));
  }

  void open_block(std::vector<Item>& later, Item inner, std::string_view data, bool is_body) {
    const auto* opened = decrypt(inner.place, is_body, [&] { return std::string(data); });
    if (opened == nullptr) return;
    const int layer = enter(inner.place.layer, *opened);
    continue_inside(later, std::move(inner), opened->cleartext, layer);
  }

  // A text or, now and then, a whole MIME entity.
  void continue_inside(std::vector<Item>& later, Item inner, std::string_view cleartext, int layer) {
    inner.place.layer = layer;
    if (begins_with_mime_fields(cleartext)) {
      if (auto item = entity_item(cleartext, inner.place)) later.push_back(std::move(*item));
      return;
    }
    inner.text = text_from(cleartext, {});
    inner.original = cleartext;
    inner.place.path += ">1";
    later.push_back(std::move(inner));
  }

  void check_block(std::vector<Item>& later, Item inner, std::string_view data, std::string_view shown,
                   bool quoted) {
    inner.text = shown;
    inner.place.path += ">1";
    Place place = inner.place;
    place.path.resize(place.path.size() - 2);
    // Quoted, it is no longer what was signed: just text.
    const auto* opened = quoted ? nullptr : verify(place, [&] {
      return Request{Request::Kind::verify_clear, std::string(data), {}, {}};
    });
    if (opened != nullptr) inner.place.layer = enter(inner.place.layer, *opened);
    if (opened == nullptr || opened->cleartext.empty()) {
      inner.kind = Item::Kind::plain;
    } else {
      inner.text = text_from(opened->cleartext, inner.charset);
    }
    later.push_back(std::move(inner));
  }

  static std::string text_from(std::string_view bytes, const std::string& charset) {
    Part part;
    part.body = {0, bytes.size()};
    part.charset = charset;
    return mime::decode_text(bytes, part, text_limit);
  }

  // --- files ---

  static bool has_pgp_content(std::string_view bytes) {
    return bytes.substr(0, 4096).find("-----BEGIN PGP ") != std::string_view::npos;
  }

  void read_file(const Item& item, const Part& part) {
    const std::string& type = part.media_type;
    if (is_smime(type)) return read_smime(item, part);
    std::string content = mime::decode_body(raw_of(item), part, content_limit);
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
    } else if (type == "application/pgp-keys") {
      offer(content);
    }
    if (type == "application/pgp-signature" && part.filename.empty()) return;
    add_segment(absent_content(part), item.place.layer);
    add_attachment(name_of(part, item.place), type, content, item.place);
    const bool text = type == "text/plain" || type == "text/markdown" || type == "message/partial" ||
                      is_text_file(part.filename);
    if (text && content.size() <= text_file_limit)
      add_file_text(mime::decode_text(raw_of(item), part, text_file_limit), item.place.layer);
  }

  static std::string name_of(const Part& part, const Place& place) {
    if (!part.filename.empty()) return part.filename;
    if (part.media_type == "application/ms-tnef") return "winmail.dat"; // Outlook's, though it was not said
    return fmt::format("part-{}", place.path);
  }

  void add_file_text(std::string text, int layer) {
    if (!is_blank(text)) walked_.segments.push_back({std::move(text), layer, true});
  }

  // True: it was a message and is dealt with; false: list it as the file that it is.
  bool read_armoured_file(const Item& item, const Part& part, const std::string& content) {
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
      text.text = text_from(content, part.charset);
      text.charset = part.charset;
      text.place = item.place;
      read_text(text);
      return true;
    }
    }
    return false;
  }

  void open_file(const Item& item, const Part& part, std::string content) {
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
    inside.layer = enter(item.place.layer, *opened);
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
      next.original = cleartext;
      stack_.push_back(std::move(next));
      return;
    }
    add_attachment(inner_name.empty() ? fmt::format("part-{}", item.place.path) : inner_name,
                   text ? "text/plain" : "application/octet-stream", cleartext, inside);
    if (text && is_text_file(inner_name) && cleartext.size() <= text_file_limit)
      add_file_text(text_from(cleartext, {}), inside.layer);
  }

  void read_smime(const Item& item, const Part& part) {
    walked_.smime = true;
    const std::string kind = ascii_lower(parameter(part, "smime-type"));
    if (kind == "signed-data" || kind == "certs-only" || kind == "compressed-data") {
      note("wrapped with S/MIME, which is not opened");
    } else {
      walked_.any_encrypted = true;
      walked_.closed.push_back(
          {Decryption::failed, "encrypted with S/MIME, which is not supported", {}, true});
    }
    const std::string name = part.filename.empty() ? "smime.p7m" : part.filename;
    add_attachment(name, part.media_type, mime::decode_body(raw_of(item), part, content_limit), item.place);
  }

  void read_encoded_message(const Item& item, const Part& part, std::string content) {
    if (!part.filename.empty()) add_attachment(part.filename, part.media_type, content, item.place);
    kept_.push_back(std::move(content));
    Place place = item.place;
    place.at_the_top = place.in_alternative = false;
    place.plain = 0;
    auto next = entity_item(kept_.back(), place);
    if (!next) return;
    const auto& header = entities_[next->entity].message.header();
    if (item.place.returned) return note_returned(header);
    add_segment(forwarded_header(header), place.layer);
    stack_.push_back(std::move(*next));
  }

  // --- OpenPGP ---

  const openpgp::Opened* opening_at(const std::string& path) const {
    if (task_.openings == nullptr) return nullptr;
    for (const auto& opening : *task_.openings) {
      if (opening.path == path) return &opening.opened;
    }
    return nullptr;
  }

  // Why nothing more is opened here; empty where it is.
  std::string too_much(const Place& place) {
    if (walked_.covers.depth(place.layer) >= layer_depth) return "protection nested too deeply";
    return ++pieces_ > opened_limit ? "more encrypted or signed pieces than are opened" : "";
  }

  // What the engine made of it; null: it is pending, or one too many. `make_request` only where it is due.
  template <class MakeRequest>
  const openpgp::Opened* verify(const Place& place, MakeRequest make_request) {
    if (const std::string why = too_much(place); !why.empty()) {
      note(why);
      return nullptr;
    }
    const auto* opened = opening_at(place.path);
    if (opened == nullptr) walked_.pending.push_back({place.path, make_request()});
    return opened;
  }

  // The same; null also where it stayed closed.
  template <class MakeData>
  const openpgp::Opened* decrypt(const Place& place, bool is_body, MakeData make_data) {
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

  int enter(int layer, const openpgp::Opened& opened) {
    if (!opened.verdict.cause.empty()) note(opened.verdict.cause);
    return walked_.covers.add(layer, opened.verdict.decryption == Decryption::ok, opened.verdict.signature);
  }

  void open_encrypted(const Item& item) {
    const auto* opened = decrypt(
        item.place, true, [&] { return mime::decode_body(raw_of(item), child_of(item, 1), content_limit); });
    if (opened == nullptr) return;
    Place inside = item.place;
    inside.layer = enter(item.place.layer, *opened);
    if (auto next = entity_item(opened->cleartext, inside)) stack_.push_back(std::move(*next));
  }

  void check_signed(const Item& item) {
    const auto* opened = verify(item.place, [&] {
      return Request{Request::Kind::verify_detached,
                     with_crlf(child_of(item, 0).whole.in(raw_of(item))),
                     mime::decode_body(raw_of(item), child_of(item, 1), 1u << 20),
                     {}};
    });
    Place inside = item.place;
    inside.path += ".1";
    if (opened != nullptr) inside.layer = enter(item.place.layer, *opened);
    stack_.push_back(part_item(item.entity, part_of(item).children[0], inside));
  }

  // Cleartext (or another message) as a mail of its own; its bytes stay where they are.
  std::optional<Item> entity_item(std::string_view bytes, Place place) {
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

  void note_protected_header(const Part& part, int layer) {
    const bool marked =
        !parameter(part, "hp").empty() || equal_ignoring_case(parameter(part, "protected-headers"), "v1");
    if (marked) walked_.protected_header = ProtectedHeader{part.header, layer};
  }

  // --- what comes out ---

  void note(std::string what) {
    auto& notes = walked_.notes;
    if (notes.size() < 20 && std::find(notes.begin(), notes.end(), what) == notes.end())
      notes.push_back(std::move(what));
  }

  void add_segment(std::string_view text, int layer) {
    if (is_blank(text)) return;
    const std::size_t left = text_limit - std::min(text_limit, shown_);
    if (left == 0) return;
    const bool cut = text.size() > left;
    std::string kept = cut ? shorten(text, left).append(cut_notice) : std::string(text);
    if (cut) defect("more text than is shown");
    shown_ = cut ? text_limit : shown_ + kept.size();
    walked_.segments.push_back({std::move(kept), layer, false});
  }

  void add_attachment(const std::string& name, const std::string& type, std::string_view content,
                      const Place& place) {
    if (walked_.attachments.size() >= attachment_limit) return defect("more attachments than are listed");
    const int id = static_cast<int>(walked_.attachments.size()) + 1;
    walked_.attachments.push_back({id, name, type, content.size(), sha256_of(content)});
    walked_.attachment_layers.push_back(place.layer);
    if (id == wanted_) walked_.wanted = std::string(content);
  }

  void offer(std::string_view data) {
    if (data.size() > certificate_bytes) return;
    const auto found = openpgp::read_certificates(data, single_sender(walked_.outer));
    if (!found) return defect("certificate: " + found.error().what);
    for (const auto& certificate : *found) {
      auto& known = walked_.certificates;
      const bool twice = std::any_of(known.begin(), known.end(),
                                     [&](const auto& one) { return one.blob == certificate.blob; });
      if (twice || known.size() >= certificate_limit) continue;
      known.push_back(
          {KeyOrigin::attached, certificate.fingerprint, certificate.addresses, certificate.blob});
    }
  }

  const Task& task_;
  int wanted_;
  Walked walked_;
  std::deque<Entity> entities_;
  std::deque<std::string> kept_; // bytes that spans and views point into
  std::vector<Item> stack_;
  std::size_t pieces_ = 0;
  std::size_t shown_ = 0;
  std::size_t text_items_ = 0;
};

} // namespace

Result<Walked> walk(const Task& task, int wanted_attachment) {
  return Walker(task, wanted_attachment).run();
}

} // namespace cvdesk::reader
