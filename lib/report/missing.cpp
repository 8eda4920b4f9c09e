#include "core/text.hpp"
#include "report/pattern.hpp"
#include "report/phrases.hpp"
#include "report/reading.hpp"

#include <algorithm>

namespace cvdesk::report {

void read_missing(Reading& reading) {
  auto& facts = reading.facts;
  const auto& reporter = facts.reporter;
  if (reporter.emails.empty() && reporter.phones.empty() && reporter.handles.empty())
    facts.missing.emplace_back("contact");

  const auto text = folded(reading.mail.subject + "\n" + reading.document.own_text());
  const auto& affected = facts.affected;
  const bool system = !affected.hosts.empty() || !affected.urls.empty() || !affected.ips.empty();
  if (!system && !has_phrase("product", text)) facts.missing.emplace_back("affected-system");

  const auto& weakness = facts.weakness;
  const bool named =
      !weakness.cwe.empty() || !weakness.cve.empty() || !weakness.cvss.empty() || !facts.steps.empty();
  bool attached = !reading.mail.attachments.empty();
  static const Pattern says_nothing(
      "\\b(?:details|more information|full report|meer informatie|einzelheiten|plus de details)\\b");
  // A system and a story about it are a description, even where no weakness was recognised.
  const bool story =
      system && std::count(text.begin(), text.end(), ' ') >= 25 && !has_phrase("vague.claim", text);
  if (!named && !story && !(attached && text.size() > 200)) {
    // "A vulnerability" alone says nothing about what is wrong.
    std::size_t substantial = 0;
    for (const auto& found : all_phrases("trouble", text, 50)) {
      static const Pattern empty(
          "^(?:vulnerab\\w*|exploit\\w*|bug|flaw|kwetsbaar\\w*|lek|schwachstelle\\w*|"
          "lucke\\w*|faille\\w*|vulnerabilit\\w*|gehackt|hacked|pirat\\w*|stolen|exploitable)$");
      if (!empty.in(std::string_view(text).substr(found.begin, found.end - found.begin))) ++substantial;
    }
    if (substantial == 0) facts.missing.emplace_back("description");
  }
}

} // namespace cvdesk::report
