#include "desk_world.hpp"

#include "desk/acknowledgement.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace cvdesk;
using namespace cvdesk::desk;
using testing::DeskWorld;
using testing::report_from;

namespace {

// A mail whose every part holds the word "SECRET".
reader::Inspection secret_mail() {
  auto mail = report_from("rosa@reporter.example", "SECRET subject");
  mail.from[0].display_name = "SECRET name";
  mail.outer.from = mail.from;
  mail.text = "SECRET text";
  mail.thread = {"SECRET-inner@x"};
  mail.facts.reporter.name = "SECRET reporter";
  mail.facts.affected.urls = {"https://SECRET.example"};
  mail.facts.steps = {"SECRET step"};
  mail.facts.missing = {"contact", "affected-system", "description"};
  mail.attachments = {{1, "SECRET.pdf", "application/pdf", 1, "", openpgp::SignatureState::none, {}}};
  return mail;
}

struct World {
  World() {
    opened = desk.write([](store::Change& change) {
      return store::open_case(change, {"cvd", "report", now(), 2026, "{\"title\":\"SECRET title\"}"}, now());
    });
    deadlines = {{opened.id, "assess", *from_rfc3339("2026-11-25T22:59:59Z"), {}}, {opened.id, "resolve", *from_rfc3339("2027-01-21T22:59:59Z"), {}}};
  }
  AnswerTask task(const reader::Inspection& mail, const AnswerKey& key = {}) {
    return acknowledgement_for(*desk, mail, "rosa@reporter.example", key, opened, deadlines);
  }
  Rendered text(const AnswerTask& task) { return DeskWorld::must(desk->templates().render(task.language, task.template_name, task.fields)); }

  DeskWorld desk;
  store::CaseEntry opened;
  std::vector<store::Deadline> deadlines;
};

bool holds_secret(const AnswerTask& task) { return pack(task).find("SECRET") != std::string::npos; }

// All that an observer of the answer could tell two mails apart by.
std::string visible(AnswerTask task) {
  task.message_id.clear();
  return pack(task);
}

} // namespace

TEST_CASE("a clear report is acknowledged by its reference, in its language, with what is missing and quoting nothing") {
  World world;
  auto mail = secret_mail();
  mail.outer.in_reply_to = {"outer@x"};
  const auto task = world.task(mail);
  CHECK_FALSE(holds_secret(task));
  CHECK(task.template_name == "acknowledgement");
  CHECK(task.language == "nl");
  CHECK(task.recipient == "rosa@reporter.example");
  CHECK(task.envelope_sender.empty());
  CHECK(task.automatic);
  CHECK(task.certificate.empty());
  CHECK(task.in_reply_to == mail.message_id);
  CHECK(task.references == std::vector<std::string>{"outer@x", mail.message_id});
  const auto text = world.text(task);
  CHECK(text.subject.find("[CVD-2026-0001]") != std::string::npos);
  CHECK(text.text.find("uiterlijk op woensdag 25 november 2026") != std::string::npos);
  CHECK(text.text.find("donderdag 21 januari 2027") != std::string::npos);
  CHECK(text.text.find("welk systeem") != std::string::npos);
}

TEST_CASE("an encrypted mail gets the fixed text, whatever is in it and whatever came of opening it") {
  World world;
  auto opened = secret_mail();
  opened.any_encrypted = true;
  opened.protection.encrypted = true;
  opened.protection.decryption = openpgp::Decryption::ok;
  opened.facts.language = "nl";
  auto closed = opened;
  closed.protection.decryption = openpgp::Decryption::no_key;
  closed.subject = "...";
  closed.text.clear();
  closed.thread.clear();
  closed.facts = {};
  closed.facts.kind = report::Kind::undecryptable;
  closed.attachments.clear();
  CHECK(visible(world.task(opened)) == visible(world.task(closed)));
  CHECK(visible(world.task(opened)) == visible(acknowledgement_for(*world.desk, closed, "rosa@reporter.example", {}, {}, {})));
  CHECK_FALSE(holds_secret(world.task(opened)));
  CHECK(world.task(opened).template_name == "acknowledgement-encrypted");
  CHECK(world.text(world.task(opened)).subject.find("CVD-2026") == std::string::npos);
}

