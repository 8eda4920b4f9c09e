#include "sentence.hpp"

#include <catch2/catch.hpp>

using namespace cvdesk::report::test;

TEST_CASE("what the reporter admits is named") {
  const auto [language, sentence, deed] = GENERATE(table<std::string, std::string, std::string>({
      {"en", "I downloaded four of those invoices to be sure.", "data-copied"},
      {"en", "To prove it I dumped the users table.", "data-copied"},
      {"en", "I then tried 2,000 passwords on that account.", "brute-force"},
      {"en", "I uploaded a small web shell to prove it.", "malware"},
      {"en", "We phoned your helpdesk and pretended to be a colleague.", "social-engineering"},
      {"en", "I climbed over the fence behind the pumping station.", "physical"},
      {"en", "My load test crashed the server for ten minutes.", "dos"},
      {"en", "I renamed the account of another resident to TEST.", "data-altered"},
      {"nl", "Ik heb er drie van gedownload als bewijs.", "data-copied"},
      {"nl", "Daarna heb ik een lijst met duizend wachtwoorden geprobeerd.", "brute-force"},
      {"nl", "Ik heb me aan de balie voorgedaan als monteur.", "social-engineering"},
      {"nl", "Ik ben achter een medewerker aan naar binnen gelopen.", "physical"},
      {"nl", "Ik heb de naam in het profiel van een ander gewijzigd in test.", "data-altered"},
      {"nl", "Door mijn script was de site een kwartier onbereikbaar, waarvoor excuses.", "dos"},
      {"de", "Ich habe zwei Dokumente heruntergeladen, um sicher zu sein.", "data-copied"},
      {"de", "Danach habe ich eine Wortliste mit 500 Passwörtern ausprobiert.", "brute-force"},
      {"de", "Ich habe eine kleine Webshell hochgeladen.", "malware"},
      {"de", "Ich habe mich am Telefon als Techniker ausgegeben.", "social-engineering"},
      {"fr", "J'ai téléchargé trois factures pour vérifier.", "data-copied"},
      {"fr", "J'ai essayé environ mille mots de passe sur ce compte.", "brute-force"},
      {"fr", "Je me suis fait passer pour un technicien au téléphone.", "social-engineering"},
      {"fr", "J'ai escaladé la clôture derrière la station.", "physical"},
  }));
  INFO(sentence);
  CHECK(facts_of(report_with(language, sentence)).conduct == Strings{deed});
}

TEST_CASE("what is denied, possible, or somebody else's deed is no accusation") {
  const auto [language, sentence] = GENERATE(table<std::string, std::string>({
      {"en", "I did not download, copy, change or delete anything."},
      {"en", "No brute force, no social engineering, no denial of service."},
      {"en", "An attacker could download all invoices or upload a web shell."},
      {"en", "I have never tried to guess passwords."},
      {"en", "With this anyone can change the profile of another user."},
      {"en", "I followed your policy against social engineering and DDoS."},
      {"en", "Last week I noticed that the site was down for an hour."},
      {"en", "I changed the id in the URL and saw another record."},
      {"en", "I deleted the copies immediately afterwards, nothing was ever kept."},
      {"en", "I downloaded your Android app and looked at the code."},
      {"en", "Someone dumped your database on a forum, it seems."},
      {"en", "I stopped before I could have dumped any data."},
      {"en", "I refrained from brute forcing the PIN."},
      {"en", "I only viewed the first page without saving it."},
      {"nl", "Ik heb niets gedownload, gekopieerd of aangepast."},
      {"nl", "Een aanvaller kan zo alle dossiers downloaden en wijzigen."},
      {"nl", "Ik heb geen wachtwoorden geprobeerd en niemand gebeld."},
      {"nl", "Brute force heb ik niet gedaan."},
      {"nl", "Bestanden heb ik bekeken maar niet opgeslagen."},
      {"nl", "Zonder toestemming zou ik nooit gegevens downloaden."},
      {"nl", "Ik heb het nummer in de url veranderd en zag een ander dossier."},
      {"nl", "Je kunt met een pas van een ander naar binnen."},
      {"nl", "Ik heb mijn eigen brief gedownload."},
      {"de", "Ich habe keine Daten heruntergeladen oder verändert."},
      {"de", "Ein Angreifer könnte alle Dokumente herunterladen und Profile ändern."},
      {"de", "Brute-Force habe ich nicht versucht."},
      {"de", "Es wurden keine Daten kopiert, gespeichert oder gelöscht."},
      {"de", "Ich habe die Nummer in der Adresse geändert und sah einen fremden Bescheid."},
      {"fr", "Je n'ai rien téléchargé, ni copié, ni modifié."},
      {"fr", "Un attaquant pourrait télécharger tous les dossiers."},
      {"fr", "Aucune donnée n'a été copiée et aucun test de déni de service n'a été fait."},
      {"fr", "Je l'ai seulement affiché, sans enregistrer de fichier."},
      {"fr", "J'ai changé le numéro dans l'adresse et le dossier d'un autre s'affiche."},
  }));
  INFO(sentence);
  CHECK(facts_of(report_with(language, sentence)).conduct == Strings{});
}
