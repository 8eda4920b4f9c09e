#include "desk/likeness.hpp"

#include "core/text.hpp"
#include "report/fold.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <map>

namespace cvdesk::desk {

namespace {

constexpr std::size_t most_of_a_kind = 20;
constexpr std::size_t text_read = 32u << 10;
constexpr std::size_t sketch_size = 24;
constexpr std::size_t run = 3; // words

std::uint64_t mixed(std::uint64_t value) {
  value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9u;
  value = (value ^ (value >> 27)) * 0x94D049BB133111EBu;
  return value ^ (value >> 31);
}

std::uint64_t hash_of(std::string_view word, std::uint64_t hash) {
  for (const char c : word)
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3u;
  return hash;
}

// The new text, in words without signs; what it quotes is someone else's.
std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  for (const auto line : split(text.substr(0, text_read), '\n')) {
    if (trim(line).starts_with('>')) continue;
    // Addresses count by themselves.
    const std::string folded = report::folded(line);
    std::string plain;
    for (const auto token : split(folded, ' ')) {
      const bool address = token.find('/') != std::string_view::npos ||
                           token.find('@') != std::string_view::npos ||
                           (token.find('.') != std::string_view::npos && token.find('.') + 1 < token.size());
      if (!address) plain += std::string(token) + " ";
    }
    std::string word;
    for (const char c : plain) {
      const bool letter =
          (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80;
      if (letter) {
        word += c;
      } else if (!word.empty()) {
        words.push_back(std::move(word));
        word.clear();
      }
    }
  }
  return words;
}

std::array<std::uint64_t, sketch_size> sketch_of(const std::vector<std::string>& words) {
  std::array<std::uint64_t, sketch_size> least;
  least.fill(std::numeric_limits<std::uint64_t>::max());
  for (std::size_t i = 0; i + run <= words.size(); ++i) {
    std::uint64_t hash = 0xCBF29CE484222325u;
    for (std::size_t k = 0; k < run; ++k)
      hash = hash_of(words[i + k], hash_of(" ", hash));
    for (std::size_t n = 0; n < sketch_size; ++n)
      least[n] = std::min(least[n], mixed(hash + n * 0x9E3779B97F4A7C15u));
  }
  return least;
}

// "https://host/path?query" → "host/path"; empty where there is no page.
std::string page_of(std::string_view url) {
  const auto begin = url.find("://");
  if (begin == std::string_view::npos) return {};
  auto rest = url.substr(begin + 3);
  rest = rest.substr(0, rest.find_first_of("?#"));
  while (rest.ends_with('/'))
    rest.remove_suffix(1);
  return rest.find('/') == std::string_view::npos ? std::string() : ascii_lower(rest);
}

} // namespace

std::vector<store::Mark> marks_of(const reader::Inspection& inspection) {
  std::vector<store::Mark> marks;
  const auto& facts = inspection.facts;
  const auto add = [&](const char* kind, const std::vector<std::string>& values, auto key) {
    std::size_t count = 0;
    for (const auto& value : values) {
      if (const std::string one = key(value); !one.empty() && count++ < most_of_a_kind)
        marks.push_back({kind, one});
    }
  };
  const auto same = [](const std::string& value) { return value; };
  add("url", facts.affected.urls, page_of);
  add("host", facts.affected.hosts, same);
  add("host", facts.affected.ips, same);
  add("cwe", facts.weakness.cwe, same);
  add("cve", facts.weakness.cve, same);
  const auto words = words_of(inspection.text);
  if (words.size() < 12) return marks;
  const auto sketch = sketch_of(words);
  for (std::size_t n = 0; n < sketch_size; ++n)
    marks.push_back({"text", fmt::format("{} {:x}", n, sketch[n])});
  return marks;
}

std::vector<Alike> alike_among(const std::vector<store::SharedMarks>& shared) {
  // The same page and the same weakness, the same known vulnerability on the same host, or much the same
  // words.
  constexpr int enough = 6;
  std::map<store::Id, std::map<std::string, int>> by_case;
  for (const auto& one : shared)
    by_case[one.other][one.kind] += one.count;
  std::vector<Alike> all;
  for (auto& [other, kinds] : by_case) {
    const int percent = kinds["text"] * 100 / static_cast<int>(sketch_size);
    std::vector<std::string> reasons;
    int points = 0;
    // By name: Clang 14 captures no structured binding otherwise.
    const auto count = [&, &kinds = kinds](const char* kind, int worth, const char* what) {
      if (kinds[kind] == 0) return;
      points += worth;
      reasons.emplace_back(what);
    };
    count("url", 4, "the same page");
    count("host", 1, "the same host");
    count("cwe", 2, "the same weakness");
    count("cve", 5, "the same CVE");
    points += percent * 8 / 100;
    if (percent >= 15) reasons.push_back(fmt::format("{} % of its words alike", percent));
    if (points >= enough) all.push_back({other, points, join(reasons, ", ")});
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const Alike& a, const Alike& b) { return a.points > b.points; });
  if (all.size() > 3) all.resize(3);
  return all;
}

} // namespace cvdesk::desk
