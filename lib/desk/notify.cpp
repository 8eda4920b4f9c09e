#include "desk/notify.hpp"

#include "core/text.hpp"
#include "desk/acknowledgement.hpp"
#include "desk/answer_task.hpp"
#include "desk/troubles.hpp"
#include "store/cases.hpp"
#include "store/outbox.hpp"

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <map>

namespace cvdesk::desk {

namespace {

using std::chrono::hours;
constexpr hours near{24};
constexpr hours near_early_warning{6};
constexpr std::size_t most_lines = 30;

bool is_wanted(const Settings& settings) { return !settings.notify.mail.empty() || settings.notify.webhook_url_file; }

struct Words {
  std::string_view one;
  std::string_view many;
};
struct What {
  std::string_view name;
  Words nl, en, de, fr;
};
// What is most urgent comes first.
constexpr std::array<What, 7> whats = {{
    {"trouble", {"storing van de desk", "storingen van de desk"}, {"trouble of the desk", "troubles of the desk"},
     {"Störung des Desks", "Störungen des Desks"}, {"incident du service", "incidents du service"}},
    {"deadline-missed", {"termijn verstreken", "termijnen verstreken"}, {"missed promise", "missed promises"},
     {"versäumte Frist", "versäumte Fristen"}, {"échéance dépassée", "échéances dépassées"}},
    {"deadline-near", {"termijn bijna om", "termijnen bijna om"}, {"promise due soon", "promises due soon"},
     {"bald ablaufende Frist", "bald ablaufende Fristen"}, {"échéance proche", "échéances proches"}},
    {"not-delivered", {"bericht niet bezorgd", "berichten niet bezorgd"}, {"mail not delivered", "mails not delivered"},
     {"nicht zugestellte Mail", "nicht zugestellte Mails"}, {"courriel non remis", "courriels non remis"}},
    {"new-case", {"nieuwe zaak", "nieuwe zaken"}, {"new case", "new cases"}, {"neuer Fall", "neue Fälle"},
     {"nouveau dossier", "nouveaux dossiers"}},
    {"follow-up", {"vervolgbericht", "vervolgberichten"}, {"follow-up", "follow-ups"}, {"Folgenachricht", "Folgenachrichten"},
     {"message de suivi", "messages de suivi"}},
    {"trouble-over", {"storing voorbij", "storingen voorbij"}, {"trouble that is over", "troubles that are over"},
     {"behobene Störung", "behobene Störungen"}, {"incident terminé", "incidents terminés"}},
}};

std::size_t rank(const std::string& what) {
  return static_cast<std::size_t>(std::find_if(whats.begin(), whats.end(), [&](const What& w) { return w.name == what; }) - whats.begin());
}

const Words& words_of(const What& what, std::string_view language) {
  return language == "nl" ? what.nl : language == "de" ? what.de : language == "fr" ? what.fr : what.en;
}

std::string more_of(std::size_t count, std::string_view language) {
  return language == "nl"   ? fmt::format("... en nog {}", count)
         : language == "de" ? fmt::format("... und {} weitere", count)
         : language == "fr" ? fmt::format("... et {} de plus", count)
                            : fmt::format("... and {} more", count);
}

class Batch {
public:
  Batch(const Desk& desk, store::Change& change, std::vector<store::Notice> notices, Instant at)
      : desk_(desk), change_(change), notices_(std::move(notices)), language_(desk.settings().organisation.languages.front()), at_(at) {}

  Result<void> owe() {
    const store::Id last = notices_.back().id;
    std::stable_sort(notices_.begin(), notices_.end(), [](const auto& a, const auto& b) { return rank(a.what) < rank(b.what); });
    TRY_ASSIGN(const std::string lines, in_lines());
    const Fields fields = {{"organisation", desk_.settings().organisation.name}, {"summary", summary()}, {"lines", lines}};
    for (const auto& address : desk_.settings().notify.mail) {
      TRY(owe_to(address, fields));
    }
    if (desk_.settings().notify.webhook_url_file) TRY(owe_to(webhook_recipient, fields));
    return store::mark_notices_told(change_, last, at_);
  }

private:
  // "2 new cases, 1 missed promise"
  std::string summary() const {
    std::vector<std::string> parts;
    for (const auto& what : whats) {
      const auto count = std::count_if(notices_.begin(), notices_.end(), [&](const auto& n) { return n.what == what.name; });
      if (count > 0) parts.push_back(fmt::format("{} {}", count, count == 1 ? words_of(what, language_).one : words_of(what, language_).many));
    }
    return join(parts, ", ");
  }

  Result<std::string> in_lines() {
    std::vector<std::string> lines;
    for (const auto& notice : notices_) {
      if (lines.size() == most_lines) {
        lines.push_back(more_of(notices_.size() - most_lines, language_));
        break;
      }
      TRY_ASSIGN(std::string line, in_words(notice));
      lines.push_back(std::move(line));
    }
    return join(lines, "\n");
  }

