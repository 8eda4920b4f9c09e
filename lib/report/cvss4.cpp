// The score of a CVSS 4.0 vector (FIRST, CVSS v4.0 Specification Document, section 8.2): the vector's
// MacroVector has a score in the published table; within it the score falls as the vector lies further from
// the severest one of that MacroVector, towards the next lower MacroVector.
#include "report/cvss.hpp"
#include "report/cvss_metrics.hpp"
#include "report/table.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

namespace cvdesk::report {

namespace {

using Levels = std::array<int, 6>; // of the equivalence sets EQ1 to EQ6; 0 is the severest

const std::map<std::string, double, std::less<>>& macro_scores() {
  static const auto scores = [] {
    std::map<std::string, double, std::less<>> all;
    for (const auto& row : read_table(cvss4_tsv)) {
      if (row.size() == 2) all[std::string(row[0])] = std::strtod(std::string(row[1]).c_str(), nullptr);
    }
    return all;
  }();
  return scores;
}

// A modified metric overrides its base metric; what is not defined counts as the severest.
char value_of(const Metrics& metrics, std::string_view name) {
  if (const auto modified = metrics.find("M" + std::string(name));
      modified != metrics.end() && modified->second != "X") {
    return modified->second[0];
  }
  const auto found = metrics.find(name);
  if (found != metrics.end() && found->second != "X") return found->second[0];
  return name == "E" ? 'A' : 'H'; // CR, IR, AR
}

class Scorer {
public:
  explicit Scorer(const Metrics& metrics) : metrics_(metrics) {}

  double score() const {
    static constexpr std::array<std::string_view, 6> impacts = {"VC", "VI", "VA", "SC", "SI", "SA"};
    if (std::all_of(impacts.begin(), impacts.end(), [&](auto name) { return is(name, 'N'); })) return 0;
    const Levels levels = macro_vector();
    const double top = *score_of(levels);
    double lowered = 0;
    int counted = 0;
    const auto add = [&](std::optional<double> next, int distance, int depth) {
      if (!next) return;
      ++counted;
      if (depth > 0) lowered += (top - *next) * distance / depth;
    };
    const auto distances = distances_in(levels);
    static constexpr std::array<std::array<int, 3>, 6> depths = {
        {{1, 4, 5}, {1, 2, 0}, {}, {6, 5, 4}, {1, 1, 1}, {}}};
    // EQ3 and EQ6 depend on each other and count as one.
    static constexpr std::array<std::array<int, 2>, 3> joint_depths = {{{7, 6}, {8, 8}, {0, 10}}};
    for (const std::size_t set : {0u, 1u, 3u, 4u}) {
      add(score_of(next(levels, set)), distances[set], depths[set][static_cast<std::size_t>(levels[set])]);
    }
    add(next_joint(levels), distances[2],
        joint_depths[static_cast<std::size_t>(levels[2])][static_cast<std::size_t>(levels[5])]);
    const double score = counted == 0 ? top : top - lowered / counted;
    return std::round(std::clamp(score, 0.0, 10.0) * 10 + 1e-6) / 10;
  }

private:
  bool is(std::string_view name, char value) const { return value_of(metrics_, name) == value; }

  Levels macro_vector() const {
    Levels levels{};
    const bool network = is("AV", 'N');
    const bool any_one = is("PR", 'N');
    const bool alone = is("UI", 'N');
    levels[0] = network && any_one && alone ? 0 : is("AV", 'P') || !(network || any_one || alone) ? 2 : 1;
    levels[1] = is("AC", 'L') && is("AT", 'N') ? 0 : 1;
    levels[2] = is("VC", 'H') && is("VI", 'H') ? 0 : is("VC", 'H') || is("VI", 'H') || is("VA", 'H') ? 1 : 2;
    levels[3] = is("SI", 'S') || is("SA", 'S') ? 0 : is("SC", 'H') || is("SI", 'H') || is("SA", 'H') ? 1 : 2;
    levels[4] = is("E", 'A') ? 0 : is("E", 'P') ? 1 : 2;
    const bool required = (is("CR", 'H') && is("VC", 'H')) || (is("IR", 'H') && is("VI", 'H')) ||
                          (is("AR", 'H') && is("VA", 'H'));
    levels[5] = required ? 0 : 1;
    return levels;
  }

