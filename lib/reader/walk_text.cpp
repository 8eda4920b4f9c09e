#include "core/text.hpp"
#include "mime/uuencode.hpp"
#include "openpgp/armour.hpp"
#include "reader/blocks.hpp"
#include "reader/legacy_display.hpp"
#include "reader/walker.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace cvdesk::reader {

namespace {

using openpgp::Request;

constexpr std::size_t text_items = 2000;

} // namespace

bool is_blank(std::string_view text) {
  return trim(text).empty();
}

std::string text_from(std::string_view bytes, const std::string& charset) {
  mime::Part part;
  part.body = {0, bytes.size()};
  part.charset = charset;
  std::string text = mime::decode_text(bytes, part, text_limit);
  if (bytes.size() > text_limit) text += cut_notice;
  return text;
}

void Walker::read_plain(const Item& item, const Part& part) {
  Item next;
  next.kind = Item::Kind::text;
  next.text = mime::decode_text(raw_of(item), part, text_limit);
  bool more = goes_on(item, part);
  if (more && read_long_armoured(item, part)) return;
  take_out_uuencoded(item, part, next.text, more);
  if (parameter(part, "hp-legacy-display") == "1" && item.place.layer != 0) drop_legacy_display(next.text);
  if (next.text.find("-----BEGIN PGP SIGNED MESSAGE-----") != std::string::npos) {
    kept_.push_back(mime::decode_body(raw_of(item), part, content_limit));
    next.original = kept_.back();
  }
  if (more) next.text += cut_notice;
  next.charset = part.charset;
  next.cut = more;
  next.place = item.place;
  read_text(next);
}

// OpenPGP is opened whole or not at all: half of it fails to open, or worse, passes for all of it. False: there is none.
bool Walker::read_long_armoured(const Item& item, const Part& part) {
  std::string body = mime::decode_body(raw_of(item), part, armoured_limit + 1);
  const bool cut = body.size() > armoured_limit;
  if (cut) body.resize(armoured_limit);
  if (find_blocks(body).empty()) return false;
  kept_.push_back(body);
  Item next;
  next.kind = Item::Kind::text;
  next.text = std::move(body);
  if (cut) next.text += cut_notice;
  next.original = kept_.back();
  next.charset = part.charset;
  next.undecoded = true;
  next.cut = cut;
  next.place = item.place;
  read_text(next);
  return true;
}

// `more`: the part goes on beyond the text. Then the files are looked for in its bytes, which are the same in
// every character set that mail uses for text.
void Walker::take_out_uuencoded(const Item& item, const Part& part, std::string& text, bool& more) {
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
  text = more ? text_from(std::string_view(kept).substr(0, text_limit), part.charset) : std::move(kept);
  more = cut;
}

// Beyond what is decoded of it.
bool Walker::goes_on(const Item& item, const Part& part) const {
  return part.body.size > text_limit &&
         mime::decode_body(raw_of(item), part, text_limit + 1).size() > text_limit;
}

void Walker::read_html(const Item& item, const Part& part) {
  std::string html = mime::decode_text(raw_of(item), part, text_limit);
  if (parameter(part, "hp-legacy-display") == "1" && item.place.layer != 0)
    drop_legacy_display_from_html(html);
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
  next.cut = page.cut || goes_on(item, part);
  if (next.cut) next.text += cut_notice;
  next.place = item.place;
  read_text(next);
}

void Walker::read_text(const Item& item) {
  const auto blocks = find_blocks(item.text);
  if (blocks.empty()) return add_segment(item.undecoded ? text_from(item.text, item.charset) : item.text, item.place.layer);
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
      if (block.ended || !item.cut)
        open_block(later, std::move(inner), data, !block.quoted);
      else
        leave_closed(!block.quoted);
      break;
    case Block::Kind::signed_text: {
      const bool exact = signed_texts < originals.size();
      const std::string shown = item.undecoded ? text_from(data, item.charset) : std::string(data);
      check_block(later, std::move(inner), exact ? originals[signed_texts].in(item.original) : data, shown,
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

// What was cut off of it is not there to be opened.
void Walker::leave_closed(bool is_body) {
  walked_.any_encrypted = true;
  walked_.closed.push_back({openpgp::Decryption::failed, "too big: the OpenPGP text goes on beyond what is read of it", {}, is_body});
}

void Walker::push_plain(std::vector<Item>& later, const Item& item, std::size_t offset, std::size_t size) {
  const std::string_view text = std::string_view(item.text).substr(offset, size);
  if (is_blank(text) || ++text_items_ > text_items) return;
  Item plain;
  plain.kind = Item::Kind::plain;
  plain.text = item.undecoded ? text_from(text, item.charset) : std::string(text);
  plain.place = item.place;
  later.push_back(std::move(plain));
}

void Walker::open_block(std::vector<Item>& later, Item inner, std::string_view data, bool is_body) {
  const auto* opened = decrypt(inner.place, is_body, [&] { return std::string(data); });
  if (opened == nullptr) return;
  inner.place.layer = enter(inner.place, *opened);
  // A text or, now and then, a whole MIME entity.
  if (begins_with_mime_fields(opened->cleartext)) {
    if (auto item = entity_item(opened->cleartext, inner.place)) later.push_back(std::move(*item));
    return;
  }
  inner.text = text_from(opened->cleartext, openpgp::charset_of_armour(data));
  inner.original = opened->cleartext;
  inner.cut = opened->cleartext.size() > text_limit;
  inner.place.path += ">1";
  later.push_back(std::move(inner));
}

void Walker::check_block(std::vector<Item>& later, Item inner, std::string_view data, std::string_view shown,
                         bool quoted) {
  inner.text = shown;
  inner.place.path += ">1";
  Place place = inner.place;
  place.path.resize(place.path.size() - 2);
  // Quoted, it is no longer what was signed: just text.
  const auto* opened = quoted ? nullptr : verify(place, [&] {
    return Request{Request::Kind::verify_clear, std::string(data), {}, {}};
  });
  if (opened != nullptr) inner.place.layer = enter(inner.place, *opened);
  if (opened == nullptr || opened->cleartext.empty()) {
    inner.kind = Item::Kind::plain;
  } else {
    inner.text = text_from(opened->cleartext, inner.charset);
  }
  later.push_back(std::move(inner));
}

} // namespace cvdesk::reader
