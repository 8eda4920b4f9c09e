#include "report/document.hpp"
#include "sentence.hpp"

#include <catch2/catch.hpp>

using namespace cvdesk::report::test;
using cvdesk::report::part_history;
using cvdesk::report::Role;
using cvdesk::report::split_sentences;

namespace {

cvdesk::report::Document read_doc(const cvdesk::report::Mail& mail) {
  return cvdesk::report::read_document(mail, mail.text, vantage());
}

} // namespace

TEST_CASE("a block of code that nothing closes ends with the text") {
  for (const std::string end : {"```", "```\n", "~~~\nGET /x HTTP/1.1\nHost: portaal.zonnedam.example", "text\n```\ncurl https://portaal.zonnedam.example/x"}) {
    const auto facts = facts_of("Hello,\n\nthe portal leaks dossiers:\n" + end);
    CHECK(facts.kind == cvdesk::report::Kind::report);
  }
}

TEST_CASE("history is told from new text in the styles of the common clients") {
  const std::string history = GENERATE(
      "On 3 Nov 2026, at 16:40, Desk <cvd@zonnedam.example> wrote:\n\n> old text\n",
      "On Tue, Nov 3, 2026 at 4:40 PM Very Long Name of a Desk\n<cvd@zonnedam.example> wrote:\n> old text\n",
      "Op wo 11 nov 2026 om 09:00 schreef Desk <\ncvd@zonnedam.example>:\n\n> old text\n",
      "Op 3 nov. 2026, om 16:40 heeft Desk <cvd@zonnedam.example> het volgende geschreven:\n\nold text\n",
      "Am 09.11.26 um 14:33 schrieb Desk:\n> old text\n",
      "Le mar. 10 nov. 2026 à 16:02, Desk <cvd@zonnedam.example> a écrit :\n> old text\n",
      "-----Original Message-----\nFrom: Desk <cvd@zonnedam.example>\nSent: Monday 2 November 2026\nTo: x\nSubject: y\n\nold text\n",
      "-----Oorspronkelijk bericht-----\nVan: Desk <cvd@zonnedam.example>\nVerzonden: maandag\nAan: x\nOnderwerp: y\n\nold text\n",
      "________________________________\nVon: Desk <cvd@zonnedam.example>\nGesendet: Montag\nAn: x\nBetreff: y\n\nold text\n",
      "De : Desk <cvd@zonnedam.example>\nEnvoyé : lundi\nÀ : x\nObjet : y\n\nold text\n");
  INFO(history);
  const auto parts = part_history("new text\n\n" + history, false, vantage());
  CHECK(parts.own.bytes.find("new text") != std::string::npos);
  CHECK(parts.own.bytes.find("old text") == std::string::npos);
  CHECK(parts.quoted.find("old text") != std::string::npos);
  CHECK(parts.forwarded.bytes.empty());
}

TEST_CASE("a forwarded mail is the report, and its sender the one who sent it first") {
  const auto document = read_doc(mail_of("See below.\n\n---------- Forwarded message ---------\nFrom: Ada Quint <ada@quint.example>\n"
                                              "Date: Mon, Nov 9, 2026\nSubject: XSS\nTo: <x@visser.example>\n\nXSS on https://a.zonnedam.example/x\n", "Fwd: XSS"));
  CHECK(document.forwarded);
  CHECK(document.original_sender.address == "ada@quint.example");
  CHECK(document.original_subject == "XSS");
  CHECK(document.own_text().find("See below") == std::string::npos);
}

TEST_CASE("an answer between the lines knows the question above it") {
  const auto document = read_doc(mail_of("> When will you publish?\n\nNot before 31 January 2027.\n\n> Thanks\n", "Re: x"));
  REQUIRE(document.passages.size() == 1);
  CHECK(document.passages[0].question.find("when will you publish?") != std::string::npos);
}

TEST_CASE("greeting, list, code, signature and disclaimer are told apart") {
  const auto document = read_doc(mail_of("Hello team,\n\nThis is the text of the report.\n\n1. Open the page\n2. Click\n\n"
                                              "GET /x HTTP/1.1\nHost: a.zonnedam.example\n\nKind regards,\nNoor Visser\n"
                                              "+31 6 12345678\n\nThis e-mail is confidential and intended solely for the addressee.\n"));
  std::vector<Role> roles;
  for (const auto& passage : document.passages) roles.push_back(passage.role);
  CHECK(roles == std::vector<Role>{Role::greeting, Role::prose, Role::item, Role::item, Role::code, Role::signature, Role::signature,
                                   Role::signature, Role::disclaimer});
}

TEST_CASE("sentences end at full stops, not in addresses, dates and abbreviations") {
  CHECK(split_sentences("See https://a.example/x.y?z=1. Then go on. It is 3. November, e.g. Tuesday.").size() == 3);
  CHECK(split_sentences("studentnr. 0612345678").size() == 1);
}

TEST_CASE("hostile text costs linear time and stays bounded") {
  std::string text = "Hello,\n\n";
  while (text.size() < (1u << 20)) text += "http://a.zonnedam.example/((((%2e%2e>>>>> [.][.] 06-12345678 CVE-2024-1 - - - : : : not no kein\n";
  const auto facts = facts_of(text);
  CHECK(facts.affected.urls.size() <= 200);
  CHECK(facts.evidence.size() <= 500);
  CHECK(facts.steps.size() <= 50);
  facts_of(std::string(1u << 20, '>'));
  facts_of(std::string(1u << 20, 'a'));
  facts_of(std::string(1u << 20, '\n'));
  facts_of(std::string(1u << 20, '('));
}
