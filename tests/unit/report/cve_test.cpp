#include "sentence.hpp"

#include <catch2/catch.hpp>

using namespace cvdesk::report::test;

TEST_CASE("a CVE that is said to apply is taken, one that is denied or compared is not") {
  const auto [language, sentence, cves] = GENERATE(table<std::string, std::string, Strings>({
      {"en", "The server is vulnerable to CVE-2023-46604.", {"CVE-2023-46604"}},
      {"en", "Version 5.15 is affected by CVE-2023-46604 and CVE-2022-41678.", {"CVE-2023-46604", "CVE-2022-41678"}},
      {"en", "This is CVE-2021-27905; I first suspected CVE-2019-17558, which does not apply.", {"CVE-2021-27905"}},
      {"en", "It reminds me of CVE-2021-44228.", {}},
      {"en", "The host is patched against CVE-2021-44228.", {}},
      {"en", "I also tried CVE-2021-44228, without success.", {}},
      {"en", "CVE-2014-0160 was ruled out.", {}},
      {"en", "CVE-2014-3566 has not been patched.", {"CVE-2014-3566"}},
      {"en", "The update for CVE-2024-21762 was never installed.", {"CVE-2024-21762"}},
      {"nl", "De server is kwetsbaar voor CVE-2023-46604.", {"CVE-2023-46604"}},
      {"nl", "Ik dacht eerst aan CVE-2019-17558, maar die is het niet.", {}},
      {"nl", "CVE-2021-44228 speelt hier niet.", {}},
      {"nl", "De patch voor CVE-2024-21762 ontbreekt.", {"CVE-2024-21762"}},
      {"nl", "CVE-2014-3566 is niet gedicht.", {"CVE-2014-3566"}},
      {"de", "Das ist CVE-2021-27905; CVE-2019-17558 (Velocity) hatte ich zuerst im Verdacht, die trifft aber nicht zu.", {"CVE-2021-27905"}},
      {"de", "Gegen CVE-2021-44228 ist der Server gepatcht.", {}},
      {"de", "CVE-2024-21762 ist noch nicht behoben.", {"CVE-2024-21762"}},
      {"fr", "Le serveur est vulnérable à la CVE-2023-46604.", {"CVE-2023-46604"}},
      {"fr", "J'ai d'abord pensé à la CVE-2019-17558, mais elle ne s'applique pas.", {}},
      {"fr", "La CVE-2024-21762 n'est pas corrigée.", {"CVE-2024-21762"}},
      {"fr", "Cela ressemble à la CVE-2021-44228.", {}},
      {"en", "Scanner output:\n\n Heartbleed (CVE-2014-0160)       not vulnerable (OK)\n ROBOT                            not vulnerable (OK)\n"
             " POODLE, SSL (CVE-2014-3566)      VULNERABLE (NOT ok), uses SSLv3+CBC\n SWEET32 (CVE-2016-2183)          VULNERABLE, uses 64 bit ciphers\n",
       {"CVE-2014-3566", "CVE-2016-2183"}},
  }));
  INFO(sentence);
  CHECK(facts_of(report_with(language, sentence)).weakness.cve == cves);
}
