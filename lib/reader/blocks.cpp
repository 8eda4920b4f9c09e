#include "reader/blocks.hpp"

#include "core/text.hpp"

#include <algorithm>
#include <cctype>
#include <optional>

namespace cvdesk::reader {

namespace {

constexpr std::size_t block_limit = 32;

struct Line {
  std::size_t offset = 0;
  std::size_t size = 0;  // with its line end
  std::string_view text; // without quote marks and blanks around it
  bool quoted = false;
};

class LineReader {
public:
  explicit LineReader(std::string_view text, std::size_t at = 0) : text_(text), at_(at) {}
  std::optional<Line> next() {
    if (at_ >= text_.size()) return {};
    const auto end = text_.find('\n', at_);
    Line line;
    line.offset = at_;
    line.size = (end == std::string_view::npos ? text_.size() : end + 1) - at_;
    const std::string_view whole = trim(text_.substr(at_, line.size));
    const auto inner = whole.find_first_not_of("> |\t");
    line.quoted = inner != 0 && inner != std::string_view::npos;
    line.text = inner == std::string_view::npos ? std::string_view() : whole.substr(inner);
    at_ += line.size;
    return line;
  }
  std::size_t at() const { return at_; }

private:
  std::string_view text_;
  std::size_t at_;
};

std::optional<Block::Kind> beginning(std::string_view line) {
  if (!line.starts_with("-----BEGIN PGP ")) return {};
  if (line == "-----BEGIN PGP MESSAGE-----" || line.starts_with("-----BEGIN PGP MESSAGE, PART ")) {
    return Block::Kind::message;
  }
  if (line == "-----BEGIN PGP SIGNED MESSAGE-----") return Block::Kind::signed_text;
  if (line == "-----BEGIN PGP PUBLIC KEY BLOCK-----") return Block::Kind::certificate;
  return {};
}

bool ends(Block::Kind kind, std::string_view line) {
  if (!line.starts_with("-----END PGP ")) return false;
  switch (kind) {
  case Block::Kind::message:
    return line.starts_with("-----END PGP MESSAGE");
  case Block::Kind::signed_text:
    return line == "-----END PGP SIGNATURE-----";
  case Block::Kind::certificate:
    return line == "-----END PGP PUBLIC KEY BLOCK-----";
  }
  return false;
}

bool looks_like_armour(std::string_view line) {
  return line.size() >= 40 && std::all_of(line.begin(), line.end(), [](unsigned char c) {
           return std::isalnum(c) != 0 || c == '+' || c == '/' || c == '=';
         });
}

} // namespace

std::vector<Block> find_blocks(std::string_view text) {
  std::vector<Block> blocks;
  LineReader lines(text);
  std::optional<Block> open;
  bool armour = false;
  while (const auto line = lines.next()) {
    if (blocks.size() >= block_limit) return blocks;
    const auto begins = beginning(line->text);
    // A second beginning inside signed text is dash-escaped; anywhere else it says that the first had no end.
    if (begins && (!open || open->kind != Block::Kind::signed_text)) {
      open = Block{*begins, line->offset, 0, line->quoted};
      armour = false;
      continue;
    }
    if (!open) continue;
    armour = armour || looks_like_armour(line->text);
    if (!ends(open->kind, line->text)) continue;
    open->size = line->offset + line->size - open->offset;
    blocks.push_back(*open);
    open.reset();
  }
  if (open && armour && open->kind == Block::Kind::message && blocks.size() < block_limit) {
    open->size = text.size() - open->offset;
    open->ended = false;
    blocks.push_back(*open);
  }
  return blocks;
}

} // namespace cvdesk::reader
