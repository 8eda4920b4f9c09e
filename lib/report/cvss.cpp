#include "report/cvss.hpp"

#include "core/text.hpp"
#include "report/cvss_metrics.hpp"
#include "report/pattern.hpp"

#include <algorithm>
#include <cmath>
#include <map>

namespace cvdesk::report {

namespace {

using Values = std::map<std::string, std::string, std::less<>>; // metric → allowed values, "|N|L|"

struct Version {
  std::vector<std::string_view> base;
  Values metrics;
};

const Version& version_3() {
  static const Version v{
      {"AV", "AC", "PR", "UI", "S", "C", "I", "A"},
      {{"AV", "|N|A|L|P|"},  {"AC", "|L|H|"},       {"PR", "|N|L|H|"},      {"UI", "|N|R|"},
       {"S", "|U|C|"},       {"C", "|H|L|N|"},      {"I", "|H|L|N|"},       {"A", "|H|L|N|"},
       {"E", "|X|H|F|P|U|"}, {"RL", "|X|U|W|T|O|"}, {"RC", "|X|C|R|U|"},    {"CR", "|X|H|M|L|"},
       {"IR", "|X|H|M|L|"},  {"AR", "|X|H|M|L|"},   {"MAV", "|X|N|A|L|P|"}, {"MAC", "|X|L|H|"},
       {"MPR", "|X|N|L|H|"}, {"MUI", "|X|N|R|"},    {"MS", "|X|U|C|"},      {"MC", "|X|N|L|H|"},
       {"MI", "|X|N|L|H|"},  {"MA", "|X|N|L|H|"}}};
  return v;
}

const Version& version_2() {
  static const Version v{{"AV", "AC", "Au", "C", "I", "A"},
                         {{"AV", "|L|A|N|"},
                          {"AC", "|H|M|L|"},
                          {"Au", "|M|S|N|"},
                          {"C", "|N|P|C|"},
                          {"I", "|N|P|C|"},
                          {"A", "|N|P|C|"},
                          {"E", "|U|POC|F|H|ND|"},
                          {"RL", "|OF|TF|W|U|ND|"},
                          {"RC", "|UC|UR|C|ND|"},
                          {"CDP", "|N|L|LM|MH|H|ND|"},
                          {"TD", "|N|L|M|H|ND|"},
                          {"CR", "|L|M|H|ND|"},
                          {"IR", "|L|M|H|ND|"},
                          {"AR", "|L|M|H|ND|"}}};
  return v;
}

const Version& version_4() {
  static const Version v{{"AV", "AC", "AT", "PR", "UI", "VC", "VI", "VA", "SC", "SI", "SA"},
                         {{"AV", "|N|A|L|P|"},    {"AC", "|L|H|"},
                          {"AT", "|N|P|"},        {"PR", "|N|L|H|"},
                          {"UI", "|N|P|A|"},      {"VC", "|H|L|N|"},
                          {"VI", "|H|L|N|"},      {"VA", "|H|L|N|"},
                          {"SC", "|H|L|N|"},      {"SI", "|H|L|N|"},
                          {"SA", "|H|L|N|"},      {"E", "|X|A|P|U|"},
                          {"CR", "|X|H|M|L|"},    {"IR", "|X|H|M|L|"},
                          {"AR", "|X|H|M|L|"},    {"MAV", "|X|N|A|L|P|"},
                          {"MAC", "|X|L|H|"},     {"MAT", "|X|N|P|"},
                          {"MPR", "|X|N|L|H|"},   {"MUI", "|X|N|P|A|"},
                          {"MVC", "|X|H|L|N|"},   {"MVI", "|X|H|L|N|"},
                          {"MVA", "|X|H|L|N|"},   {"MSC", "|X|H|L|N|"},
                          {"MSI", "|X|S|H|L|N|"}, {"MSA", "|X|S|H|L|N|"},
                          {"S", "|X|N|P|"},       {"AU", "|X|N|Y|"},
                          {"R", "|X|A|U|I|"},     {"V", "|X|D|C|"},
                          {"RE", "|X|L|M|H|"},    {"U", "|X|Clear|Green|Amber|Red|"}}};
  return v;
}

// The name as the specification writes it, whatever the case.
const std::string* known_name(const Version& version, std::string_view name) {
  for (const auto& [known, values] : version.metrics) {
    if (equal_ignoring_case(known, name)) return &known;
  }
  return nullptr;
}

std::optional<std::string> known_value(std::string_view values, std::string_view value) {
  for (const auto allowed : split(values, '|')) {
    if (!allowed.empty() && equal_ignoring_case(allowed, value)) return std::string(allowed);
  }
  return std::nullopt;
}

std::optional<std::string> canonical(const Version& version, std::string_view metrics) {
  Metrics seen;
  std::string out;
  for (const auto part : split(metrics, '/')) {
    const auto colon = part.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    const auto* name = known_name(version, part.substr(0, colon));
    if (name == nullptr || seen.contains(*name)) return std::nullopt;
    const auto value = known_value(version.metrics.find(*name)->second, part.substr(colon + 1));
    if (!value) return std::nullopt;
    seen[*name] = *value;
    if (!out.empty()) out += '/';
    out += *name + ":" + *value;
  }
  for (const auto needed : version.base) {
    if (!seen.contains(needed)) return std::nullopt;
  }
  return out;
}

// The specification's Roundup of 3.1, which floating point does not upset (Appendix A).
double round_up(double value) {
  const auto scaled = std::lround(value * 100000);
  return scaled % 10000 == 0 ? static_cast<double>(scaled) / 100000.0
                             : (std::floor(static_cast<double>(scaled) / 10000.0) + 1) / 10.0;
}

double score_3(const Metrics& m, bool v31) {
  const auto weigh = [&](std::string_view name, std::map<char, double> weights) {
    return weights[m.find(name)->second[0]];
  };
  const std::map<char, double> impact_of = {{'H', 0.56}, {'L', 0.22}, {'N', 0.0}};
  const bool changed = m.find("S")->second == "C";
  const double iss =
      1 - (1 - weigh("C", impact_of)) * (1 - weigh("I", impact_of)) * (1 - weigh("A", impact_of));
  const double impact = changed ? 7.52 * (iss - 0.029) - 3.25 * std::pow(iss - 0.02, 15) : 6.42 * iss;
  const double exploitability =
      8.22 * weigh("AV", {{'N', 0.85}, {'A', 0.62}, {'L', 0.55}, {'P', 0.2}}) *
      weigh("AC", {{'L', 0.77}, {'H', 0.44}}) *
      weigh("PR", {{'N', 0.85}, {'L', changed ? 0.68 : 0.62}, {'H', changed ? 0.5 : 0.27}}) *
      weigh("UI", {{'N', 0.85}, {'R', 0.62}});
  if (impact <= 0) return 0;
  const double sum = std::min((changed ? 1.08 : 1.0) * (impact + exploitability), 10.0);
  return v31 ? round_up(sum) : std::ceil(std::round(sum * 1e8) / 1e8 * 10) / 10;
}

double score_2(const Metrics& m) {
  const auto weigh = [&](std::string_view name, std::map<char, double> weights) {
    return weights[m.find(name)->second[0]];
  };
  const std::map<char, double> impact_of = {{'N', 0.0}, {'P', 0.275}, {'C', 0.66}};
  const double impact =
      10.41 * (1 - (1 - weigh("C", impact_of)) * (1 - weigh("I", impact_of)) * (1 - weigh("A", impact_of)));
  const double exploitability = 20 * weigh("AV", {{'L', 0.395}, {'A', 0.646}, {'N', 1.0}}) *
                                weigh("AC", {{'H', 0.35}, {'M', 0.61}, {'L', 0.71}}) *
                                weigh("Au", {{'M', 0.45}, {'S', 0.56}, {'N', 0.704}});
  const double score = (0.6 * impact + 0.4 * exploitability - 1.5) * (impact == 0 ? 0 : 1.176);
  return std::round(score * 10) / 10;
}

} // namespace

Metrics metrics_of(std::string_view vector) {
  Metrics metrics;
  for (const auto part : split(vector, '/')) {
    const auto colon = part.find(':');
    if (colon != std::string_view::npos)
      metrics[std::string(part.substr(0, colon))] = std::string(part.substr(colon + 1));
  }
  return metrics;
}

std::optional<std::string> check_cvss(std::string_view vector, std::string_view version) {
  while (!vector.empty() && (vector.back() == '/' || vector.back() == '.'))
    vector.remove_suffix(1);
  if (vector.size() > 400) return std::nullopt;
  std::string_view metrics = vector;
  if (starts_with_ignoring_case(vector, "CVSS:")) {
    const auto slash = vector.find('/');
    if (slash == std::string_view::npos) return std::nullopt;
    version = vector.substr(5, slash - 5);
    metrics = vector.substr(slash + 1);
  } else if (starts_with_ignoring_case(vector, "CVSS2#")) {
    version = "2.0";
    metrics = vector.substr(6);
  }
  if (version == "3.0" || version == "3.1") {
    if (auto out = canonical(version_3(), metrics)) return "CVSS:" + std::string(version) + "/" + *out;
    return std::nullopt;
  }
  if (version == "4.0") {
    if (auto out = canonical(version_4(), metrics)) return "CVSS:4.0/" + *out;
    return std::nullopt;
  }
  if (auto out = canonical(version_2(), metrics)) return out;
  if (!version.empty() && version != "3" && version != "4") return std::nullopt;
  if (auto out = canonical(version_3(), metrics)) return out;
  if (auto out = canonical(version_4(), metrics)) return "CVSS:4.0/" + *out;
  return std::nullopt;
}

std::optional<double> cvss_base_score(std::string_view vector) {
  if (vector.starts_with("CVSS:3.0/") || vector.starts_with("CVSS:3.1/")) {
    return score_3(metrics_of(vector.substr(9)), vector[7] == '1');
  }
  if (vector.starts_with("CVSS:4.0/")) return score_4(metrics_of(vector.substr(9)));
  if (vector.starts_with("CVSS:")) return std::nullopt;
  const auto metrics = metrics_of(vector);
  if (metrics.contains("Au")) return score_2(metrics);
  return score_3(metrics, true);
}

std::vector<std::string> find_cvss(std::string_view text) {
  static const Pattern candidate("(?i)((?:CVSS:[234]\\.\\d/)?(?:AV|AC|Au|AT|PR|UI|C|I|A|VC|S):[A-Z]+(?:/"
                                 "[A-Z]{1,3}:[A-Za-z]{1,5}){5,40})");
  static const Pattern said("(?i)cvss(?:[ -]?v(?:ersion|ersie)?)?[ :.-]{0,2}v?([234]\\.[01])");
  std::vector<std::string> found;
  std::size_t at = 0;
  Pattern::Match match;
  while (found.size() < 20 && candidate.next(text, at, match)) {
    const auto begin = offset_in(text, match[1]);
    // The version that was named last before the vector, not further away than a few lines.
    const auto before = text.substr(begin > 200 ? begin - 200 : 0, std::min<std::size_t>(begin, 200));
    std::string version;
    std::size_t scan = 0;
    Pattern::Match name;
    while (said.next(before, scan, name))
      version = std::string(name[1]);
    auto vector = check_cvss(match[1], version);
    if (!vector && !version.empty()) vector = check_cvss(match[1]);
    if (vector && std::find(found.begin(), found.end(), *vector) == found.end()) found.push_back(*vector);
  }
  return found;
}

} // namespace cvdesk::report