  static std::optional<double> score_of(const Levels& levels) {
    std::string name;
    for (const int level : levels)
      name += static_cast<char>('0' + level);
    const auto found = macro_scores().find(name);
    return found == macro_scores().end() ? std::nullopt : std::optional(found->second);
  }

  static Levels next(Levels levels, std::size_t set) {
    ++levels[set];
    return levels;
  }

  static std::optional<double> next_joint(const Levels& levels) {
    const auto by_impact = score_of(next(levels, 2));
    const auto by_requirement = score_of(next(levels, 5));
    if (levels[2] == 0 && levels[5] == 0) return std::max(by_impact.value_or(0), by_requirement.value_or(0));
    return levels[5] == 1 ? by_impact : by_requirement;
  }

  // How many steps each metric of the set lies below the given severest vector; unset when any lies above it.
  std::optional<int> steps_below(std::string_view severest) const {
    static const std::map<std::string_view, std::string_view> orders = {
        {"AV", "NALP"}, {"PR", "NLH"}, {"UI", "NPA"}, {"AC", "LH"},  {"AT", "NP"},
        {"VC", "HLN"},  {"VI", "HLN"}, {"VA", "HLN"}, {"SC", "HLN"}, {"SI", "SHLN"},
        {"SA", "SHLN"}, {"CR", "HML"}, {"IR", "HML"}, {"AR", "HML"}};
    int sum = 0;
    for (const auto& [name, value] : metrics_of(severest)) {
      const auto order = orders.find(name)->second;
      const auto steps =
          static_cast<int>(order.find(value_of(metrics_, name))) - static_cast<int>(order.find(value[0]));
      if (steps < 0) return std::nullopt;
      sum += steps;
    }
    return sum;
  }

  int distance(std::initializer_list<std::string_view> severest) const {
    for (const auto vector : severest) {
      if (const auto steps = steps_below(vector)) return *steps;
    }
    return 0;
  }

  std::array<int, 6> distances_in(const Levels& levels) const {
    std::array<int, 6> all{};
    all[0] = levels[0] == 0   ? distance({"AV:N/PR:N/UI:N"})
             : levels[0] == 1 ? distance({"AV:A/PR:N/UI:N", "AV:N/PR:L/UI:N", "AV:N/PR:N/UI:P"})
                              : distance({"AV:P/PR:N/UI:N", "AV:A/PR:L/UI:P"});
    all[1] = levels[1] == 0 ? distance({"AC:L/AT:N"}) : distance({"AC:H/AT:N", "AC:L/AT:P"});
    all[3] = levels[3] == 0   ? distance({"SC:H/SI:S/SA:S"})
             : levels[3] == 1 ? distance({"SC:H/SI:H/SA:H"})
                              : distance({"SC:L/SI:L/SA:L"});
    if (levels[2] == 0) {
      all[2] = levels[5] == 0 ? distance({"VC:H/VI:H/VA:H/CR:H/IR:H/AR:H"})
                              : distance({"VC:H/VI:H/VA:L/CR:M/IR:M/AR:H", "VC:H/VI:H/VA:H/CR:M/IR:M/AR:M"});
    } else if (levels[2] == 1) {
      all[2] = levels[5] == 0 ? distance({"VC:L/VI:H/VA:H/CR:H/IR:H/AR:H", "VC:H/VI:L/VA:H/CR:H/IR:H/AR:H"})
                              : distance({"VC:L/VI:H/VA:L/CR:H/IR:M/AR:H", "VC:L/VI:H/VA:H/CR:H/IR:M/AR:M",
                                          "VC:H/VI:L/VA:H/CR:M/IR:H/AR:M", "VC:H/VI:L/VA:L/CR:M/IR:H/AR:H",
                                          "VC:L/VI:L/VA:H/CR:H/IR:H/AR:M"});
    } else {
      all[2] = distance({"VC:L/VI:L/VA:L/CR:H/IR:H/AR:H"});
    }
    return all;
  }

  const Metrics& metrics_;
};

} // namespace

double score_4(const Metrics& metrics) {
  return Scorer(metrics).score();
}

} // namespace cvdesk::report
