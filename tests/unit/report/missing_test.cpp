#include "sentence.hpp"

#include <catch2/catch.hpp>

using namespace cvdesk::report::test;

namespace {

Strings missing_in(const std::string& text) { return facts_of(text + "\n\nNoor Visser\n").missing; }

} // namespace

TEST_CASE("who claims a hole without saying what it is, described nothing") {
  for (const char* text : {
           "Bonjour,\n\nJ'ai découvert des bugs importants dans votre site portaal.zonnedam.example. D'autres pirates peuvent le trouver aussi.",
           "Hello,\n\nI found a critical vulnerability in portaal.zonnedam.example. Do you offer a bounty?",
           "Hallo,\n\nIk heb een ernstig lek gevonden in portaal.zonnedam.example. Geef je een beloning?",
           "Guten Tag,\n\nich habe eine kritische Sicherheitslücke in portaal.zonnedam.example gefunden. Gibt es eine Belohnung?",
       }) {
    INFO(text);
    CHECK(missing_in(text) == Strings{"description"});
  }
}

TEST_CASE("what is told in plain words is a description of a system") {
  for (const char* text : {
           "Hallo,\n\nop portaal.zonnedam.example zie ik zonder inloggen de dossiers van anderen.",
           "Hello,\n\nportaal.zonnedam.example shows the invoices of other people when I change the number.",
           "Guten Tag,\n\nunter portaal.zonnedam.example sind Akten anderer Leute ohne Anmeldung lesbar.",
           "Bonjour,\n\nsur portaal.zonnedam.example les dossiers des autres sont lisibles sans mot de passe.",
       }) {
    INFO(text);
    CHECK(missing_in(text) == Strings{});
  }
}

TEST_CASE("a hole in nothing that is named lacks the system") {
  CHECK(missing_in("Hello,\n\nI can read the letters of other people without a password, it is an IDOR.") == Strings{"affected-system"});
  CHECK(missing_in("Hallo,\n\nik kan zonder wachtwoord de brieven van anderen lezen.") == Strings{"affected-system"});
}
