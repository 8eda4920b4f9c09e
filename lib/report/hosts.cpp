#include "report/hosts.hpp"

#include "core/text.hpp"
#include "report/table.hpp"

#include <idn2.h>
#include <libpsl.h>

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <map>
#include <set>

namespace cvdesk::report {

namespace {

bool is_ldh(std::string_view host) {
  if (host.empty() || host.size() > 253) return false;
  for (const auto label : split(host, '.')) {
    if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-') return false;
    for (const char c : label) {
      const bool fine = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
      if (!fine) return false;
    }
  }
  return true;
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

template <std::size_t size>
bool one_of(const std::array<std::string_view, size>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

using Groups = std::map<std::string_view, std::set<std::string_view>>;

const Groups& host_groups() {
  static const Groups groups = [] {
    Groups all;
    for (const auto& row : read_table(hosts_tsv)) {
      if (row.size() >= 2) all[row[0]].insert(row[1]);
    }
    return all;
  }();
  return groups;
}

} // namespace

std::optional<std::string> to_a_labels(std::string_view host) {
  if (host.ends_with('.')) host.remove_suffix(1);
  if (host.size() > 1000) return std::nullopt;
  std::string ascii;
  if (is_ascii(host)) {
    ascii = ascii_lower(host);
  } else {
    char* out = nullptr;
    const std::string input(host);
    if (idn2_to_ascii_8z(input.c_str(), &out, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL) != IDN2_OK)
      return std::nullopt;
    ascii = ascii_lower(out);
    idn2_free(out);
  }
  if (!is_ldh(ascii)) return std::nullopt;
  return ascii;
}

std::optional<std::string> to_ip(std::string_view text) {
  if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
  if (text.size() > 45) return std::nullopt;
  const std::string input(text);
  std::array<unsigned char, 16> bytes{};
  std::array<char, INET6_ADDRSTRLEN> out{};
  for (const int family : {AF_INET, AF_INET6}) {
    if (inet_pton(family, input.c_str(), bytes.data()) == 1) {
      return inet_ntop(family, bytes.data(), out.data(), out.size());
    }
  }
  return std::nullopt;
}

bool is_special_ip(std::string_view ip) {
  std::array<unsigned char, 16> b{};
  const std::string input(ip);
  if (inet_pton(AF_INET, input.c_str(), b.data()) == 1) {
    return b[0] == 0 || b[0] == 127 || b[0] >= 224 || (b[0] == 169 && b[1] == 254);
  }
  if (inet_pton(AF_INET6, input.c_str(), b.data()) == 1) {
    return (b[0] == 0xFE && (b[1] & 0xC0) == 0x80) || b[0] == 0xFF || (b[0] == 0 && b[1] == 0);
  }
  return true;
}

bool is_private_ip(std::string_view ip) {
  std::array<unsigned char, 16> b{};
  const std::string input(ip);
  if (inet_pton(AF_INET, input.c_str(), b.data()) == 1) {
    return b[0] == 10 || (b[0] == 172 && (b[1] & 0xF0) == 16) || (b[0] == 192 && b[1] == 168) ||
           (b[0] == 100 && (b[1] & 0xC0) == 64);
  }
  return inet_pton(AF_INET6, input.c_str(), b.data()) == 1 && (b[0] & 0xFE) == 0xFC;
}

bool is_host_in_text(std::string_view name, bool path_follows) {
  static constexpr std::array<std::string_view, 10> reserved = {
      "example", "test", "invalid", "localhost", "local", "internal", "intern", "lan", "onion", "corp"};
  // Top-level domains that are also endings of files.
  static constexpr std::array<std::string_view, 20> files = {"py", "sh", "pl", "md",  "zip", "mov", "rs",
                                                             "cc", "so", "ps", "app", "pub", "dev", "bz",
                                                             "gz", "tf", "ml", "la",  "ai",  "cat"};
  // Top-level domains that are also words, as where a space is missing between two sentences.
  static constexpr std::array<std::string_view, 28> words = {
      "it", "is", "as", "at", "am", "in", "no", "so",   "to",   "do",   "my",   "me", "us", "be",
      "an", "de", "er", "es", "et", "la", "ma", "name", "info", "post", "hier", "om", "we", "can"};
  static constexpr std::array<std::string_view, 22> code = {
      "document",  "window", "console", "location", "self",   "this",  "req", "request",
      "response",  "system", "process", "java",     "javax",  "com",   "org", "net",
      "navigator", "asp",    "user",    "data",     "config", "params"};
  const auto host = to_a_labels(name);
  if (!host || to_ip(*host)) return false;
  const auto labels = split(*host, '.');
  if (labels.size() < 2) return false;
  const auto tld = labels.back();
  if (tld.size() < 2 || tld.find_first_of("0123456789_") == 0) return false;
  if (one_of(reserved, tld)) return labels.front() != "com";
  if (one_of(code, labels.front()) && !path_follows) return false;
  if (psl_is_public_suffix2(psl_builtin(), std::string(tld).c_str(), PSL_TYPE_ANY | PSL_TYPE_NO_STAR_RULE) ==
      0)
    return false;
  if (labels.size() > 2 || path_follows) return !one_of(files, tld) || labels.size() > 2 || path_follows;
  if (one_of(files, tld)) return false;
  if (one_of(words, tld) && ascii_lower(name) != name) return false;
  return labels.front().size() > 1;
}

bool is_host_of(std::string_view group, std::string_view host) {
  const auto found = host_groups().find(group);
  if (found == host_groups().end()) return false;
  for (;;) {
    if (found->second.contains(host)) return true;
    const auto dot = host.find('.');
    if (dot == std::string_view::npos) return false;
    host.remove_prefix(dot + 1);
  }
}

} // namespace cvdesk::report
