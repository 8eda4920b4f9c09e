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

std::string bare_item(const Passage& passage) {
  static const RE2 marker("^\\s*(?:\\(?\\d{1,2}[.):]\\)?|\\(?[a-hA-H][.)]|(?i:step|stap|schritt|etape|étape) "
                          "?\\d{1,2} ?[:.)-]*|[-*+•‣◦–·]|->|=>)\\s*",
                          pattern_options());
  std::string text = squeeze(passage.text);
  RE2::Replace(&text, marker, "");
  return shorten(text, longest_step);
}

bool is_step(const Passage& passage) {
  const auto text = folded(bare_item(passage));
  const auto found = find_phrase("step.item", text);
  return found && found->begin <= 25;
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
std::vector<std::string> narrated(const Reading& reading) {
  std::vector<std::string> steps;
  for (const auto& passage : reading.document.passages) {
    if (passage.role != Role::prose && passage.role != Role::field) continue;
    bool started = false;
    for (const auto& sentence : passage.sentences) {
      const std::string_view text = sentence.folded.text;
      if (!started) {
        const auto first = find_phrase("step.first", text);
        if (!first || !has_tense_of_doing(text)) continue;
        started = true;
        add_once(steps, shorten(sentence.text, longest_step), most_steps);
        std::size_t from = first->end;
        while (const auto next = find_phrase("step.next", text, from)) {
          steps.push_back(shorten(
              sentence.text.substr(std::min(sentence.folded.source(next->begin), sentence.text.size())),
              longest_step));
          from = next->end;
          if (steps.size() >= 12) break;
        }
        continue;
      }
      const auto next = find_phrase("step.next", text);
      if (!next) continue;
      std::size_t from = 0;
      while (const auto more = find_phrase("step.next", text, from)) {
        steps.push_back(
            shorten(sentence.text.substr(std::min(sentence.folded.source(more->begin), sentence.text.size())),
                    longest_step));
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
  std::string request;
  for (const auto& passage : reading.document.passages) {
    if (passage.role == Role::item) {
      auto& list = lists[passage.list];
      if (list.items.empty()) list.heading = passage.heading;
      list.items.push_back(&passage);
    }
    if (passage.role == Role::code) {
      const auto found = read_requests(refang(passage.text));
      if (found.count > 0 && requests++ == 0) request = passage.text;
    }
  }
  auto& steps = reading.facts.steps;
  if (reading.facts.kind == Kind::beg_bounty && lists.empty() && requests == 0) return;
  for (const auto& [number, list] : lists) {
    if (!is_steps(list)) continue;
    for (const auto* item : list.items) {
      if (steps.size() < most_steps) steps.push_back(bare_item(*item));
    }
  }
  if (steps.empty()) steps = narrated(reading);
  if (steps.empty() && requests > 0) steps.push_back(shorten(trim(request), longest_step));
  for (const auto& step : steps)
    reading.note("steps", step);
}

} // namespace cvdesk::report
