#include "sentence.hpp"

#include <catch2/catch.hpp>

using namespace cvdesk::report::test;
using cvdesk::report::Kind;

TEST_CASE("an absence note is an automatic answer, in four languages") {
  CHECK(facts_of("I am out of the office until 20 November.", "Automatic reply: your mail").kind == Kind::auto_reply);
  CHECK(facts_of("Ik ben afwezig tot 20 november.", "Automatisch antwoord: uw mail").kind == Kind::auto_reply);
  CHECK(facts_of("Ich bin bis 20.11. im Urlaub.", "Abwesenheitsnotiz: Ihre Mail").kind == Kind::auto_reply);
  CHECK(facts_of("Je suis absent jusqu'au 20 novembre.", "Réponse automatique : votre message").kind == Kind::auto_reply);
}

TEST_CASE("a report about automatic answers is a report") {
  CHECK(facts_of("Your out of office robot at tickets.zonnedam.example answers its own automatic replies, a mail loop (CWE-835).",
                 "Auto-reply loop in your ticket system").kind == Kind::report);
}

TEST_CASE("list headers alone never make a report into bulk mail") {
  auto mail = mail_of("SQL injection on https://a.zonnedam.example/zoek?q=1%27 gives a database error.");
  mail.list_headers = true;
  mail.list_id = "<security.zonnedam.example>";
  mail.precedence = "list";
  CHECK(read(mail, vantage()).kind == Kind::report);
  auto letter = mail_of("Newsletter. SQL injection in FooCMS: https://news.stranger.example/1. Unsubscribe: https://news.stranger.example/u");
  letter.list_headers = true;
  letter.to = {{"", "list@stranger.example"}};
  CHECK(read(letter, vantage()).kind == Kind::bulk);
}

TEST_CASE("a beggar asks for money with nothing in hand; a report that asks politely stays a report") {
  CHECK(facts_of("I found a critical vulnerability in your website. Do you have a bug bounty? I share details after you confirm the reward.").kind == Kind::beg_bounty);
  CHECK(facts_of("Your domain zonnedam.example has no DMARC record. I hope for a bounty for this finding.").kind == Kind::beg_bounty);
  CHECK(facts_of("SQL injection on https://a.zonnedam.example/zoek?q=1%27 shows an error. Do you run a bug bounty? If not, no problem.").kind == Kind::report);
  CHECK(facts_of("Missing DMARC on zonnedam.example lets anyone send mail in your name. No reward expected.").kind == Kind::report);
}

TEST_CASE("an offer is spam") {
  CHECK(facts_of("We offer SEO services. Our packages start at $99 per month, first page of Google guaranteed.", "Errors on your website").kind == Kind::spam);
}

TEST_CASE("our tag, or an answer to our mail, makes a follow-up; a stranger's tag does not") {
  CHECK(facts_of("It works again.", "Re: [CVD-2026-0004] XSS").kind == Kind::followup);
  CHECK(facts_of("XSS on https://a.zonnedam.example/x", "[CD-2026-0771] XSS").kind == Kind::report);
  auto mail = mail_of("Still open.", "Re: your report");
  mail.in_reply_to = {"x1@zonnedam.example"};
  CHECK(read(mail, vantage()).kind == Kind::followup);
}

TEST_CASE("a delivery report is a bounce and finds our tag in what it returns") {
  auto mail = mail_of("This is the mail system at host mx.stranger.example. User unknown.", "Undelivered Mail Returned to Sender");
  mail.from = {{"", "mailer-daemon@mx.stranger.example"}};
  mail.is_delivery_status = true;
  mail.returned_text = "Subject: [CVD-2026-0031] Your report";
  const auto facts = read(mail, vantage());
  CHECK(facts.kind == Kind::bounce);
  CHECK(facts.case_tag == "CVD-2026-0031");
}

TEST_CASE("a report says what is missing") {
  CHECK(facts_of("I found a bug in your website, please contact me.").missing == Strings{"affected-system", "description"});
  CHECK(facts_of("XSS on https://a.zonnedam.example/x").missing == Strings{});
}
