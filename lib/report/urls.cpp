#include "report/urls.hpp"

#include "core/text.hpp"
#include "report/hosts.hpp"
#include "report/pattern.hpp"

#include <algorithm>

namespace cvdesk::report {

namespace {

constexpr std::size_t most_locations = 500;
constexpr std::size_t longest_url = 8000;

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  c = ascii_lower(c);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

std::string percent_decode(std::string_view text, char escape = '%') {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == escape && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 &&
        hex_value(text[i + 2]) >= 0) {
      out += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

// Where a URL ends that starts at `begin`. What stands before it says which character closes it; in a query
// without such a frame quotes and angle brackets may be payload.
std::size_t end_of_url(std::string_view text, std::size_t begin) {
  const char opener = begin > 0 ? text[begin - 1] : ' ';
  bool query = false;
  std::size_t i = begin;
  for (; i < text.size() && i - begin < longest_url; ++i) {
    const char c = text[i];
    if (static_cast<unsigned char>(c) <= ' ' || c == '\x7f') break;
    if (text.substr(i, 2) == "\xC2\xA0" || text.substr(i, 2) == "\xC2\xBB" || text.substr(i, 2) == "\xC2\xAB")
      break;
    if (text.substr(i, 2) == "\xE2\x80" && i + 2 < text.size() && text[i + 2] != '\xA6')
      break; // curly quotes, dashes
    if (opener == '<' && c == '>') break;
    if ((opener == '"' || opener == '\'' || opener == '`') && c == opener) break;
    if (c == '?' || c == '#') query = true;
    if (!query && (c == '<' || c == '>' || c == '"' || c == '`' || c == '\\' || c == '|')) break;
    if (query && c == '<') {
      // "…?a=b<https://…>" and a closing tag are markup, "<script>" is payload.
      const auto rest = ascii_lower(text.substr(i + 1, 8));
      if (rest.starts_with("http") || rest.starts_with("mailto") || rest.starts_with("/a>")) break;
    }
  }
  std::size_t end = i;
  for (;;) {
    if (end <= begin) return end;
    const char last = text[end - 1];
    const auto url = text.substr(begin, end - begin);
    const auto count = [&](char c) { return std::count(url.begin(), url.end(), c); };
    if (last == ')' && count(')') > count('('))
      --end;
    else if (last == ']' && count(']') > count('['))
      --end;
    else if (last == '}' && count('}') > count('{'))
      --end;
    else if (std::string_view(".,;:!*").find(last) != std::string_view::npos)
      --end;
    else if (last == '?' || (last == '\'' && opener == '\'') ||
             (last == '"' && count('"') % 2 == 1 && end < text.size() &&
              url.find("=\"") == std::string_view::npos))
      --end;
    else if (last == '>' && count('>') > count('<') && opener == '<')
      --end;
    else
      return end;
  }
}

bool is_word_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

struct Taken {
  std::vector<std::pair<std::size_t, std::size_t>> spans;
  bool overlaps(std::size_t begin, std::size_t end) const {
    return std::any_of(spans.begin(), spans.end(),
                       [&](const auto& s) { return begin < s.second && end > s.first; });
  }
};

void add_url(std::vector<Location>& found, Taken& taken, std::string_view text, std::size_t begin) {
  const auto end = end_of_url(text, begin);
  if (end <= begin || taken.overlaps(begin, end)) return;
  const auto raw = text.substr(begin, end - begin);
  auto location = read_url(unwrap_url(raw));
  taken.spans.emplace_back(begin, end);
  if (location.host.empty() && location.ip.empty()) return;
  location.has_scheme = true;
  location.begin = begin;
  location.end = end;
  found.push_back(std::move(location));
}

} // namespace

std::string refang(std::string_view text) {
  static const RE2 scheme(
      "(?i)\\bh(?:xx|\\*\\*|__|tt)p(s?)(?:\\[:\\]|\\[://\\]|\\(:\\)|:)(?:\\[?/\\]?/|\\[//\\]|)",
      pattern_options());
  static const RE2 bracketed_scheme("(?i)\\b(https?)\\[:\\](//)?", pattern_options());
  static const RE2 dot("(?i) "
                       "?(?:\\[\\s?(?:\\.|dot|punt|punkt|point)\\s?\\]|\\(\\s?(?:\\.|dot|punt|punkt|point)"
                       "\\s?\\)|\\{\\s?(?:\\.|dot|punt|punkt|point)\\s?\\}|<dot>) ?",
                       pattern_options());
  static const RE2 at("(?i) "
                      "?(?:\\[\\s?(?:@|at|apenstaartje|apenstaart|apestaart|arobase|arobas|aroba|ät|bei)\\s?"
                      "\\]|\\(\\s?(?:@|at|apenstaartje|apenstaart|apestaart|arobase|arobas|aroba|ät|bei|"
                      "klammeraffe)\\s?\\)|\\{\\s?(?:@|at)\\s?\\}) ?",
                      pattern_options());
  static const RE2 colon("\\[:\\]", pattern_options());
  static const RE2 slash("\\[/\\]", pattern_options());
  std::string out(text);
  if (text.find_first_of("[({<") != std::string_view::npos || text.find("xx") != std::string_view::npos ||
      text.find("XX") != std::string_view::npos || text.find("**") != std::string_view::npos) {
    RE2::GlobalReplace(&out, scheme, "http\\1://");
    RE2::GlobalReplace(&out, bracketed_scheme, "\\1:\\2");
    RE2::GlobalReplace(&out, dot, ".");
    RE2::GlobalReplace(&out, at, "@");
    RE2::GlobalReplace(&out, colon, ":");
    RE2::GlobalReplace(&out, slash, "/");
  }
  return out;
}

std::string spell_out(std::string_view text) {
  static const RE2 spelled(
      "(?i)\\b([a-z0-9_-]+(?:(?:\\.| (?:dot|punt|punkt|point) )[a-z0-9_-]+)*)(?: at | ät | @ | apenstaartje "
      "| apenstaart | apestaart | arobase | arobas | klammeraffe |@)"
      "([a-z0-9-]+(?:\\.[a-z0-9-]+)*(?: (?:dot|punt|punkt|point) [a-z0-9-]+(?:\\.[a-z0-9-]+)*)+)\\b",
      pattern_options());
  static const RE2 word("(?i) (?:dot|punt|punkt|point) ", pattern_options());
  std::string out = refang(text);
  for (int i = 0; i < 20; ++i) {
    re2::StringPiece groups[3];
    if (!spelled.Match(out, 0, out.size(), RE2::UNANCHORED, groups, 3)) break;
    std::string local(view(groups[1]));
    std::string domain(view(groups[2]));
    RE2::GlobalReplace(&local, word, ".");
    RE2::GlobalReplace(&domain, word, ".");
    const auto begin = static_cast<std::size_t>(groups[0].data() - out.data());
    out.replace(begin, groups[0].size(), local + "@" + domain);
  }
  return out;
}

std::string unwrap_url(std::string_view url) {
  const auto lower = ascii_lower(url.substr(0, 300));
  std::string_view key;
  bool proofpoint = false;
  if (lower.find("safelinks.protection.outlook.") != std::string::npos) key = "url=";
  if (lower.find("urldefense.") != std::string::npos && lower.find("/v2/") != std::string::npos) {
    key = "u=";
    proofpoint = true;
  }
  if (key.empty()) return std::string(url);
  const auto query = url.find('?');
  if (query == std::string_view::npos) return std::string(url);
  for (const auto pair : split(url.substr(query + 1), '&')) {
    if (!starts_with_ignoring_case(pair, key)) continue;
    std::string value(pair.substr(key.size()));
    if (proofpoint) {
      std::replace(value.begin(), value.end(), '_', '/');
      return percent_decode(value, '-');
    }
    return percent_decode(value);
  }
  return std::string(url);
}

Location read_url(std::string_view text) {
  static const Pattern absolute("^(?i)([a-z][a-z0-9+.-]{1,20})://(?:[^/?#@\\s]*@)?(\\[[0-9a-f:.]+\\]|[^/"
                                "?#:\\s]+)(?::(\\d{1,5}))?([/?#].*|)$");
  Location location;
  std::string with_scheme(text);
  if (text.find("://") == std::string_view::npos || text.find("://") > 20)
    with_scheme = "https://" + with_scheme;
  Pattern::Match match;
  if (!absolute.first(with_scheme, match)) return location;
  std::string host;
  if (const auto ip = to_ip(match[2])) {
    location.ip = *ip;
    host = ip->find(':') != std::string::npos ? "[" + *ip + "]" : *ip;
  } else if (const auto name = to_a_labels(percent_decode(match[2]))) {
    location.host = host = *name;
  } else {
    return location;
  }
  location.path = std::string(match[4]);
  location.url = ascii_lower(match[1]) + "://" + host;
  if (!match[3].empty()) location.url += ":" + std::string(match[3]);
  location.url += location.path;
  return location;
}

std::vector<Location> locate(std::string_view text) {
  static const Pattern scheme("(?i)\\b(?:https?|wss?|ftps?|sftp|ssh|rtsps?|ldaps?|mqtts?|coaps?|smb|rdp|vnc|"
                              "opc\\.tcp|modbus|telnet|tftp|imaps?|smtps?)://");
  static const Pattern mail("[\\p{L}\\p{N}._%+'=-]+@[\\p{L}\\p{N}-]+(?:\\.[\\p{L}\\p{N}-]+)+");
  static const Pattern ipv4("(?:\\d{1,3}\\.){3}\\d{1,3}");
  static const Pattern ipv6("(?i)\\[?(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}\\]?");
  static const Pattern name(
      "(?:[\\p{L}\\p{N}_](?:[\\p{L}\\p{N}_-]*[\\p{L}\\p{N}])?\\.)+\\p{L}[\\p{L}\\p{N}-]*\\p{L}");
  std::vector<Location> found;
  Taken taken;
  Pattern::Match match;
  for (std::size_t at = 0; found.size() < most_locations && scheme.next(text, at, match);) {
    const auto begin = offset_in(text, match[0]);
    if (taken.overlaps(begin, begin + 1)) continue; // nested in the URL before
    add_url(found, taken, text, begin);
    at = std::max(at, taken.spans.empty() ? at : taken.spans.back().second);
  }
  for (std::size_t at = 0, n = 0; n < most_locations && mail.next(text, at, match); ++n) {
    const auto begin = offset_in(text, match[0]);
    if (!taken.overlaps(begin, begin + match[0].size()))
      taken.spans.emplace_back(begin, begin + match[0].size());
  }
  const auto bare = [&](std::size_t begin, std::size_t size, bool ip) {
    if (taken.overlaps(begin, begin + size)) return;
    const char before = begin > 0 ? text[begin - 1] : ' ';
    if (is_word_byte(before) || before == '.' || before == '/' || before == '@' || before == '\\' ||
        before == '$' || before == '&' || before == '-' || before == '%') {
      return;
    }
    const auto behind = begin + size;
    const char next = behind < text.size() ? text[behind] : ' ';
    std::size_t rest = behind;
    static const Pattern port("^:\\d{2,5}\\b");
    Pattern::Match port_match;
    const bool has_port = port.first(text.substr(behind, 7), port_match);
    if (has_port) rest += port_match[0].size();
    const bool path = rest < text.size() && (text[rest] == '/' || text[rest] == '?') &&
                      rest + 1 < text.size() && static_cast<unsigned char>(text[rest + 1]) > ' ';
    const auto host = text.substr(begin, size);
    if (next == '(' || (!ip && next == '@')) return;
    if (!ip && !is_host_in_text(host, path || has_port)) return;
    Location location;
    // A netmask is no path.
    const bool mask =
        ip && path && text[rest] == '/' && text[rest + 1] >= '0' && text[rest + 1] <= '9' && !has_port;
    if ((path && !mask) || (has_port && rest < text.size() && text[rest] == '/')) {
      const auto end = end_of_url(text, begin);
      location = read_url(text.substr(begin, end - begin));
      location.end = end;
    } else {
      // "_dmarc.example.org" and "s1._domainkey.example.org" are records of example.org.
      static const Pattern service("^(?i:[a-z0-9-]+\\._domainkey\\.|(?:_[a-z0-9-]+\\.)+)");
      Pattern::Match record;
      const bool in_dns = !ip && service.first(host, record);
      location = read_url(in_dns ? host.substr(record[0].size()) : host);
      location.url.clear();
      location.path.clear();
      location.end = has_port ? rest : behind;
    }
    if (location.host.empty() && location.ip.empty()) return;
    location.begin = begin;
    taken.spans.emplace_back(begin, location.end);
    found.push_back(std::move(location));
  };
  for (std::size_t at = 0, n = 0; n < most_locations && name.next(text, at, match); ++n) {
    bare(offset_in(text, match[0]), match[0].size(), false);
  }
  for (std::size_t at = 0, n = 0; n < most_locations && ipv4.next(text, at, match); ++n) {
    const auto begin = offset_in(text, match[0]);
    if (!to_ip(match[0])) continue;
    const auto behind = begin + match[0].size();
    // "(+31) 6 83.90.21.57" is a telephone number.
    static const Pattern dialled("\\+\\d{1,3}\\)? ?(?:\\(0\\))?[\\d /.-]{0,8}$");
    if (dialled.in(text.substr(begin > 24 ? begin - 24 : 0, std::min<std::size_t>(begin, 24)))) continue;
    if (behind + 1 < text.size() && text[behind] == '.' && text[behind + 1] >= '0' && text[behind + 1] <= '9')
      continue;
    bare(begin, match[0].size(), true);
  }
  for (std::size_t at = 0, n = 0; n < most_locations && ipv6.next(text, at, match); ++n) {
    auto part = match[0];
    if (part.starts_with('[') && part.ends_with(']')) part = part.substr(1, part.size() - 2);
    while (part.ends_with(':') && !part.ends_with("::"))
      part.remove_suffix(1);
    if (!to_ip(part) || part.size() < 4) continue;
    const auto begin = offset_in(text, match[0]);
    if (taken.overlaps(begin, begin + match[0].size())) continue;
    Location location;
    location.ip = *to_ip(part);
    location.begin = begin;
    location.end = begin + match[0].size();
    taken.spans.emplace_back(location.begin, location.end);
    found.push_back(std::move(location));
  }
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.begin < b.begin; });
  if (found.size() > most_locations) found.resize(most_locations);
  return found;
}

} // namespace cvdesk::report
