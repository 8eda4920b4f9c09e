#include "sentence.hpp"

#include <catch2/catch.hpp>

using namespace cvdesk::report::test;

namespace {

// A date, a number of days or nothing; the mail is of Tuesday 10 November 2026.
std::string announced_in(const std::string& language, const std::string& sentence) {
  const auto disclosure = facts_of(report_with(language, sentence)).disclosure;
  std::string both = disclosure.date ? cvdesk::to_iso_date(*disclosure.date) : std::string();
  if (disclosure.days) both += (both.empty() ? "" : " ") + std::to_string(*disclosure.days);
  return both;
}

} // namespace

TEST_CASE("an announced publication is read, however it is announced") {
  const auto [language, sentence, when] = GENERATE(table<std::string, std::string, std::string>({
      {"en", "The advisory goes public on 12 January 2027, 10:00 CET.", "2027-01-12"},
      {"en", "I have a slot at a meetup on 20 January 2027 and plan to show this there.", "2027-01-20"},
      {"en", "We work to a 90-day period, after which the details are published.", "90"},
      {"en", "The blog post goes live on January 18th.", "2027-01-18"},
      {"en", "Embargo until 2027-02-01.", "2027-02-01"},
      {"en", "This is under embargo until the 3rd of December 2026.", "2026-12-03"},
      {"en", "I will not publish before 15 Jan 2027.", "2027-01-15"},
      {"en", "No sooner than 1 February will I write about it.", "2027-02-01"},
      {"en", "I'll be speaking about this at a conference on 5 March 2027.", "2027-03-05"},
      {"en", "Our policy gives you ninety days before we go public.", "90"},
      {"en", "We follow a 45 day disclosure policy.", "45"},
      {"en", "Full details will be out in six weeks.", "42"},
      {"en", "I intend to release my findings three months from now.", "90"},
      {"en", "Unless you object, the write-up appears on 24/12/2026.", "2026-12-24"},
      {"en", "My paper comes out on 14.02.2027 and describes it.", "2027-02-14"},
      {"en", "Disclosure deadline: 8 February 2027", "2027-02-08"},
      {"en", "Planned publication: 2027-01-31", "2027-01-31"},
      {"en", "I will wait 120 days and then post it on my blog.", "120"},
      {"en", "We'd like to talk about it at BSides on 28 November.", "2026-11-28"},
      {"en", "After 60 days we make the details available to everyone.", "60"},
      {"en", "CVE and advisory will be released December 1, 2026.", "2026-12-01"},
      {"en", "Coordinated release date: 7 January.", "2027-01-07"},
      {"en", "The article runs in the paper on Friday 27 November.", "2026-11-27"},
      {"en", "You have until 11 December, then it goes on my website.", "2026-12-11"},
      {"en", "Expect a public post at the end of January 2027.", "2027-01-31"},
      {"en", "A publication in mid-February is planned.", "2027-02-15"},
      {"nl", "Ons artikel verschijnt op 18 januari 2027.", "2027-01-18"},
      {"nl", "Op 3 februari geef ik hier een lezing over.", "2027-02-03"},
      {"nl", "Na 90 dagen maken we dit openbaar.", "90"},
      {"nl", "Embargo tot 1 december 2026.", "2026-12-01"},
      {"nl", "Voorwaarde van de melder: publicatie niet voor 1 februari 2027.", "2027-02-01"},
      {"nl", "Op 18 januari 2027 laten we dit zien op een openbaar studentensymposium.", "2027-01-18"},
      {"nl", "Ik publiceer niet eerder dan 15 jan. 2027.", "2027-01-15"},
      {"nl", "We hanteren een publicatietermijn van drie maanden.", "90"},
      {"nl", "Over zes weken zet ik de details online.", "42"},
      {"nl", "De scriptie wordt op 22-01-2027 openbaar verdedigd.", "2027-01-22"},
      {"nl", "Het verhaal staat zaterdag 28 november in de krant.", "2026-11-28"},
      {"nl", "De uitzending is op 14 december.", "2026-12-14"},
      {"nl", "Beoogde publicatiedatum: 31-1-2027", "2027-01-31"},
      {"nl", "Eind januari wil ik er een blog over schrijven.", "2027-01-31"},
      {"nl", "Ik wacht acht weken en breng het daarna naar buiten.", "56"},
      {"nl", "Op het congres van 11 maart 2027 vertellen we hierover.", "2027-03-11"},
      {"nl", "Graag reactie, want op 9 december gaat mijn video online.", "2026-12-09"},
      {"nl", "U krijgt van ons 60 dagen voordat wij hierover schrijven.", "60"},
      {"de", "Ich veröffentliche zwölf Wochen nach dem heutigen Tag.", "84"},
      {"de", "Am 14. Januar 2027 halte ich darüber einen Vortrag.", "2027-01-14"},
      {"de", "Der Blogbeitrag erscheint am 01.02.2027.", "2027-02-01"},
      {"de", "Sperrfrist bis 15. Dezember 2026.", "2026-12-15"},
      {"de", "Nach 90 Tagen machen wir die Details öffentlich.", "90"},
      {"de", "Eine Veröffentlichung ist frühestens am 20. Januar vorgesehen.", "2027-01-20"},
      {"de", "Ich gebe Ihnen drei Monate, bevor ich darüber schreibe.", "90"},
      {"de", "Wir gehen am 7.12. damit an die Öffentlichkeit.", "2026-12-07"},
      {"de", "Geplantes Veröffentlichungsdatum: 28.02.2027", "2027-02-28"},
      {"de", "Ende Januar möchte ich das auf meiner Seite vorstellen.", "2027-01-31"},
      {"de", "Unsere Offenlegungsfrist beträgt 45 Tage.", "45"},
      {"de", "Der Beitrag wird am 3. Dezember gesendet.", "2026-12-03"},
      {"de", "In sechs Wochen stelle ich die Ergebnisse online.", "42"},
      {"fr", "Je publierai un article le 15 janvier 2027.", "2027-01-15"},
      {"fr", "La présentation aura lieu le 4 février 2027 à une conférence.", "2027-02-04"},
      {"fr", "Embargo jusqu'au 1er décembre 2026.", "2026-12-01"},
      {"fr", "Nous publions au bout de 90 jours.", "90"},
      {"fr", "Je compte en parler sur mon blog dans six semaines.", "42"},
      {"fr", "Pas de publication avant le 12/01/2027.", "2027-01-12"},
      {"fr", "Date de publication prévue : 31/01/2027", "2027-01-31"},
      {"fr", "Notre politique prévoit une divulgation après trois mois.", "90"},
      {"fr", "Le reportage sera diffusé le 9 décembre.", "2026-12-09"},
      {"fr", "L'article paraîtra le vendredi 27 novembre.", "2026-11-27"},
      {"fr", "Je rendrai cela public fin janvier.", "2027-01-31"},
      {"fr", "Nous mettrons les détails en ligne le 18 janvier.", "2027-01-18"},
      {"fr", "Vous avez jusqu'au 11 décembre, après quoi je mets tout sur mon site.", "2026-12-11"},
  }));
  INFO(sentence);
  CHECK(announced_in(language, sentence) == when);
}

