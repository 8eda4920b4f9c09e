#include "sentence.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace cvdesk::report;
using namespace cvdesk::report::test;

namespace {

// The words that a fact was read from, of its first evidence in the text.
std::string words_for(const Facts& facts, const std::string& text, std::string_view field) {
  for (const auto& one : facts.evidence) {
    if (one.field == field && one.source.empty()) return text.substr(one.offset, one.size);
  }
  return {};
}

bool has_source(const Facts& facts, std::string_view field, std::string_view source) {
  return std::any_of(facts.evidence.begin(), facts.evidence.end(),
                     [&](const auto& one) { return one.field == field && one.source == source; });
}

} // namespace

TEST_CASE("each fact keeps the words that it was read from, as they stand in the text") {
  const std::string text = "Hello,\n\nThe page https://a.zonnedam.example/x has cross-site\nscripting. I will publish on 14 January "
                           "2027.\n\n1. Open the page\n2. Look\n\nRegards,\nNoor Visser\ntel. 06 12345678\n";
  const auto facts = facts_of(text);
  CHECK(words_for(facts, text, "affected.urls") == "https://a.zonnedam.example/x");
  CHECK(words_for(facts, text, "weakness.cwe") == "cross-site\nscripting");
  CHECK(words_for(facts, text, "reporter.phones") == "06 12345678");
  CHECK(words_for(facts, text, "disclosure.date") == "I will publish on 14 January 2027.");
  CHECK(words_for(facts, text, "steps") == "Open the page");
  CHECK(has_source(facts, "reporter.emails", "From"));
  CHECK(has_source(facts, "reporter.name", "From"));
}

TEST_CASE("evidence points into the mail that was passed on, through its quote marks") {
  const std::string inner = "Op a.zonnedam.example staat een open beheerscherm.\nBel 06 12345678.\n\nAda Quint\n";
  std::string quoted;
  for (std::size_t at = 0; at < inner.size();) {
    const auto end = inner.find('\n', at);
    quoted += "> " + inner.substr(at, end - at) + "\n";
    at = end + 1;
  }
  for (const auto& body : {inner, quoted}) {
    const std::string mark = body == inner ? "" : "> ";
    const auto text = "See below.\n\n---------- Forwarded message ---------\n" + mark + "From: Ada Quint <ada@quint.example>\n" + mark +
                      "Subject: lek\n" + mark + "\n" + body;
    const auto facts = facts_of(text, "Fwd: lek");
    CHECK(words_for(facts, text, "reporter.phones") == "06 12345678");
    CHECK(words_for(facts, text, "affected.hosts") == "a.zonnedam.example");
    CHECK(text.substr(text.find("a.zonnedam.example")).starts_with("a.zonnedam.example"));
  }
}

TEST_CASE("evidence is bounded and lies within the text, however much a mail holds") {
  std::string text;
  for (int i = 0; i < 3000; ++i) text += "https://h" + std::to_string(i) + ".zonnedam.example/ has xss and +31 6 1234" + std::to_string(1000 + i) + "\n";
  const auto facts = facts_of(text);
  CHECK(facts.evidence.size() <= 300);
  for (const auto& one : facts.evidence) {
    CHECK(one.offset <= text.size());
    CHECK(one.size <= text.size() - one.offset);
  }
}

TEST_CASE("of a very long text only the beginning is read, and it says so") {
  const auto facts = facts_of("XSS on https://a.zonnedam.example/x\n" + std::string(3u << 20, 'a') + "\nhttps://b.zonnedam.example/y\n");
  CHECK(facts.cut);
  CHECK(facts.affected.hosts == Strings{"a.zonnedam.example"});
  CHECK_FALSE(facts_of("XSS on https://a.zonnedam.example/x").cut);
}
