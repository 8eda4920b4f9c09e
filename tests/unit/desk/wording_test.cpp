#include "desk/wording.hpp"

#include <catch2/catch.hpp>

using namespace cvdesk;
using namespace cvdesk::desk;

namespace {
Date day(int year, unsigned month, unsigned number) {
  return {std::chrono::year(year), std::chrono::month(month), std::chrono::day(number)};
}
} // namespace

TEST_CASE("a date is written as people of the language write it") {
  CHECK(date_in_words(day(2026, 11, 25), "en") == "Wednesday 25 November 2026");
  CHECK(date_in_words(day(2026, 11, 25), "nl") == "woensdag 25 november 2026");
  CHECK(date_in_words(day(2026, 3, 1), "de") == "Sonntag, 1. März 2026");
  CHECK(date_in_words(day(2026, 3, 1), "fr") == "dimanche 1er mars 2026");
  CHECK(date_in_words(day(2026, 8, 2), "fr") == "dimanche 2 août 2026");
  CHECK(date_in_words(day(2026, 11, 25), "tlh") == date_in_words(day(2026, 11, 25), "en"));
}

TEST_CASE("what is missing is asked in a list that ends as a sentence, and not at all where nothing is") {
  CHECK(missing_in_words({}, "nl").empty());
  CHECK(missing_in_words({"nonsense"}, "nl").empty());
  CHECK(missing_in_words({"contact"}, "en") == "Could you please also tell us:\n- how we can reach you (an e-mail address or a telephone number).");
  const auto both = missing_in_words({"description", "contact"}, "fr");
  CHECK(both.find("téléphone) ;\n- ce que vous avez constaté et comment le reproduire.") != std::string::npos);
}

TEST_CASE("a stranger's line brings no line ends, control or bidirectional characters among our words") {
  CHECK(one_line("a\r\nBcc: x@y", 100) == "a Bcc: x@y");
  CHECK(one_line("\xE2\x80\xAE" "evil", 100).find("\xE2\x80\xAE") == std::string::npos);
  CHECK(one_line(std::string(500, 'x'), 50).size() <= 53);
}
