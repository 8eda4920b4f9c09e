// cvdesk stats
#include "desk/stats.hpp"

#include "cli/context.hpp"
#include "cli/facts_json.hpp"
#include "cli/terminal.hpp"
#include "core/text.hpp"

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include <algorithm>
#include <initializer_list>

namespace cvdesk::cli {

namespace {

constexpr std::size_t most_months = 24;
constexpr std::size_t most_weaknesses = 12;

// A bar in eighths of a column.
std::string bar(int value, int most, std::size_t columns) {
  static constexpr const char* eighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  if (most <= 0 || value <= 0) return {};
  const auto units = std::max<std::size_t>(1, columns * 8 * static_cast<std::size_t>(value) / static_cast<std::size_t>(most));
  std::string text;
  for (std::size_t i = 0; i < units / 8; ++i) {
    text += "█";
  }
  return text + eighths[units % 8];
}

using Rows = std::vector<std::pair<std::string, int>>;

void plot(std::string_view title, const Rows& rows, Colour colour) {
  if (rows.empty()) return;
  print_heading(title);
  std::size_t label = 0;
  int most = 0;
  for (const auto& [name, count] : rows) {
    label = std::max(label, display_width(name));
    most = std::max(most, count);
  }
  const std::size_t figures = std::to_string(most).size();
  const std::size_t width = std::min<std::size_t>(terminal_width(), 100);
  const std::size_t columns = width > label + figures + 8 ? width - label - figures - 6 : 2;
  for (const auto& [name, count] : rows) {
    fmt::print("  {}{}  {:>{}}  {}\n", name, std::string(label - display_width(name), ' '), count, figures,
               paint(colour, bar(count, most, columns)));
  }
  fmt::print("\n");
}

Rows rows_of(const std::map<std::string, int>& counts) { return {counts.begin(), counts.end()}; }

Rows most_frequent(const std::map<std::string, int>& counts, std::size_t most) {
  Rows rows = rows_of(counts);
  std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  if (rows.size() > most) rows.resize(most);
  return rows;
}

// In the order in which a case goes through them.
Rows by_status(const std::map<std::string, int>& counts) {
  Rows rows;
  for (const auto* status : {"new", "acknowledged", "assessed", "resolved", "closed"}) {
    const auto found = counts.find(status);
    rows.emplace_back(status, found == counts.end() ? 0 : found->second);
  }
  return rows;
}

// Keys never come and go: what there is none of is 0.
Json with_zeros(const std::map<std::string, int>& counts, std::initializer_list<const char*> names) {
  Json json = counts;
  for (const auto* name : names) {
    json.emplace(name, 0);
  }
  return json;
}

std::string span(const std::optional<std::int64_t>& seconds) {
  if (!seconds) return "-";
  const auto s = *seconds;
  if (s < 120) return fmt::format("{} s", s);
  if (s < 2 * 3600) return fmt::format("{} min", s / 60);
  return s < 48 * 3600 ? fmt::format("{} h", s / 3600) : fmt::format("{} d", s / 86400);
}

void print_promises(const std::vector<desk::Kept>& promises) {
  Table table({"PROMISE", "KEPT", "LATE", "OVERDUE", "MEDIAN", "90 %"}, 0);
  for (const auto& promise : promises) {
    const int late = promise.met - promise.on_time;
    table.add({{promise.name, Colour::bold},
               {std::to_string(promise.on_time), Colour::green},
               {std::to_string(late), late > 0 ? Colour::yellow : Colour::plain},
               {std::to_string(promise.running_late), promise.running_late > 0 ? Colour::red : Colour::plain},
               {span(promise.median)},
               {span(promise.p90)}});
  }
  table.print();
}

Json to_json(const desk::Stats& stats) {
  Json promises = Json::object();
  for (const auto& promise : stats.promises) {
    promises[promise.name] = {{"met", promise.met},
                              {"on_time", promise.on_time},
                              {"late", promise.met - promise.on_time},
                              {"overdue", promise.running_late},
                              {"median_seconds", promise.median ? Json(*promise.median) : Json(nullptr)},
                              {"p90_seconds", promise.p90 ? Json(*promise.p90) : Json(nullptr)}};
  }
  return {{"cases", stats.cases},
          {"open", stats.open},
          {"erased", stats.erased},
          {"by_month", stats.by_month},
          {"by_status", with_zeros(stats.by_status, {"new", "acknowledged", "assessed", "resolved", "closed"})},
          {"by_kind", with_zeros(stats.by_kind, {"report", "followup", "beg-bounty", "undecryptable", "unreadable"})},
          {"by_resolution", with_zeros(stats.by_resolution, {"fixed", "rejected", "duplicate", "out-of-scope", "passed-on", "spam"})},
          {"by_weakness", stats.by_weakness},
          {"without_weakness", stats.without_weakness},
          {"promises", promises}};
}

Result<int> show(const Context& context) {
  TRY_ASSIGN(const auto desk, context.open_desk());
  TRY_ASSIGN(const auto stats, desk::collect_stats(*desk));
  if (context.json) {
    print_json(to_json(stats));
    return 0;
  }
  fmt::print("{} case{}, {} open\n\n", stats.cases, stats.cases == 1 ? "" : "s", stats.open);
  if (stats.cases == 0) return 0;
  Rows months = rows_of(stats.by_month);
  if (months.size() > most_months) months.erase(months.begin(), months.end() - most_months);
  plot("Cases by month", months, Colour::blue);
  plot("By status", by_status(stats.by_status), Colour::green);
  Rows weaknesses = most_frequent(stats.by_weakness, most_weaknesses);
  if (stats.without_weakness > 0) weaknesses.emplace_back("not known", stats.without_weakness);
  plot("By weakness", weaknesses, Colour::cyan);
  plot("By resolution", most_frequent(stats.by_resolution, 6), Colour::dim);
  print_heading("Promises");
  print_promises(stats.promises);
  return 0;
}

} // namespace

void add_stats(CLI::App& app, Context& context) {
  CLI::App* verb = add_verb(app, "stats", "Figures: cases by month, status, weakness; how the promises were kept");
  add_json(*verb, context);
  verb->callback([&context] { context.action = [&context] { return show(context); }; });
}

} // namespace cvdesk::cli
