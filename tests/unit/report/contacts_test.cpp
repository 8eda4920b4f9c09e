#include "report/reading.hpp"
#include "sentence.hpp"

#include <catch2/catch.hpp>

using namespace cvdesk::report::test;
using cvdesk::report::clean_name;

namespace {

// The given last lines under a small Dutch report.
cvdesk::report::Reporter reporter_of(const std::string& end) {
  return facts_of("Beste mensen,\n\nOp https://portaal.zonnedam.example/x zie ik dossiers van anderen zonder in te loggen.\n\n" + end).reporter;
}

} // namespace

TEST_CASE("a name that is introduced ends with its sentence") {
  const auto name = [](std::string text) {
    auto mail = mail_of(std::move(text));
    mail.from = {{"", "k@visser.example"}};
    return read(mail, vantage()).reporter.name.value_or("");
  };
  CHECK(name("Hello,\n\nMy name is Katrijn Oosterveld. Panel on https://portaal.zonnedam.example/x is open.\n") ==
        "Katrijn Oosterveld");
  CHECK(name("Hello,\n\nMy name is J.P. van der Meer. I found a hole in https://portaal.zonnedam.example/x.\n") ==
        "J.P. van der Meer");
}

TEST_CASE("a name is taken without title, firm and turned the right way round") {
  CHECK(clean_name("Dr. Jan de Vries (Firma)") == "Jan de Vries");
  CHECK(clean_name("\"Visser, Noor\"") == "Noor Visser");
  CHECK(clean_name("Noor Visser | Kiezel Security") == "Noor Visser");
  CHECK(clean_name("Noor Visser via Platform") == "Noor Visser");
  CHECK(clean_name("noor@visser.example").empty());
  CHECK(clean_name("DI Noor Visser") == "Noor Visser");
  CHECK(clean_name("Noor Visser MSc") == "Noor Visser");
  CHECK(clean_name("no-reply").empty());
}

TEST_CASE("a telephone number is the reporter's, and a number of something else is none") {
  CHECK(reporter_of("Groet,\nNoor Visser\nM 06-12345678").phones == Strings{"+31612345678"});
  CHECK(reporter_of("Bel me op +31 (0)6 1234 5678.\n\nNoor").phones == Strings{"+31612345678"});
  CHECK(reporter_of("Groet,\nNoor\ntel. 0345 - 67 89 01, fax 0345 - 67 89 02").phones == Strings{"+31345678901"});
  for (const char* line : {"Klantnummer 0612345678", "KvK 0612345678", "studentnr. 0612345678", "Kenmerk: 0620102358",
                           "CVE-2024-21762", "2026-10-19 21:40:07", "IP 203.0.113.88 poort 443", "IBAN NL91 ABNA 0417 1643 00",
                           "Mijn docent is te bereiken op 040-7654321.", "BTW NL001234567B01",
                           "Bel anders jullie servicedesk op 0317 55 01 00."}) {
    INFO(line);
    CHECK(reporter_of(std::string(line) + "\n\nGroet,\nNoor Visser").phones == Strings{});
  }
}

TEST_CASE("a number without country code is read for the country that the text speaks of") {
  const std::string report = "the portal https://portaal.zonnedam.example/x shows records of other users.\n\n";
  CHECK(facts_of("Hi,\n\n" + report + "Call me: 07700 900123 (UK)\n\nTom Hill").reporter.phones == Strings{"+447700900123"});
  CHECK(facts_of("Hi,\n\n" + report + "Tom Hill\n(415) 555-0142").reporter.phones == Strings{"+14155550142"});
  CHECK(facts_of("Bonjour,\n\nle portail https://portaal.zonnedam.example/x montre les dossiers des autres.\n\nPaul Roux\nTél. 01.99.00.22.33")
            .reporter.phones == Strings{"+33199002233"});
}

