// A short mail around one text, and what is read out of it.
#pragma once

#include "report/read.hpp"

#include <string>

namespace cvdesk::report::test {

inline Vantage vantage() {
  Vantage vantage;
  vantage.own_addresses = {"cvd@zonnedam.example"};
  vantage.scope = {"zonnedam.example", "https://git.bouwhuis.example/zonnedam/"};
  vantage.partners = {{"Gemeente Testdam", {"testdam.example"}, "cvd@testdam.example", std::nullopt}};
  return vantage;
}

inline Mail mail_of(std::string text, std::string subject = "Melding") {
  Mail mail;
  mail.from = {{"Noor Visser", "noor@visser.example"}};
  mail.to = {{"", "cvd@zonnedam.example"}};
  mail.subject = std::move(subject);
  mail.date = from_unix(1794301920); // 2026-11-10
  mail.text = std::move(text);
  return mail;
}

inline Facts facts_of(std::string text, std::string subject = "Melding") {
  return read(mail_of(std::move(text), std::move(subject)), vantage());
}

// A short report in that language that the sentence ends: enough to know the language and that it is a report.
inline std::string report_with(const std::string& language, const std::string& sentence) {
  const auto around = [&](const char* before) { return before + sentence + "\n\nNoor Visser\n"; };
  if (language == "nl")
    return around("Goedemiddag,\n\nIn jullie portaal https://portaal.zonnedam.example/x zit een lek waardoor ik dossiers zag.\n");
  if (language == "de")
    return around("Guten Tag,\n\nin Ihrem Portal https://portaal.zonnedam.example/x gibt es eine Lücke, die ich gefunden habe.\n");
  if (language == "fr")
    return around("Bonjour,\n\nDans votre portail https://portaal.zonnedam.example/x il y a une faille que j'ai trouvée hier.\n");
  return around("Hello,\n\nIn your portal https://portaal.zonnedam.example/x there is a hole that I found yesterday.\n");
}

using Strings = std::vector<std::string>;

} // namespace cvdesk::report::test
