// A decoded mail as JSON on each line of standard input; its facts as JSON on a line each. No part of a program.
#include "report/read.hpp"

#include <nlohmann/json.hpp>

#include <iostream>

namespace {

using cvdesk::mime::Mailbox;
using cvdesk::report::Mail;
using nlohmann::json;

std::vector<Mailbox> mailboxes(const json& list) {
  std::vector<Mailbox> all;
  for (const auto& item : list) all.push_back({item[0], item[1]});
  return all;
}

Mail mail_from(const json& j) {
  Mail mail;
  mail.from = mailboxes(j["from"]);
  mail.reply_to = mailboxes(j["reply_to"]);
  mail.to = mailboxes(j["to"]);
  mail.cc = mailboxes(j["cc"]);
  mail.subject = j["subject"];
  if (!j["date"].is_null()) mail.date = cvdesk::from_unix(j["date"]);
  mail.message_id = j["message_id"];
  mail.in_reply_to = j["in_reply_to"].get<std::vector<std::string>>();
  mail.references = j["references"].get<std::vector<std::string>>();
  if (!j["return_path"].is_null()) mail.return_path = j["return_path"].get<std::string>();
  mail.auto_submitted = j["auto_submitted"];
  mail.precedence = j["precedence"];
  mail.list_id = j["list_id"];
  mail.list_headers = j["list_headers"];
  mail.auto_response_headers = j["auto_response_headers"];
  mail.content_type = j["content_type"];
  mail.is_delivery_status = j["is_delivery_status"];
  mail.text = j["text"];
  for (const auto& link : j["links"]) mail.links.push_back({link[0], link[1], link[2]});
  mail.returned_text = j["returned_text"];
  for (const auto& file : j["attachments"]) mail.attachments.push_back({file["filename"], file["media_type"]});
  return mail;
}

template <class Optional>
json or_null(const Optional& value) {
  return value ? json(*value) : json(nullptr);
}

json to_json(const cvdesk::report::Facts& facts, const json& attachments) {
  json j;
  j["kind"] = to_string(facts.kind);
  j["kind_reasons"] = facts.kind_reasons;
  j["case_tag"] = or_null(facts.case_tag);
  j["language"] = or_null(facts.language);
  j["reporter"] = {{"name", or_null(facts.reporter.name)},
                   {"emails", facts.reporter.emails},
                   {"phones", facts.reporter.phones},
                   {"handles", facts.reporter.handles},
                   {"pgp_fingerprints", facts.reporter.pgp_fingerprints},
                   {"anonymous", facts.reporter.anonymous},
                   {"credit", or_null(facts.reporter.credit)}};
  j["affected"] = {{"urls", facts.affected.urls},
                   {"hosts", facts.affected.hosts},
                   {"ips", facts.affected.ips},
                   {"scope", to_string(facts.affected.scope)},
                   {"partner", or_null(facts.affected.partner)}};
  j["references"] = facts.references;
  j["weakness"] = {{"cwe", facts.weakness.cwe}, {"cve", facts.weakness.cve}, {"cvss", facts.weakness.cvss}};
  j["steps"] = facts.steps.size();
  j["steps_text"] = facts.steps;
  const auto& date = facts.disclosure.date;
  j["disclosure"] = {{"date", date ? json(cvdesk::to_iso_date(*date)) : json(nullptr)}, {"days", or_null(facts.disclosure.days)}};
  j["conduct"] = facts.conduct;
  j["missing"] = facts.missing;
  j["attachments"] = attachments;
  return j;
}

} // namespace

int main() {
  cvdesk::report::Vantage vantage;
  vantage.own_addresses = {"cvd@voorbeeldmeer.nl", "security@voorbeeldmeer.nl"};
  vantage.scope = {"voorbeeldmeer.nl", "waterportaal.example", "https://git.voorbeeldmeer.example/apps/"};
  vantage.partners = {{"Gemeente Testdam", {"testdam.example"}, "cvd@testdam.example", std::nullopt}};
  std::string line;
  while (std::getline(std::cin, line)) {
    const auto j = json::parse(line);
    std::cout << to_json(cvdesk::report::read(mail_from(j), vantage), j["attachments"]).dump() << "\n";
  }
}
