#include "desk/likeness.hpp"

#include "report/read.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace cvdesk;
using namespace cvdesk::desk;

namespace {

reader::Inspection report_of(const std::string& subject, const std::string& text) {
  report::Vantage vantage;
  vantage.own_addresses = {"cvd@zonnedam.example"};
  vantage.scope = {"zonnedam.example"};
  report::Mail mail;
  mail.from = {{"Noor Visser", "noor@visser.example"}};
  mail.to = {{"", "cvd@zonnedam.example"}};
  mail.subject = subject;
  mail.text = text;
  reader::Inspection inspection;
  inspection.subject = subject;
  inspection.text = text;
  inspection.facts = report::read(mail, vantage);
  return inspection;
}

// As the store compares them: the marks that both have.
std::vector<Alike> compared(const reader::Inspection& first, const reader::Inspection& second) {
  const auto old = marks_of(first);
  std::vector<store::SharedMarks> shared;
  for (const auto& mark : marks_of(second)) {
    const bool both = std::any_of(old.begin(), old.end(), [&](const auto& other) { return other.kind == mark.kind && other.value == mark.value; });
    if (both) shared.push_back({1, mark.kind, 1});
  }
  return alike_among(shared);
}

const auto first = report_of("Reflected XSS in the search", "Hello,\n\nThe search of your permit portal reflects the parameter q:\n"
                             "https://vergunningen.zonnedam.example/zoeken?q=%3Cscript%3E\nCross-site scripting is the result.\n\nSam\n");

} // namespace

TEST_CASE("the same finding in other words and another language is suggested as a duplicate, with the reason") {
  const auto again = report_of("Script in zoekpagina", "Goedendag,\n\nAls ik in het zoekveld op https://vergunningen.zonnedam.example/zoeken?q=test&page=2 "
                               "een script-tag typ, dan wordt het script uitgevoerd (XSS).\n\nGroet, Jolanda\n");
  const auto alike = compared(first, again);
  REQUIRE(alike.size() == 1);
  CHECK(alike.front().reason == "the same page, the same host, the same weakness");
}

TEST_CASE("the same mail from somebody else is suggested as a duplicate by its words alone") {
  auto again = first;
  again.facts.affected = {};
  again.facts.weakness = {};
  REQUIRE(compared(first, again).size() == 1);
  CHECK(compared(first, again).front().reason == "100 % of its words alike");
}

TEST_CASE("another finding on the same host, or the same weakness elsewhere, is no duplicate") {
  const auto other_page = report_of("XSS in contact form", "Hi,\n\nThe form at https://vergunningen.zonnedam.example/contactgegevens/wijzigen runs a script that "
                                    "one puts into the name: cross-site scripting.\n\nWei\n");
  const auto other_weakness = report_of("SQL injection", "Hi,\n\nA quote in q on https://vergunningen.zonnedam.example/zoeken gives a database error: SQL injection.\n\nWei\n");
  const auto other_host = report_of("Reflected XSS", "Hi,\n\nhttps://kaart.zonnedam.example/zoeken?q=1 is open to cross-site scripting.\n\nWei\n");
  CHECK(compared(first, other_page).empty());
  CHECK(compared(first, other_weakness).empty());
  CHECK(compared(first, other_host).empty());
}

TEST_CASE("the same known vulnerability on the same host is suggested, on another it is not") {
  const auto known = report_of("Struts", "Hi,\n\nportaal.zonnedam.example is vulnerable to CVE-2017-5638.\n\nWei\n");
  CHECK(compared(known, report_of("Update!", "Beste mensen,\n\nJullie portaal.zonnedam.example is niet bijgewerkt en kwetsbaar voor CVE-2017-5638.\n")).size() == 1);
  CHECK(compared(known, report_of("Update!", "Beste mensen,\n\nJullie zaken.zonnedam.example is niet bijgewerkt en kwetsbaar voor CVE-2017-5638.\n")).empty());
}
