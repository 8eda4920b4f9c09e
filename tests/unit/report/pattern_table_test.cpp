#include "report/necessary.hpp"
#include "report/pattern.hpp"
#include "report/pattern_table.hpp"
#include "report/table.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <memory>
#include <random>

using namespace cvdesk::report;

namespace {

struct Table {
  std::map<std::string, std::vector<std::string>> rows;
  bool at_end = false;
};

Table phrases() {
  Table table{{}, true};
  for (const auto& row : read_table(phrases_tsv)) {
    if (row.size() >= 3) table.rows[std::string(row[0])].emplace_back(row[2]);
  }
  return table;
}

Table weaknesses() {
  Table table;
  for (const auto& row : read_table(weaknesses_tsv)) {
    if (row.size() >= 5) table.rows[std::to_string(table.rows.size() + 1000)].emplace_back(row[4]);
  }
  return table;
}

// The words of all patterns, torn from their syntax, those of one pattern after each other.
std::vector<std::string> vocabulary(const Table& table) {
  std::vector<std::string> words;
  for (const auto& [name, patterns] : table.rows) {
    for (const auto& pattern : patterns) {
      for (const auto part : alternatives_of(pattern)) {
        std::string word;
        for (const char c : part) {
          const bool letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '\'' || c == ' ' || c == '-';
          if (letter) word += c;
          else if (word.size() > 1) words.push_back(std::exchange(word, {}));
          else word.clear();
        }
        if (!word.empty()) words.push_back(word);
      }
    }
  }
  return words;
}

std::string random_text(std::mt19937& random, const std::vector<std::string>& words) {
  static const char* const between[] = {" ", " ", " ", " ", "", "-", ". ", ", ", "; ", " the ", "é ", " – ", "s ", "\n", "ing "};
  std::string text;
  const std::size_t count = 1 + random() % 20;
  std::size_t word = 0;
  for (std::size_t i = 0; i < count; ++i) {
    word = random() % 3 == 0 ? random() % words.size() : (word + 1 + random() % 3) % words.size();
    text += words[word];
    text += between[random() % std::size(between)];
  }
  return text;
}

void compare(const Table& table) {
  PatternTable patterns(table.at_end);
  std::vector<std::unique_ptr<RE2>> whole;
  for (const auto& [name, rows] : table.rows) {
    std::string joined;
    for (const auto& row : rows)
      joined += (joined.empty() ? "(?:" : "|(?:") + row + ")";
    (void)patterns.add(rows);
    whole.push_back(std::make_unique<RE2>("(?:^|\\b|[^\\w])(" + joined + (table.at_end ? ")(?:\\b|[^\\w]|$)" : ")"),
                                          pattern_options()));
    REQUIRE(whole.back()->ok());
  }
  patterns.compile();
  const auto words = vocabulary(table);
  std::mt19937 random(7);
  std::size_t matches = 0;
  for (int round = 0; round < 500; ++round) {
    const std::string text = random_text(random, words);
    const auto possible = patterns.possible(text);
    for (std::size_t entry = 0; entry < whole.size(); ++entry) {
      for (std::size_t from = 0, found = 0; from <= text.size() && found < 6; ++found) {
        re2::StringPiece groups[2];
        const bool expected = whole[entry]->Match(text, from, text.size(), RE2::UNANCHORED, groups, 2);
        const auto got = patterns.find(static_cast<int>(entry), possible, text, from);
        if (got.has_value() != expected) FAIL(text << " / " << from << " / " << whole[entry]->pattern());
        if (!expected) break;
        const auto begin = offset_in(text, view(groups[1]));
        if (got->begin != begin || got->end != begin + groups[1].size())
          FAIL(text << " / " << from << ": " << text.substr(got->begin, got->end - got->begin) << " for " << groups[1]);
        from = got->end > from ? got->end : from + 1;
        ++matches;
      }
    }
  }
  CHECK(matches > 300);
}

} // namespace

TEST_CASE("a table of patterns finds what RE2 finds for its alternatives joined") {
  compare(phrases());
  compare(weaknesses());
}

TEST_CASE("a pattern finds the same in a short text and in a long one, in ASCII and beside other letters") {
  const Pattern pattern("(?i)\\b([a-z\xC3\xA9]{2,9}) (skill|\\p{Lu}s)\\b");
  for (const auto& ending : {std::string(), std::string(5000, '.'), std::string("\xE2\x80\x99"), std::string(3000, '.') + "\xC3\xA9"}) {
    for (const auto& [text, found] : std::map<std::string, std::string>{
             {"any skill", "any skill"}, {"ANY SKILL", "ANY SKILL"}, {"any \xC5\xBFkill", "any \xC5\xBFkill"},
             {"a skill", ""}, {"no match", ""}}) {
      Pattern::Match match;
      const std::string whole = text + " " + ending;
      CHECK(pattern.first(whole, match) == !found.empty());
      CHECK(pattern.in(whole) == !found.empty());
      if (!found.empty()) CHECK(match[0] == found);
    }
  }
}

TEST_CASE("words that a pattern cannot do without") {
  using Lists = std::vector<Words>;
  CHECK(necessary_words("foo\\w*bars") == Lists{{"bars"}, {"foo"}});
  CHECK(necessary_words("(?:alpha|beta[- ]?) gamma?") == Lists{{"alpha ", "beta  ", "beta- ", "beta g"}});
  CHECK(necessary_words("(?:a|b)?c*").empty());
  CHECK(necessary_words("[.#\\d]").empty());
  CHECK(necessary_words("[.#]") == Lists{{"#", "."}});
  CHECK(necessary_words("[^x]+@\\w") == Lists{{"@"}});
  CHECK(necessary_words("x\xC3\xA9?y") == Lists{{"xy", "x\xC3\xA9y"}});
  CHECK(necessary_words("(?i)MASK") == Lists{{"mask", "\xC5\xBF", "\xE2\x84\xAA"}});
  CHECK(necessary_words("ab(?:cd|)") == Lists{{"ab"}});
  CHECK(necessary_words("(?:one|two|.)three|four\\w") == Lists{{"four", "three"}});
}
