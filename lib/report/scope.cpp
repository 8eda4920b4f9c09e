#include "core/text.hpp"
#include "report/hosts.hpp"
#include "report/read.hpp"
#include "report/urls.hpp"

#include <algorithm>

namespace cvdesk::report {

namespace {

bool is_below(std::string_view host, std::string_view domain) {
  return host == domain || (host.size() > domain.size() && host.ends_with(domain) &&
                            host[host.size() - domain.size() - 1] == '.');
}

// RFC 3986, 6.2.2: case of escapes, unreserved characters unescaped, dot segments removed; without query.
std::string normal_path(std::string_view path) {
  path = path.substr(0, path.find_first_of("?#"));
  std::string decoded;
  for (std::size_t i = 0; i < path.size(); ++i) {
    const auto digit = [&](std::size_t at) -> int {
      if (at >= path.size()) return -1;
      const auto found = std::string_view("0123456789abcdef").find(ascii_lower(path[at]));
      return found == std::string_view::npos ? -1 : static_cast<int>(found);
    };
    const int high = path[i] == '%' ? digit(i + 1) : -1;
    const int low = high >= 0 ? digit(i + 2) : -1;
    if (low < 0) {
      decoded += path[i] == '\\' ? '/' : path[i];
      continue;
    }
    const char c = static_cast<char>(high * 16 + low);
    const bool unreserved = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                            c == '-' || c == '.' || c == '_' || c == '~';
    // An escaped slash separates too where it matters: whether a path leaves its folder.
    decoded += unreserved || c == '/' || c == '\\' ? std::string(1, c == '\\' ? '/' : c)
                                                   : ascii_upper(path.substr(i, 3));
    i += 2;
  }
  std::vector<std::string> kept;
  for (const auto segment : split(decoded, '/')) {
    if (segment == "..") {
      if (!kept.empty()) kept.pop_back();
    } else if (segment != "." && !segment.empty()) {
      kept.emplace_back(segment);
    }
  }
  std::string normal = "/";
  normal += join(kept, "/");
  if (normal.size() > 1 && (decoded.ends_with('/') || decoded.ends_with("/.") || decoded.ends_with("/..")))
    normal += '/';
  return normal;
}

bool matches(std::string_view entry, std::string_view host, std::string_view url) {
  if (entry.find('/') == std::string_view::npos) {
    auto domain = to_a_labels(entry.starts_with("*.") ? entry.substr(2) : entry);
    if (!domain) return to_ip(entry) && to_ip(entry) == to_ip(host);
    return is_below(host, *domain);
  }
  const auto base = read_url(entry);
  if (url.empty() || (base.host.empty() && base.ip.empty())) return false;
  const auto target = read_url(url);
  if (target.host != base.host || target.ip != base.ip) return false;
  auto folder = normal_path(base.path);
  const auto path = normal_path(target.path);
  if (path == folder) return true;
  if (!folder.ends_with('/')) folder += '/';
  return path.starts_with(folder) || path + "/" == folder;
}

} // namespace

ScopeMatch match_scope(std::string_view host, std::string_view url, const Vantage& vantage) {
  if (host.empty()) return {};
  const auto any = [&](const std::vector<std::string>& entries) {
    return std::any_of(entries.begin(), entries.end(),
                       [&](const auto& entry) { return matches(entry, host, url); });
  };
  if (any(vantage.scope)) return {Scope::in, std::nullopt};
  for (const auto& partner : vantage.partners) {
    if (any(partner.scope)) return {Scope::third_party, partner.name};
  }
  return {Scope::out, std::nullopt};
}

} // namespace cvdesk::report