TEST_CASE("a Message-ID that stands inside alone is not named in the answer") {
  World world;
  auto mail = secret_mail();
  mail.any_encrypted = true;
  mail.message_id = "SECRET-id@x";
  mail.outer.message_id.clear();
  CHECK_FALSE(holds_secret(world.task(mail)));
  CHECK_FALSE(holds_secret(world.task(mail, {"blob", true})));
}

TEST_CASE("a certificate that merely came along with an encrypted mail is answered with the fixed text") {
  World world;
  auto mail = secret_mail();
  mail.any_encrypted = true;
  const auto task = world.task(mail, {"blob", false});
  CHECK(task.template_name == "acknowledgement-encrypted");
  CHECK(task.certificate == "blob");
  CHECK_FALSE(holds_secret(task));
}

TEST_CASE("the owner of the certificate that signed an encrypted mail is told more, encrypted to it") {
  World world;
  auto mail = secret_mail();
  mail.any_encrypted = true;
  const auto task = world.task(mail, {"blob", true});
  CHECK(task.template_name == "acknowledgement");
  CHECK(task.certificate == "blob");
  CHECK(task.fallback_template == "acknowledgement-encrypted");
}

TEST_CASE("what goes out in the clear where encrypting fails holds nothing from inside the mail") {
  World world;
  auto mail = secret_mail();
  mail.any_encrypted = true;
  const auto task = world.task(mail, {"blob", true});
  // In-Reply-To and References stand in the outer header of the fallback.
  for (const auto& id : task.references) CHECK(id.find("SECRET") == std::string::npos);
  CHECK(task.in_reply_to.find("SECRET") == std::string::npos);
}

TEST_CASE("a follow-up that was encrypted without opening a case gets the fixed text too") {
  World world;
  auto mail = secret_mail();
  mail.any_encrypted = true;
  const auto task = acknowledgement_for(*world.desk, mail, "rosa@reporter.example", {"blob", true}, {}, {});
  CHECK(task.template_name == "acknowledgement-encrypted");
  CHECK_FALSE(task.fields.contains("reference"));
}

TEST_CASE("a language that the organisation does not write is answered in the first that it does") {
  World world;
  auto mail = report_from();
  for (const std::string language : {"fr", "xx", "", "../../etc"}) {
    mail.facts.language = language;
    CHECK(world.task(mail).language == "en");
  }
  mail.facts.language.reset();
  CHECK(world.task(mail).language == "en");
}

TEST_CASE("a stranger's Message-IDs stand in our header only when they are fit for it") {
  World world;
  auto mail = report_from();
  mail.outer.message_id = "a@x\r\nBcc: victim@y.example";
  mail.outer.in_reply_to = {"b@x", "c d@x", "<e@x>", std::string(500, 'x'), "caf\xE9@x", "f@x"};
  const auto task = world.task(mail);
  CHECK(task.in_reply_to.empty());
  CHECK(task.references == std::vector<std::string>{"b@x", "f@x"});
  mail.outer.in_reply_to.clear();
  for (int i = 0; i < 1000; ++i) mail.outer.in_reply_to.push_back(std::to_string(i) + "@x");
  mail.outer.message_id = "last@x";
  const auto many = world.task(mail);
  REQUIRE(many.references.size() == 21);
  CHECK(many.references.back() == "last@x");
  CHECK(many.references.front() == "980@x");
}

TEST_CASE("our Message-IDs cannot be guessed and carry our domain") {
  DeskWorld world;
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) {
    const std::string id = new_message_id(world.settings());
    CHECK(id.size() == 32 + 1 + std::string_view("zonnedam.example").size());
    CHECK(id.ends_with("@zonnedam.example"));
    seen.insert(id);
  }
  CHECK(seen.size() == 100);
}
