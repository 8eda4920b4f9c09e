#include "desk/stats.hpp"

#include "desk/sheet.hpp"
#include "reader/inspection.hpp"
#include "store/cases.hpp"
#include "store/inbox.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <initializer_list>

namespace cvdesk::desk {

namespace {

constexpr int longest_axis = 1200; // months

class Collector {
public:
  Collector(const Desk& desk, store::View& view) : desk_(desk), view_(view) {}

  Result<Stats> run() {
    TRY_ASSIGN(const auto cases, store::cases(view_));
    for (const auto& entry : cases) {
      TRY(add(entry));
    }
    fill_months();
    for (auto& [name, times] : times_) {
      finish(times);
      stats_.promises.push_back(times.kept);
    }
    return std::move(stats_);
  }

private:
  struct Times {
    Kept kept;
    std::vector<std::int64_t> seconds;
  };

  static std::map<std::string, Times> named(std::initializer_list<const char*> names) {
    std::map<std::string, Times> times;
    for (const auto* name : names) {
      times[name].kept.name = name;
    }
    return times;
  }

  Result<void> add(const store::CaseEntry& entry) {
    ++stats_.cases;
    const Date day = desk_.calendar().local_date(entry.received);
    ++stats_.by_month[fmt::format("{:04}-{:02}", static_cast<int>(day.year()), static_cast<unsigned>(day.month()))];
    ++stats_.by_status[entry.status];
    ++stats_.by_kind[entry.kind];
    if (entry.status != "closed") ++stats_.open;
    if (entry.resolution) ++stats_.by_resolution[*entry.resolution];
    TRY(add_clocks(entry));
    if (entry.sheet.empty()) {
      ++stats_.erased;
      return {};
    }
    TRY_ASSIGN(const auto weaknesses, weaknesses_of(entry));
    for (const auto& weakness : weaknesses) {
      ++stats_.by_weakness[weakness];
    }
    if (weaknesses.empty()) ++stats_.without_weakness;
    return {};
  }

  // What a person has set, else what the first mail was read to say.
  Result<std::vector<std::string>> weaknesses_of(const store::CaseEntry& entry) {
    TRY_ASSIGN(const Sheet sheet, sheet_from_json(entry.sheet));
    if (sheet.cwe) return *sheet.cwe;
    TRY_ASSIGN(const auto conversation, store::conversation(view_, entry.id));
    const auto first = std::find_if(conversation.begin(), conversation.end(), [](const auto& c) { return c.inbox_id.has_value(); });
    if (first == conversation.end()) return std::vector<std::string>();
    TRY_ASSIGN(const auto mail, store::find_mail(view_, *first->inbox_id));
    if (!mail) return std::vector<std::string>();
    const auto reading = store::reading(view_, *mail);
    if (!reading || !*reading) return std::vector<std::string>(); // damaged: `verify` names it
    const auto inspection = reader::inspection_from_json((*reading)->inspection);
    return inspection ? inspection->facts.weakness.cwe : std::vector<std::string>();
  }

  Result<void> add_clocks(const store::CaseEntry& entry) {
    TRY_ASSIGN(const auto clocks, store::deadlines(view_, entry.id));
    for (const auto& clock : clocks) {
      const auto known = times_.find(clock.name);
      if (known == times_.end()) continue;
      auto& times = known->second;
      if (!clock.met) {
        if (clock.due < now()) ++times.kept.running_late;
        continue;
      }
      ++times.kept.met;
      if (*clock.met <= clock.due) ++times.kept.on_time;
      times.seconds.push_back((*clock.met - entry.received).count());
    }
    return {};
  }

  void fill_months() {
    if (stats_.by_month.empty()) return;
    const auto month_of = [](const std::string& text) { return std::stoi(text.substr(0, 4)) * 12 + std::stoi(text.substr(5)) - 1; };
    const int first = month_of(stats_.by_month.begin()->first);
    const int last = month_of(stats_.by_month.rbegin()->first);
    for (int month = std::max(first, last - longest_axis); month < last; ++month) {
      stats_.by_month.try_emplace(fmt::format("{:04}-{:02}", month / 12, month % 12 + 1), 0);
    }
  }

  static void finish(Times& times) {
    auto& seconds = times.seconds;
    if (seconds.empty()) return;
    std::sort(seconds.begin(), seconds.end());
    times.kept.median = seconds[(seconds.size() - 1) / 2];
    times.kept.p90 = seconds[(seconds.size() * 9 + 9) / 10 - 1]; // nearest rank
  }

  const Desk& desk_;
  store::View& view_;
  Stats stats_;
  std::map<std::string, Times> times_ = named({"acknowledge", "assess", "resolve"});
};

} // namespace

Result<Stats> collect_stats(Desk& desk) {
  return desk.store().read([&](store::View& view) { return Collector(desk, view).run(); });
}

} // namespace cvdesk::desk
