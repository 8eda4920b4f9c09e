#include "report/unaffected.hpp"

#include "report/pattern.hpp"
#include "report/phrases.hpp"

#include <algorithm>

namespace cvdesk::report {

bool says_unaffected(std::string_view clause) {
  for (const auto& found : all_phrases("url.unaffected", clause, 10)) {
    // "The fix does not work" and "is not fixed" say the opposite.
    static const Pattern fix(
        "\\b(?:fix|patch|oplossing|correctif|correction|losung|maatregel|workaround|filter|waf)\\b[^,;]*$");
    static const Pattern not_at_all("\\b(?:not|n't|niet|nicht|pas|plus|only "
                                    "(?:partly|partially)|gedeeltelijk|teilweise|partiellement)\\b");
    const auto before = clause.substr(0, found.begin);
    const auto text = clause.substr(found.begin, found.end - found.begin);
    if (fix.in(before)) continue;
    static const Pattern mends(
        "^(?:fix|patch|update|oplossing|losung|behebung|correction|correctif|mise a jour)\\b");
    if (mends.in(text) && not_at_all.in(clause)) continue;
    static const Pattern mended("(?:fixed|patched|resolved|closed|solved|opgelost|gedicht|verholpen|hersteld|"
                                "behoben|geschlossen|gefixt|corrige|ferme|resolu)");
    static const Pattern doubt("\\b(?:not|n't|niet|nicht|pas|until|once|when|if|zodra|totdat|als|sobald|bis|"
                               "wenn|quand|lorsque|des que|avant)\\b");
    if (mended.in(text) &&
        (doubt.in(text) || doubt.in(clause.substr(found.begin > 25 ? found.begin - 25 : 0,
                                                  std::min<std::size_t>(25, found.begin)))))
      continue;
    return true;
  }
  return false;
}

bool clears_it(std::string_view rest) {
  static const Pattern takes_up(
      "^[^;]*?(?:,|;| -| but| maar| aber| mais) ?(?:but |maar |aber |mais |and |en |und |et )?"
      "(?:it|they|that one|this one|those|both|die|dat|deze|daar|dort|diese|celui-ci|celle-ci|"
      "elle|il|ils|elles|which|who)\\b(.*)$");
  Pattern::Match match;
  return takes_up.first(rest, match) && says_unaffected(match[1]);
}

bool clears_the_last(std::string_view next) {
  static const Pattern takes_up(
      "^(?:it|they|that one|this one|those|both|die|dat|deze|dieser?|diese|celui-ci|celle-ci|"
      "elle|il|ils|elles|hij|het)\\b");
  static const Pattern address("://|\\bwww\\.");
  return takes_up.in(next) && !address.in(next) && says_unaffected(next);
}

} // namespace cvdesk::report
