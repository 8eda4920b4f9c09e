#include "report/http.hpp"

#include "core/text.hpp"
#include "report/pattern.hpp"

namespace cvdesk::report {

Requests read_requests(std::string_view code) {
  static const Pattern request("^\\s*(?:>\\s*)?(GET|POST|PUT|DELETE|PATCH|HEAD|OPTIONS|TRACE|PROPFIND) "
                               "(\\S.*?)(?: HTTP/[\\d.]+)?\\s*$");
  static const Pattern host("(?i)^\\s*(?:>\\s*)?host:\\s*(\\S+)");
  static const Pattern side_header(
      "(?i)^\\s*(?:[<>]\\s*)?(?:origin|referer|location|x-forwarded-\\w+|access-control-[\\w-]+|link|x-"
      "original-\\w+|forwarded|content-security-policy):");
  static const Pattern command(
      "^\\s*(?:[$#>] "
      "?)?(?:curl(?:\\.exe)?|wget|http|https|nmap|openssl|dig|nc|ssh|python3?|sqlmap|ftp|telnet)\\b");
  static const Pattern curl_host("(?i)-H\\s*[\"']?host:\\s*([^\"'\\s]+)");
  static const Pattern side_option("(?i)(?:-H|--header|-d|--data[a-z-]*|-e|--referer|-x|--proxy|-F|--form)"
                                   "\\s*(?:'[^']*'|\"[^\"]*\"|\\S+)");
  Requests requests;
  std::string path;
  bool in_header = false;
  Pattern::Match match;
  // A command that goes on after a backslash is one line.
  std::string joined(code);
  for (std::size_t at = 0; (at = joined.find("\\\n", at)) != std::string::npos;)
    joined.replace(at, 2, "  ");
  for (const auto line : split(joined, '\n')) {
    if (requests.targets.size() >= 100) break;
    if (request.first(line, match)) {
      path = std::string(match[2]);
      ++requests.count;
      in_header = true;
      if (path.find("://") != std::string::npos && path.find("://") < 10) {
        requests.targets.push_back(read_url(path));
        requests.targets.back().has_scheme = true;
        path.clear();
      }
      continue;
    }
    if (in_header && host.first(line, match) && !path.empty()) {
      std::string authority(match[1]);
      const bool plain = authority.ends_with(":80");
      auto target = read_url((plain ? "http://" : "https://") + authority +
                             (path.starts_with('/') ? path : "/" + path));
      target.has_scheme = true;
      if (!target.url.empty()) requests.targets.push_back(std::move(target));
      path.clear();
      continue;
    }
    if (side_header.in(line)) {
      for (auto& other : locate(line))
        requests.others.push_back(std::move(other));
      continue;
    }
    if (command.in(line)) {
      ++requests.count;
      in_header = false;
      std::string bare(line);
      static const RE2 options("(?i)(?:^|\\s)(?:-H|--header|-d|--data[a-z-]*|-e|--referer|-x|--proxy|-F|--"
                               "form)\\s*(?:'[^']*'|\"[^\"]*\"|\\S+)",
                               pattern_options());
      RE2::GlobalReplace(&bare, options, " ");
      for (auto& target : locate(bare)) {
        if (curl_host.first(line, match) && target.host.empty()) {
          auto named = read_url((target.url.starts_with("http:") ? "http://" : "https://") +
                                std::string(match[1]) + target.path);
          named.has_scheme = true;
          requests.targets.push_back(std::move(named));
        }
        requests.targets.push_back(std::move(target));
      }
      std::string_view whole = line;
      std::size_t at = 0;
      while (side_option.next(whole, at, match)) {
        for (auto& other : locate(match[0]))
          requests.others.push_back(std::move(other));
      }
      continue;
    }
    if (trim(line).empty()) in_header = false;
    for (auto& other : locate(line)) {
      (requests.count > 0 ? requests.others : requests.targets).push_back(std::move(other));
    }
  }
  return requests;
}

} // namespace cvdesk::report