TEST_CASE("the address to answer to comes first; addresses of others and of machines do not come at all") {
  CHECK(reporter_of("Antwoord graag naar noor@prive.example.\n\nNoor Visser").emails ==
        Strings{"noor@prive.example", "noor@visser.example"});
  CHECK(reporter_of("Mail mij op noor apenstaartje prive punt example.\n\nNoor Visser").emails ==
        Strings{"noor@prive.example", "noor@visser.example"});
  CHECK(reporter_of("Groet,\nNoor Visser\nnoor [at] prive [dot] example").emails ==
        Strings{"noor@visser.example", "noor@prive.example"});
  CHECK(reporter_of("Mijn docent is bereikbaar via kok@school.example.\n\nNoor").emails == Strings{"noor@visser.example"});
  auto mail = mail_of("Naam: -\nBericht: op https://portaal.zonnedam.example/x staat alles open.");
  mail.from = {{"Website", "no-reply@zonnedam.example"}};
  const auto facts = read(mail, vantage());
  CHECK(facts.reporter.emails.empty());
  CHECK(facts.reporter.anonymous);
  CHECK(facts.missing == Strings{"contact"});
}

TEST_CASE("a finder named by a go-between is the reporter") {
  auto mail = mail_of("Dear team,\n\nFinder: Ada Quint <ada@quint.example>\nSystem: portaal.zonnedam.example\nIssue: SQL injection\n\nKind regards,\nThe Desk");
  mail.from = {{"Example CERT", "desk@cert.example"}};
  const auto reporter = read(mail, vantage()).reporter;
  CHECK(reporter.name == "Ada Quint");
  CHECK(reporter.emails == Strings{"ada@quint.example"});
}

TEST_CASE("fingerprints are the reporter's own, in groups or in one piece") {
  const std::string spaced = "F5FC 9A0F FA94 D08B E7F0 CD73 4E0D D5FC EA24 8397";
  const Strings expected{"F5FC9A0FFA94D08BE7F0CD734E0DD5FCEA248397"};
  CHECK(reporter_of("PGP: " + spaced + "\n\nNoor").pgp_fingerprints == expected);
  CHECK(reporter_of("Mijn PGP-sleutel: 0xF5FC9A0FFA94D08BE7F0CD734E0DD5FCEA248397\n\nNoor").pgp_fingerprints == expected);
  CHECK(reporter_of("commit F5FC9A0FFA94D08BE7F0CD734E0DD5FCEA248397\n\nNoor").pgp_fingerprints.empty());
  CHECK(reporter_of("Versleuteld met jullie PGP-sleutel " + spaced + "\n\nNoor").pgp_fingerprints.empty());
}

TEST_CASE("handles carry their platform") {
  CHECK(reporter_of("Noor\nmastodon: @noor@sociaal.example").handles == Strings{"mastodon:@noor@sociaal.example"});
  CHECK(reporter_of("Noor\nSignal: noor.55").handles == Strings{"signal:noor.55"});
  CHECK(reporter_of("Noor\nTelegram @noorv").handles == Strings{"telegram:@noorv"});
  CHECK(reporter_of("Via Signal bereikbaar.\n\nNoor").handles.empty());
}

TEST_CASE("a wish to stay unnamed is heard in four languages, and talk of anonymous access is not one") {
  for (const char* wish : {"Laat mijn naam er maar buiten.", "Ik blijf liever anoniem.", "Please keep my name out of it.",
                           "I would like to remain anonymous.", "Ich möchte anonym bleiben.", "Merci de ne pas divulguer mon nom.",
                           "Bitte nennen Sie meinen Namen nicht.", "Je souhaite rester anonyme."}) {
    INFO(wish);
    CHECK(reporter_of(std::string(wish) + "\n\nNoor Visser").anonymous);
  }
  for (const char* other : {"De FTP-server laat anonieme gebruikers toe.", "Anonymous access is possible.", "Ik hoef niet anoniem te blijven.",
                            "No credit needed."}) {
    INFO(other);
    CHECK_FALSE(reporter_of(std::string(other) + "\n\nNoor Visser").anonymous);
  }
}

TEST_CASE("the name for the thanks is taken as it is asked for") {
  CHECK(reporter_of("Vermelding mag als \"Team Kiezel\".\n\nNoor").credit == "Team Kiezel");
  CHECK(reporter_of("Please credit me as Noor V. (Kiezel).\n\nNoor").credit == "Noor V. (Kiezel)");
  CHECK(reporter_of("Merci de me citer sous le nom « N. Visser ».\n\nNoor").credit == "N. Visser");
  CHECK(reporter_of("Vermelding graag als Noor van der Meer.\n\nNoor").credit == "Noor van der Meer");
  CHECK(reporter_of("Bitte nennen Sie mich als „Noor V.“\n\nNoor").credit == "Noor V.");
  CHECK_FALSE(reporter_of("Geen vermelding nodig.\n\nNoor").credit.has_value());
}
