// The walk through one mail, for walk*.cpp alone: one class, its parts by concept.
//   walk.cpp           parts, in the order a person reads them; what comes out
//   walk_openings.cpp  what is encrypted or signed: what the engine is asked, and where its answers lead
//   walk_text.cpp      text, and OpenPGP in it
//   walk_files.cpp     attached files, and OpenPGP or S/MIME in them
#pragma once

#include "reader/walk.hpp"

#include <deque>
#include <functional>

namespace cvdesk::reader {

inline constexpr std::size_t text_limit = 2u << 20; // all that is shown, and read for facts
inline constexpr std::string_view cut_notice =
    "\n\n[The text goes on and is not shown: see the whole mail, cvdesk inbox raw]\n";
inline constexpr std::size_t content_limit = 64u << 20;
inline constexpr std::size_t armoured_limit = 32u << 20; // of a text that holds OpenPGP: a copy more stays in memory

// Where in its mail something stands, and under which protection.
struct Place {
  int layer = 0;
  std::string path;
  bool at_the_top = false; // nothing but protection stands between it and the mail
  bool forwarded = false;  // inside a message that the mail passes on
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
  std::string_view original; // the bytes that `text` was decoded from, where signatures over it are checked
  std::string charset;
  bool undecoded = false; // `text` is bytes in that character set
  bool cut = false;       // it went on: what has no end here has one there
  Place place;
};

// A file that was listed, or a signature: where its bytes are, should one turn out to belong to the other.
struct FileSource {
  std::size_t attachment = 0; // index in Walked::attachments
  std::size_t entity = 0;
  int part = 0;
  std::string_view cleartext; // of a file that was opened; its data() is null for a part
  bool holds_signature = false;
  Place place;
};

class Walker {
public:
  Walker(const Task& task, int wanted) : task_(task), wanted_(wanted) {}
  Result<Walked> run();

private:
  using Part = mime::Part;
  using Made = std::function<std::string()>;

  static Item part_item(std::size_t entity, int part, Place place);
  const Part& part_of(const Item& item) const;
  const Part& child_of(const Item& item, std::size_t number) const;
  std::string_view raw_of(const Item& item) const { return entities_[item.entity].raw; }
  std::string_view raw_body(const Item& item, const Part& part) const { return part.body.in(raw_of(item)); }

  // walk.cpp
  void read_part(const Item& item);
  void read_multipart(const Item& item, const Part& part);
  void push_children(const Item& item, const Part& part);
  bool is_legacy_display(const Item& item, const Part& part) const;
  std::size_t readable_plain(const Item& item) const;
  void read_message(const Item& item, const Part& part);
  void note_returned(const mime::Header& header);
  void note_delivery(const Item& item, const Part& part);
  void read_leaf(const Item& item, const Part& part);
  void read_returned_leaf(const Item& item, const Part& part);
  void note_protected_header(const Part& part, int layer);
  std::optional<Item> entity_item(std::string_view bytes, Place place);
  void defect(std::string what);
  void note(std::string what);
  void add_segment(std::string_view text, int layer);
  // False: beyond the limit.
  bool add_attachment(const std::string& name, const std::string& type, std::string_view content,
                      const Place& place);
  void offer(std::string_view data);

  // walk_openings.cpp
  const openpgp::Opened* opening_at(const std::string& path) const;
  std::string too_much(const Place& place);
  const openpgp::Opened* verify(const Place& place, const std::function<openpgp::Request()>& make_request);
  const openpgp::Opened* decrypt(const Place& place, bool is_body, const Made& make_data);
  int enter(const Place& place, const openpgp::Opened& opened);
  const Part& ciphertext_of(const Item& item) const;
  void open_encrypted(const Item& item);
  void check_signed(const Item& item);

  // walk_text.cpp
  void read_plain(const Item& item, const Part& part);
  void take_out_uuencoded(const Item& item, const Part& part, std::string& text, bool& more);
  bool goes_on(const Item& item, const Part& part) const;
  bool read_long_armoured(const Item& item, const Part& part);
  void read_html(const Item& item, const Part& part);
  void read_text(const Item& item);
  void leave_closed(bool is_body);
  void push_plain(std::vector<Item>& later, const Item& item, std::size_t offset, std::size_t size);
  void open_block(std::vector<Item>& later, Item inner, std::string_view data, bool is_body);
  void check_block(std::vector<Item>& later, Item inner, std::string_view data, std::string_view shown,
                   bool quoted);

  // walk_files.cpp
  void read_file(const Item& item, const Part& part);
  void list_file(const Item& item, const Part& part, const std::string& content);
  bool read_armoured_file(const Item& item, const Part& part, const std::string& content);
  void open_file(const Item& item, const Part& part, std::string content);
  void read_smime(const Item& item, const Part& part, const std::string& content);
  void read_encoded_message(const Item& item, const Part& part, std::string content);
  void add_file_text(std::string text, int layer);
  void check_files();
  void check_file(const FileSource& file, const FileSource& signature);
  std::string content_of(const FileSource& file) const;

  const Task& task_;
  int wanted_;
  Walked walked_;
  std::deque<Entity> entities_;
  std::deque<std::string> kept_; // bytes that spans and views point into
  std::vector<Item> stack_;
  std::vector<FileSource> files_;
  std::size_t pieces_ = 0;
  std::size_t shown_ = 0;
  std::size_t text_items_ = 0;
};

// What several of the files above ask of parts and bytes.
std::string_view parameter(const mime::Part& part, const std::string& name);
bool ends_with_ignoring_case(std::string_view text, std::string_view end);
bool has_pgp_suffix(std::string_view name);
bool has_pgp_content(std::string_view bytes);
bool is_smime(const mime::Part& part);
bool is_blank(std::string_view text);
// Whether decrypted bytes are a MIME entity (RFC 3156, 4) and not just a file or a text.
bool begins_with_mime_fields(std::string_view bytes);
// text_limit of it, with the notice where it goes on.
std::string text_from(std::string_view bytes, const std::string& charset);
std::string forwarded_header(const mime::Header& header);

} // namespace cvdesk::reader