  Result<std::string> in_words(const store::Notice& notice) {
    const std::size_t index = rank(notice.what);
    const std::string_view what = index < whats.size() ? words_of(whats[index], language_).one : std::string_view(notice.what);
    if (!notice.case_id) return fmt::format("{}: {}", what, describe_trouble(notice.detail, language_));
    TRY_ASSIGN(const auto entry, store::find_case(change_, *notice.case_id));
    if (!entry) return std::string(what);
    if (notice.what == "new-case" || notice.what == "follow-up") return fmt::format("{}: {} ({})", entry->reference, what, entry->kind);
    if (!notice.what.starts_with("deadline-")) return fmt::format("{}: {}", entry->reference, what);
    TRY_ASSIGN(const auto clocks, store::deadlines(change_, entry->id));
    const auto clock = std::find_if(clocks.begin(), clocks.end(), [&](const auto& c) { return c.name == notice.detail; });
    const std::string due = clock == clocks.end() ? std::string() : ", " + desk_.calendar().local_time(clock->due);
    return fmt::format("{}: {}: {}{}", entry->reference, what, notice.detail, due);
  }

  Result<void> owe_to(std::string_view recipient, const Fields& fields) {
    AnswerTask task;
    task.recipient = recipient;
    // Not <>: that an address of the team is dead must not stay unseen.
    task.envelope_sender = desk_.settings().submission.from.address;
    task.message_id = new_message_id(desk_.settings());
    task.language = language_;
    task.template_name = "notification";
    task.fields = fields;
    store::NewOutgoing outgoing;
    outgoing.purpose = "notification";
    outgoing.message_id = task.message_id;
    outgoing.recipient = recipient;
    outgoing.task = pack(task);
    outgoing.not_before = at_;
    TRY_ASSIGN([[maybe_unused]] const store::Id id, store::owe(change_, outgoing, at_));
    return {};
  }

  const Desk& desk_;
  store::Change& change_;
  std::vector<store::Notice> notices_;
  std::string language_;
  Instant at_;
};

bool is_due_to_be_told(const store::Deadline& clock, Instant at) {
  return clock.due - at <= (clock.name == "early-warning" ? near_early_warning : near);
}

} // namespace

Result<void> tell_team(const Desk& desk, store::Change& change, const store::NewNotice& notice, Instant at) {
  return is_wanted(desk.settings()) ? store::add_notice(change, notice, at) : Result<void>();
}

Result<void> watch_clocks(Desk& desk) {
  if (!is_wanted(desk.settings())) return {};
  const Instant at = now();
  const auto look = [&](store::View& view) -> Result<std::vector<store::Deadline>> {
    TRY_ASSIGN(auto clocks, store::untold_deadlines(view, at + near, store::Told::near));
    TRY_ASSIGN(const auto missed, store::untold_deadlines(view, at, store::Told::missed));
    std::erase_if(clocks, [&](const auto& clock) { return clock.due <= at || !is_due_to_be_told(clock, at); });
    clocks.insert(clocks.end(), missed.begin(), missed.end());
    return clocks;
  };
  TRY_ASSIGN(const auto found, desk.store().read(look));
  if (found.empty()) return {};
  return desk.store().write([&](store::Change& change) -> Result<void> {
    TRY_ASSIGN(const auto clocks, look(change));
    for (const auto& clock : clocks) {
      const bool missed = clock.due <= at;
      TRY(store::mark_told(change, clock.case_id, clock.name, missed ? store::Told::missed : store::Told::near));
      TRY_ASSIGN(const auto entry, store::find_case(change, clock.case_id));
      if (!entry || entry->sheet.empty()) continue; // erased
      TRY(tell_team(desk, change, {missed ? "deadline-missed" : "deadline-near", clock.case_id, clock.name}, at));
    }
    return {};
  });
}

Result<void> announce(Desk& desk) {
  const Instant at = now();
  const auto is_due = [&](store::View& view) -> Result<bool> {
    TRY_ASSIGN(const bool waits, store::any_notice_waits(view));
    if (!waits) return false;
    TRY_ASSIGN(const auto last, store::last_told(view));
    return !last || at - *last >= desk.settings().notify.at_most_every;
  };
  TRY_ASSIGN(const bool due, desk.store().read(is_due));
  if (!due) return {};
  return desk.store().write([&](store::Change& change) -> Result<void> {
    TRY_ASSIGN(const bool still, is_due(change));
    if (!still) return {};
    TRY_ASSIGN(auto notices, store::waiting_notices(change));
    // Nobody is to be told any more.
    if (!is_wanted(desk.settings())) return store::mark_notices_told(change, notices.back().id, at);
    return Batch(desk, change, std::move(notices), at).owe();
  });
}

std::string webhook_body(std::string_view text) {
  return nlohmann::json{{"text", text}}.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

} // namespace cvdesk::desk