TEST_CASE("other dates and terms announce no publication") {
  const auto [language, sentence] = GENERATE(table<std::string, std::string>({
      {"en", "I found this on 3 November 2026."},
      {"en", "Please answer within 14 days."},
      {"en", "I will delete my notes on 1 December 2026."},
      {"en", "The certificate expires on 20 January 2027."},
      {"en", "I am on holiday until 1 December 2026."},
      {"en", "Can we have a call on 18 November?"},
      {"en", "The vendor published a patch on 15 January 2026."},
      {"en", "I do not intend to publish anything."},
      {"en", "The CVE was published 30 days ago."},
      {"en", "The conference room booking for 3 December 2026 is visible to everyone."},
      {"en", "The page shows a blog post of 5 December 2026 that is not public yet."},
      {"en", "Public holidays such as 25 December 2026 are listed there."},
      {"en", "Support for this version ends on 31 December 2026."},
      {"en", "The session stays valid for 90 days."},
      {"en", "We will retest on 2 December 2026."},
      {"en", "My thesis is due on 1 February 2027, but nothing of this will be in it."},
      {"nl", "Ik ontdekte het op 3 november 2026."},
      {"nl", "Graag een reactie binnen twee weken."},
      {"nl", "Ik verwijder mijn aantekeningen op 1 december 2026."},
      {"nl", "Het certificaat verloopt op 20 januari 2027."},
      {"nl", "Publiceren zal ik dit niet."},
      {"nl", "Op 24 november ben ik telefonisch bereikbaar."},
      {"nl", "De vergadering van 15 december 2026 staat er met geheime stukken in."},
      {"nl", "De sessie blijft 30 dagen geldig."},
      {"nl", "De openbare hoorzitting is op 3 december 2026."},
      {"de", "Der Vortrag ist am 14. Dezember 2026, Ihr Fall kommt darin nicht vor."},
      {"nl", "De lezing is op 14 december 2026, jullie komen er niet in voor."},
      {"de", "Gefunden habe ich das am 3. November 2026."},
      {"de", "Bitte antworten Sie binnen zwei Wochen."},
      {"de", "Ich lösche meine Kopien am 1. Dezember 2026."},
      {"de", "Das Zertifikat läuft am 20. Januar 2027 ab."},
      {"de", "Eine Veröffentlichung plane ich nicht."},
      {"de", "Am 18. November bin ich telefonisch erreichbar."},
      {"de", "Die Sitzung bleibt 30 Tage gültig."},
      {"fr", "J'ai découvert cela le 3 novembre 2026."},
      {"fr", "Merci de répondre sous quinze jours."},
      {"fr", "Je supprimerai mes notes le 1er décembre 2026."},
      {"fr", "Le certificat expire le 20 janvier 2027."},
      {"fr", "Je ne compte rien publier."},
      {"fr", "Je suis joignable le 18 novembre."},
      {"fr", "La session reste valable 30 jours."},
  }));
  INFO(sentence);
  CHECK(announced_in(language, sentence) == "");
}
