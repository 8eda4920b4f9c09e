#include "core/text.hpp"
#include "report/http.hpp"
#include "report/pattern.hpp"
#include "report/phrases.hpp"
#include "report/reading.hpp"
#include "report/urls.hpp"

#include <map>

namespace cvdesk::report {

namespace {

constexpr std::size_t most_steps = 50;
constexpr std::size_t longest_step = 500;

struct List {
  std::vector<const Passage*> items;
  std::string heading;
};

struct Step {
  std::string text;
  const Passage* passage = nullptr;
};

std::string bare_item(const Passage& passage) {
  static const RE2 marker("^\\s*(?:\\(?\\d{1,2}[.):]\\)?|\\(?[a-hA-H][.)]|(?i:step|stap|schritt|etape|étape) "
                          "?\\d{1,2} ?[:.)-]*|[-*+•‣◦–·]|->|=>)\\s*",
                          pattern_options());
  std::string text = squeeze(passage.text);
  RE2::Replace(&text, marker, "");
  return shorten(text, longest_step);
}

bool is_step(const Passage& passage) {
  static const RE2 address("\\S*://\\S*", pattern_options());
  auto text = folded(bare_item(passage));
  RE2::GlobalReplace(&text, address, "");
  const auto found = all_phrases("step.item", text, 20);
  // "Open the page", "Het verzoek herhalen": at its beginning or, in the infinitive, at its end.
  return !found.empty() && (found.front().begin <= 25 || found.back().end + 2 >= trim(text).size());
}

bool is_steps(const List& list) {
  const bool said = has_phrase("heading.steps", list.heading);
  const bool other = has_phrase("heading.other", list.heading) && !said;
  if (other) return false;
  std::size_t fitting = 0;
  for (const auto* item : list.items)
    fitting += is_step(*item) ? 1 : 0;
  if (said) return fitting * 3 >= list.items.size() || list.items.front()->ordered;
  // Without a heading that says so, most of it must read like something that is done.
  return list.items.size() >= 2 && list.items.front()->ordered
             ? fitting * 2 >= list.items.size()
             : fitting * 3 >= list.items.size() * 2 && list.items.size() >= 2 && is_step(*list.items.front());
}

bool has_tense_of_doing(std::string_view sentence) {
  static const Pattern doing("\\b(?:i|we|ik|wij|ich|wir|j'ai|je|nous|you|je|u|man|on)\\b");
  return doing.in(sentence);
}

// "First I …, then …, finally …".
std::vector<Step> narrated(const Reading& reading) {
  std::vector<Step> steps;
  const auto add = [&](const Passage& passage, const Sentence& sentence, std::size_t from) {
    const auto at = std::min(sentence.folded.source(from), sentence.text.size());
    steps.push_back({shorten(std::string_view(sentence.text).substr(at), longest_step), &passage});
  };
  for (const auto& passage : reading.document.passages) {
    if (passage.role != Role::prose && passage.role != Role::field) continue;
    bool started = false;
    for (const auto& sentence : passage.sentences) {
      const std::string_view text = sentence.folded.text;
      if (!started) {
        const auto first = find_phrase("step.first", text);
        if (!first || !has_tense_of_doing(text)) continue;
        started = true;
        add(passage, sentence, 0);
        std::size_t from = first->end;
        while (const auto next = find_phrase("step.next", text, from)) {
          add(passage, sentence, next->begin);
          from = next->end;
          if (steps.size() >= 12) break;
        }
        continue;
      }
      const auto next = find_phrase("step.next", text);
      if (!next) continue;
      std::size_t from = 0;
      while (const auto more = find_phrase("step.next", text, from)) {
        add(passage, sentence, more->begin);
        from = more->end;
        if (steps.size() >= 12) break;
      }
    }
    if (steps.size() >= 2) return steps;
    steps.clear();
  }
  return steps;
}

} // namespace

void read_steps(Reading& reading) {
  std::map<int, List> lists;
  std::size_t requests = 0;
  const Passage* request = nullptr;
  for (const auto& passage : reading.document.passages) {
    if (passage.role == Role::item) {
      auto& list = lists[passage.list];
      if (list.items.empty()) list.heading = passage.heading;
      list.items.push_back(&passage);
    }
    if (passage.role == Role::code) {
      const auto found = read_requests(refang(passage.text));
      if (found.count > 0 && requests++ == 0) request = &passage;
    }
  }
  std::vector<Step> steps;
  if (reading.facts.kind == Kind::beg_bounty && lists.empty() && requests == 0) return;
  for (const auto& [number, list] : lists) {
    if (!is_steps(list)) continue;
    for (const auto* item : list.items)
      steps.push_back({bare_item(*item), item});
  }
  if (steps.empty()) steps = narrated(reading);
  if (steps.empty() && request != nullptr)
    steps.push_back({shorten(trim(request->text), longest_step), request});
  for (auto& step : steps) {
    if (reading.facts.steps.size() == most_steps) break;
    reading.note("steps", step.text, *step.passage, {step.text});
    reading.facts.steps.push_back(std::move(step.text));
  }
}

} // namespace cvdesk::report
