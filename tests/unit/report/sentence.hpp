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

using Strings = std::vector<std::string>;

} // namespace cvdesk::report::test
