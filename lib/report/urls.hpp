// Addresses of systems in text: URLs with and without scheme, host names, IP addresses; defanging undone.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace cvdesk::report {

// hxxp, [.] (dot) [:]// [at] and their like undone; nothing else changes.
std::string refang(std::string_view text);
// Also "jan at post dot example", in the words of four languages. For addresses of people only.
std::string spell_out(std::string_view text);

struct Location {
  std::string url;  // absolute, scheme and host in lower case, host as A-labels; empty: only a host was named
  std::string host; // A-labels; empty for an IP address
  std::string ip;
  std::string path;        // of the URL, as written; empty for a bare host
  bool has_scheme = false; // it was written with one
  bool nested = false;     // inside another URL's query
  std::size_t begin = 0;   // in the refanged text
  std::size_t end = 0;
};

// In the order of the text, at most 500. Mail addresses are not looked into.
std::vector<Location> locate(std::string_view refanged);

// An absolute URL, or a host with or without path (https is added). No host: an empty Location.
Location read_url(std::string_view text);

// What a mail gateway wrapped (Safe Links, URL Defense v2): the URL inside; others unchanged.
std::string unwrap_url(std::string_view url);

} // namespace cvdesk::report
