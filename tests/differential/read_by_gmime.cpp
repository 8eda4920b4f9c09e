// What GMime makes of mails, in the same form as read_by_cvdesk.
#include "mails_on_stdin.hpp"

#include <nlohmann/json.hpp>

#include <gmime/gmime.h>

namespace {

template <class T>
struct Unref {
  void operator()(T* object) const { g_object_unref(object); }
};
template <class T>
using Owned = std::unique_ptr<T, Unref<T>>;

struct Node {
  GMimeObject* object;
  int depth;
};

std::string text(const char* utf8) {
  return utf8 == nullptr ? "" : utf8;
}

std::string hex(const guint8* bytes, std::size_t size) {
  constexpr char digits[] = "0123456789abcdef";
  std::string out;
  for (std::size_t i = 0; i < size; ++i) {
    out += digits[bytes[i] >> 4];
    out += digits[bytes[i] & 15];
  }
  return out;
}

Owned<GMimeMessage> parse(const std::string& raw) {
  const Owned<GMimeStream> stream(g_mime_stream_mem_new_with_buffer(raw.data(), raw.size()));
  const Owned<GMimeParser> parser(g_mime_parser_new_with_stream(stream.get()));
  return Owned<GMimeMessage>(g_mime_parser_construct_message(parser.get(), nullptr));
}

Owned<GMimeStream> decoded(GMimeObject* object) {
  Owned<GMimeStream> out(g_mime_stream_mem_new());
  auto* content = GMIME_IS_PART(object) ? g_mime_part_get_content(GMIME_PART(object)) : nullptr;
  if (content != nullptr) g_mime_data_wrapper_write_to_stream(content, out.get());
  return out;
}

// Calls visit(object, depth) for each part, in the order of the mail.
template <class Visit>
void walk(GMimeMessage* message, Visit visit) {
  std::vector<Node> work;
  if (auto* root = g_mime_message_get_mime_part(message)) work.push_back({root, 0});
  while (!work.empty()) {
    const Node node = work.back();
    work.pop_back();
    visit(node.object, node.depth);
    if (GMIME_IS_MULTIPART(node.object)) {
      auto* multipart = GMIME_MULTIPART(node.object);
      for (int i = g_mime_multipart_get_count(multipart); i-- > 0;) {
        work.push_back({g_mime_multipart_get_part(multipart, i), node.depth + 1});
      }
    } else if (GMIME_IS_MESSAGE_PART(node.object)) {
      auto* inner = g_mime_message_part_get_message(GMIME_MESSAGE_PART(node.object));
      auto* root = inner == nullptr ? nullptr : g_mime_message_get_mime_part(inner);
      if (root != nullptr) work.push_back({root, node.depth + 1});
    }
  }
}

nlohmann::json describe(GMimeObject* object, int depth) {
  auto* type = g_mime_object_get_content_type(object);
  char* name = g_mime_content_type_get_mime_type(type);
  char* lower = g_ascii_strdown(name, -1);
  const auto body = decoded(object);
  const auto* bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(body.get()));
  const bool leaf = GMIME_IS_PART(object);
  nlohmann::json out = {{"type", lower},
                        {"depth", depth},
                        {"leaf", leaf},
                        {"filename", leaf ? text(g_mime_part_get_filename(GMIME_PART(object))) : ""},
                        {"fields", g_mime_header_list_get_count(g_mime_object_get_header_list(object))},
                        {"body", hex(bytes->data, bytes->len)}};
  g_free(lower);
  g_free(name);
  return out;
}

void add_addresses(InternetAddressList* list, nlohmann::json& out) {
  for (int i = 0; list != nullptr && i < internet_address_list_length(list); ++i) {
    auto* address = internet_address_list_get_address(list, i);
    if (INTERNET_ADDRESS_IS_GROUP(address)) {
      add_addresses(internet_address_group_get_members(INTERNET_ADDRESS_GROUP(address)), out);
    } else {
      out.push_back({text(internet_address_get_name(address)),
                     text(internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(address)))});
    }
  }
}

std::string describe(const std::string& raw) {
  nlohmann::json out = {{"parts", nlohmann::json::array()}, {"from", nlohmann::json::array()}};
  const auto message = parse(raw);
  if (!message) {
    out["error"] = "no message";
    return out.dump();
  }
  walk(message.get(),
       [&](GMimeObject* object, int depth) { out["parts"].push_back(describe(object, depth)); });
  out["subject"] = text(g_mime_message_get_subject(message.get()));
  add_addresses(g_mime_message_get_from(message.get()), out["from"]);
  auto* date = g_mime_message_get_date(message.get());
  out["date"] = date == nullptr ? nlohmann::json() : nlohmann::json(g_date_time_to_unix(date));
  const char* id = g_mime_message_get_message_id(message.get());
  out["message_id"] = id == nullptr ? nlohmann::json() : nlohmann::json(id);
  return out.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

void go_through(const std::string& raw) {
  if (const auto message = parse(raw))
    walk(message.get(), [](GMimeObject* object, int) { (void)decoded(object); });
}

} // namespace

int main(int count, char** arguments) {
  g_mime_init();
  const char* charsets[] = {"utf-8", "windows-1252", nullptr};
  g_mime_parser_options_set_fallback_charsets(g_mime_parser_options_get_default(), charsets);
  return main_loop(
      count, arguments, [](const std::string& raw) { return describe(raw); }, go_through);
}
