#include "cli/why.hpp"

#include "cli/terminal.hpp"
#include "core/text.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <set>

namespace cvdesk::cli {

namespace {

constexpr std::size_t longest_excerpt = 200;

std::string_view excerpt_of(const report::Evidence& one, std::string_view text) {
  const auto begin = std::min(one.offset, text.size());
  return text.substr(begin, std::min(one.size, text.size() - begin));
}

std::size_t line_of(const report::Evidence& one, std::string_view text) {
  const auto before = text.substr(0, std::min(one.offset, text.size()));
  return static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n')) + 1;
}

// As the facts are called where they are shown.
std::string_view label_of(std::string_view field) {
  static const std::map<std::string_view, std::string_view> labels = {
      {"reporter.name", "name"},
      {"reporter.emails", "e-mail"},
      {"reporter.phones", "telephone"},
      {"reporter.handles", "handle"},
      {"reporter.credit", "credit"},
      {"reporter.anonymous", "anonymous"},
      {"reporter.pgp_fingerprints", "OpenPGP"},
      {"affected.urls", "URL"},
      {"affected.hosts", "host"},
      {"affected.ips", "IP address"},
      {"references", "reference"},
      {"weakness.cwe", "weakness"},
      {"weakness.cve", "CVE"},
      {"weakness.cvss", "CVSS"},
      {"steps", "step"},
      {"disclosure.date", "publication"},
      {"disclosure.days", "publication"},
      {"conduct", "conduct"}};
  const auto found = labels.find(field);
  return found == labels.end() ? field : found->second;
}

std::string place_of(const report::Evidence& one, const Sourced& mail) {
  if (one.source == "link") return fmt::format("← message {}, a link in its HTML", mail.message);
  if (!one.source.empty()) return fmt::format("← message {}, {}", mail.message, one.source);
  const std::string words = shorten(squeeze(excerpt_of(one, mail.text)), longest_excerpt);
  return fmt::format("← message {}, line {}: '{}'", mail.message, line_of(one, mail.text), words);
}

} // namespace

Json evidence_json(const std::vector<Sourced>& mails) {
  Json list = Json::array();
  for (const auto& mail : mails) {
    for (const auto& one : *mail.evidence) {
      const bool in_text = one.source.empty();
      list.push_back({{"fact", one.field},
                      {"value", one.value},
                      {"message", mail.message},
                      {"source", in_text ? "text" : one.source},
                      {"offset", in_text ? Json(one.offset) : Json(nullptr)},
                      {"length", in_text ? Json(one.size) : Json(nullptr)},
                      {"line", in_text ? Json(line_of(one, mail.text)) : Json(nullptr)},
                      {"excerpt", in_text ? Json(std::string(excerpt_of(one, mail.text))) : Json(nullptr)}});
    }
  }
  return list;
}

void print_why(const std::vector<Sourced>& mails) {
  // Fact by fact, in the order in which they were read.
  std::vector<std::pair<std::string, std::string>> facts;
  for (const auto& mail : mails) {
    for (const auto& one : *mail.evidence) {
      const std::pair fact(one.field, one.value);
      if (std::find(facts.begin(), facts.end(), fact) == facts.end()) facts.push_back(fact);
    }
  }
  if (facts.empty()) return;
  print_heading("Why");
  for (const auto& [field, value] : facts) {
    print_field(label_of(field), value == "true" ? "yes" : value);
    for (const auto& mail : mails) {
      for (const auto& one : *mail.evidence) {
        if (one.field == field && one.value == value) print_field(" ", place_of(one, mail), Colour::dim);
      }
    }
  }
}

void print_numbered(const Sourced& mail) {
  std::set<std::size_t> marked;
  for (const auto& one : *mail.evidence) {
    if (one.source.empty()) marked.insert(line_of(one, mail.text));
  }
  std::size_t number = 0;
  for (const auto line : split(mail.text, '\n')) {
    ++number;
    const auto margin = fmt::format("{:>5} {} ", number, marked.contains(number) ? "▸" : "│");
    if (trim(line).empty()) {
      fmt::print("{}\n", margin);
    } else {
      print_text(line, margin);
    }
  }
}

} // namespace cvdesk::cli
