#include "desk_world.hpp"

#include "desk/answer_task.hpp"
#include "store/audit.hpp"
#include "store/certificates.hpp"

#include <catch2/catch.hpp>

#include <fmt/core.h>

#include <algorithm>

using namespace cvdesk;
using namespace cvdesk::desk;
using testing::DeskWorld;
using testing::report_from;

namespace {

std::string message_id_of(const store::OutboxEntry& entry) { return DeskWorld::must(unpack_answer_task(entry.task)).message_id; }

// An answer to the last mail that the desk owes.
reader::Inspection answer_to(DeskWorld& world, std::string_view from = "rosa@reporter.example") {
  auto mail = report_from(from, "Re: your message");
  mail.thread = {message_id_of(world.outbox().back())};
  mail.outer.in_reply_to = mail.thread;
  mail.facts.kind = report::Kind::followup;
  return mail;
}

reader::Inspection encrypted(reader::Inspection mail) {
  mail.any_encrypted = true;
  mail.protection.encrypted = true;
  mail.protection.decryption = openpgp::Decryption::ok;
  return mail;
}

bool is_contact(DeskWorld& world, std::string_view reference, std::string_view address) {
  const auto id = world.case_of(reference).id;
  return world.read([&](store::View& view) { return store::is_contact(view, id, address); });
}

std::vector<store::Id> mails_of(DeskWorld& world, std::string_view reference) {
  const auto id = world.case_of(reference).id;
  std::vector<store::Id> mails;
  for (const auto& entry : world.read([&](store::View& view) { return store::conversation(view, id); })) {
    if (entry.inbox_id) mails.push_back(*entry.inbox_id);
  }
  return mails;
}

bool did(DeskWorld& world, std::string_view reference, std::string_view action) {
  const auto actions = world.actions(reference);
  return std::find(actions.begin(), actions.end(), action) != actions.end();
}

} // namespace

TEST_CASE("a report opens a case with its clocks, its contact and one acknowledgement") {
  DeskWorld world;
  const auto recorded = world.record(report_from());
  CHECK(recorded.result == "case");
  CHECK(recorded.kind == "report");
  CHECK(recorded.owes_answer);
  REQUIRE(recorded.reference);
  const auto opened = world.case_of(*recorded.reference);
  CHECK(opened.status == "new");
  CHECK(opened.sheet.find("A hole in your wiki") != std::string::npos);
  CHECK(world.read([&](store::View& view) { return store::deadlines(view, opened.id); }).size() == 3);
  CHECK(is_contact(world, *recorded.reference, "rosa@reporter.example"));
  CHECK(world.outbox().size() == 1);
  CHECK(mails_of(world, *recorded.reference) == std::vector<store::Id>{recorded.message});
}

TEST_CASE("recording the same mail twice changes nothing and says the same") {
  DeskWorld world;
  const auto mail = report_from();
  const auto first = world.record(mail);
  const auto second = DeskWorld::must(desk::record(*world, first.message, {mail, {}}, DeskWorld::raw_of(mail)));
  CHECK(second.result == first.result);
  CHECK(second.reference == first.reference);
  CHECK(world.outbox().size() == 1);
  CHECK(world.read([](store::View& view) { return store::cases(view); }).size() == 1);
}

TEST_CASE("two deliveries of one mail by different ways are one case") {
  DeskWorld world;
  const auto mail = report_from();
  const auto first = world.record(mail);
  const auto second = world.record(mail, "Received: by another way\r\n" + DeskWorld::raw_of(mail));
  CHECK(second.result == "duplicate");
  CHECK(second.message != first.message);
  CHECK(world.outbox().size() == 1);
}

TEST_CASE("another mail under the same Message-ID is no duplicate") {
  DeskWorld world;
  auto mail = report_from();
  world.record(mail);
  mail.text = "Another text altogether";
  CHECK(world.record(mail).result == "case");
  mail.from = {{"", "mallory@x.example"}};
  mail.outer.from = mail.from;
  CHECK(world.record(mail, DeskWorld::raw_of(mail) + "\r\n").result == "case");
}

TEST_CASE("an answer to our acknowledgement joins its case, from whatever address") {
  DeskWorld world;
  const auto opened = world.record(report_from());
  const auto joined = world.record(answer_to(world, "private@rosa.example"));
  CHECK(joined.result == "follow-up");
  CHECK(joined.reference == opened.reference);
  CHECK(mails_of(world, *opened.reference).size() == 2);
  CHECK_FALSE(is_contact(world, *opened.reference, "private@rosa.example")); // what a later mail claims is no contact yet
  CHECK(world.outbox().size() == 1);                                        // one acknowledgement a case
}

TEST_CASE("the tag of a case is not enough for a stranger") {
  DeskWorld world;
  const auto opened = world.record(report_from());
  auto mail = report_from("mallory@x.example", "More");
  mail.facts.kind = report::Kind::followup;
  mail.facts.case_tag = opened.reference;
  const auto own = world.record(mail);
  CHECK(own.result == "case");
  CHECK(own.reference != opened.reference);
  const auto id = world.case_of(*own.reference).id;
  const auto links = world.read([&](store::View& view) { return store::links(view, id); });
  REQUIRE(links.size() == 1);
  CHECK(links[0].relation == "suggested");
  auto from_rosa = mail;
  from_rosa.from = {{"", "rosa@reporter.example"}};
  from_rosa.outer.from = from_rosa.from;
  from_rosa.outer.message_id = from_rosa.message_id += "2";
  CHECK(world.record(from_rosa).reference == opened.reference);
}

TEST_CASE("a tag of a case that there is not does no harm") {
  DeskWorld world;
  auto mail = report_from();
  mail.facts.case_tag = "CVD-1999-0001";
  const auto recorded = world.record(mail);
  CHECK(recorded.result == "case");
  CHECK(recorded.case_tag == "CVD-1999-0001");
}

TEST_CASE("a follow-up reopens a closed case") {
  DeskWorld world;
  const auto opened = world.record(report_from());
  world.run_sql("UPDATE cases SET status = 'closed', resolution = 'fixed'");
  world.record(answer_to(world));
  CHECK(world.case_of(*opened.reference).status == "assessed");
  CHECK_FALSE(world.case_of(*opened.reference).resolution);
  CHECK(did(world, *opened.reference, "reopened"));
}

TEST_CASE("a follow-up read again is still a follow-up, and makes nobody a contact") {
  DeskWorld world;
  const auto opened = world.record(report_from());
  auto mail = answer_to(world, "mallory@x.example");
  mail.facts.kind = report::Kind::undecryptable;
  const auto joined = world.record(mail);
  mail.facts.kind = report::Kind::followup;
  mail.subject = "Mallory's subject";
  const auto again = world.retry(joined.message, mail);
  CHECK(again.result == "follow-up");
  CHECK(again.reference == opened.reference);
  CHECK(world.case_of(*opened.reference).kind == "report");
  CHECK(world.case_of(*opened.reference).sheet.find("Mallory") == std::string::npos);
  CHECK_FALSE(is_contact(world, *opened.reference, "mallory@x.example"));
}

TEST_CASE("a report that could not be opened before keeps its case when it is read again") {
  DeskWorld world;
  auto mail = encrypted(report_from("rosa@reporter.example", "..."));
  mail.facts.kind = report::Kind::undecryptable;
  const auto first = world.record(mail);
  CHECK(first.kind == "undecryptable");
  mail.facts.kind = report::Kind::report;
  mail.subject = "A hole in your wiki";
  const auto again = world.retry(first.message, mail);
  CHECK(again.result == "case");
  CHECK(again.reference == first.reference);
  CHECK(world.case_of(*first.reference).kind == "report");
  CHECK(world.case_of(*first.reference).sheet.find("A hole in your wiki") != std::string::npos);
  CHECK(world.outbox().size() == 1);
}

TEST_CASE("a mail that turns out to belong to another case stays in its own, with a suggested link") {
  DeskWorld world;
  const auto opened = world.record(report_from());
  auto mail = encrypted(report_from("rosa@reporter.example", "..."));
  mail.facts.kind = report::Kind::undecryptable;
  const auto own = world.record(mail);
  REQUIRE(own.result == "case");
  mail.facts.kind = report::Kind::followup;
  mail.thread = {message_id_of(world.outbox().front())}; // it stood inside
  const auto again = world.retry(own.message, mail);
  CHECK(again.result == "case");
  CHECK(again.reference == own.reference);
  CHECK(mails_of(world, *own.reference) == std::vector<store::Id>{own.message});
  const auto id = world.case_of(*own.reference).id;
  const auto links = world.read([&](store::View& view) { return store::links(view, id); });
  REQUIRE(links.size() == 1);
  CHECK(links[0].other == world.case_of(*opened.reference).id);
  CHECK(links[0].relation == "suggested");
}

TEST_CASE("a title that was set by hand survives reading again") {
  DeskWorld world;
  auto mail = encrypted(report_from("rosa@reporter.example", "..."));
  mail.facts.kind = report::Kind::undecryptable;
  const auto first = world.record(mail);
  world.write([&](store::Change& change) -> Result<void> {
    TRY_ASSIGN(auto found, store::find_case_by_reference(change, *first.reference));
    found->sheet = R"({"title":"Set by Jan"})";
    return store::save_case(change, *found);
  });
  mail.facts.kind = report::Kind::report;
  world.retry(first.message, mail);
  CHECK(world.case_of(*first.reference).sheet.find("Set by Jan") != std::string::npos);
}

TEST_CASE("a mail for a case that was erased is still recorded") {
  DeskWorld world;
  const auto opened = world.record(report_from());
  const auto answer = answer_to(world);
  auto bounce = report_from("mailer-daemon@x.example", "Undelivered");
  bounce.facts.kind = report::Kind::bounce;
  bounce.returned_message_ids = answer.thread;
  auto tagged = report_from("rosa@reporter.example", "More");
  tagged.facts.case_tag = opened.reference;
  world.run_sql("UPDATE data_keys SET wrapped = NULL");
  for (const auto& mail : {answer, bounce, tagged}) {
    const auto recorded = world.try_record(mail, DeskWorld::raw_of(mail));
    CAPTURE(mail.subject, recorded ? "" : recorded.error().what);
    CHECK(recorded);
  }
}

TEST_CASE("a bounce is filed with the case of the mail that it returns") {
  DeskWorld world;
  const auto opened = world.record(report_from());
  auto bounce = report_from("mailer-daemon@x.example", "Undelivered");
  bounce.facts.kind = report::Kind::bounce;
  bounce.outer.delivery_status = true;
  bounce.returned_message_ids = {message_id_of(world.outbox().front())};
  const auto filed = world.record(bounce);
  CHECK(filed.result == "filed");
  CHECK(filed.reference == opened.reference);
  CHECK(did(world, *opened.reference, "bounce-received"));
  CHECK(world.outbox().size() == 1);
  bounce.outer.message_id = bounce.message_id += "2";
  bounce.returned_message_ids = {"unknown@x"};
  const auto unknown = world.record(bounce);
  CHECK(unknown.result == "filed");
  CHECK_FALSE(unknown.reference);
}

TEST_CASE("nobody gets more acknowledgements in a day than is allowed, and the case says so") {
  DeskWorld world("[acknowledge]\nper_sender_per_day = 2\n");
  for (int i = 0; i < 2; ++i) CHECK(world.record(report_from()).owes_answer);
  const auto third = world.record(report_from("Rosa@Reporter.example"));
  CHECK_FALSE(third.owes_answer);
  CHECK(third.result == "case");
  CHECK(did(world, *third.reference, "not-acknowledged"));
  CHECK(world.record(report_from("sam@whitfield.example")).owes_answer);
  CHECK(world.outbox().size() == 3);
}

TEST_CASE("who is not to be answered is not answered, and the case says so") {
  DeskWorld world;
  auto mail = report_from("no-reply@x.example");
  const auto recorded = world.record(mail);
  CHECK(recorded.result == "case");
  CHECK_FALSE(recorded.owes_answer);
  CHECK(did(world, *recorded.reference, "not-acknowledged"));
}

TEST_CASE("what is switched off is not answered") {
  DeskWorld world("[acknowledge]\nenabled = false\n");
  CHECK_FALSE(world.record(report_from()).owes_answer);
  CHECK(world.outbox().empty());
}

TEST_CASE("spam and bulk are filed without an answer") {
  DeskWorld world;
  for (const auto kind : {report::Kind::spam, report::Kind::bulk}) {
    auto mail = report_from();
    mail.facts.kind = kind;
    const auto filed = world.record(mail);
    CHECK(filed.result == "filed");
    CHECK_FALSE(filed.owes_answer);
  }
  CHECK(world.outbox().empty());
}

TEST_CASE("whether an encrypted mail is answered does not depend on what is inside") {
  for (const auto kind : {report::Kind::report, report::Kind::spam, report::Kind::bulk, report::Kind::undecryptable, report::Kind::bounce,
                          report::Kind::auto_reply, report::Kind::beg_bounty}) {
    DeskWorld world;
    auto mail = encrypted(report_from());
    mail.facts.kind = kind;
    CAPTURE(report::to_string(kind));
    CHECK(world.record(mail).owes_answer);
  }
}

TEST_CASE("an encrypted mail sent again in another cover is answered the same, opened or not") {
  // Who holds somebody's captured ciphertext could else learn from our silence that we can open it: the
  // subjects inside are equal, those outside are not.
  const auto answers = [](openpgp::Decryption decryption) {
    DeskWorld world;
    int count = 0;
    for (const std::string outer : {"one", "two"}) {
      auto mail = encrypted(report_from("mallory@x.example", "inner"));
      mail.message_id = mail.outer.message_id = "same@x";
      mail.outer.subject = outer;
      mail.protection.decryption = decryption;
      if (decryption != openpgp::Decryption::ok) {
        mail.facts.kind = report::Kind::undecryptable;
        mail.subject = outer;
      }
      const auto raw = fmt::format("From: mallory@x.example\r\nMessage-ID: <same@x>\r\nSubject: {}\r\n\r\nciphertext\r\n", outer);
      count += world.record(mail, raw).owes_answer ? 1 : 0;
    }
    return count;
  };
  CHECK(answers(openpgp::Decryption::ok) == answers(openpgp::Decryption::no_key));
}

TEST_CASE("an encrypted mail whose thread stands inside alone is answered like one that opens nothing") {
  DeskWorld world;
  world.record(report_from());
  const auto outward = encrypted(answer_to(world));
  auto mail = encrypted(answer_to(world));
  mail.outer.in_reply_to.clear(); // the reference to our mail is known only once it is decrypted
  const auto joined = world.record(mail);
  CHECK(joined.result == "follow-up");
  CHECK(joined.owes_answer);
  CHECK_FALSE(world.record(outward).owes_answer);
}

TEST_CASE("an answer to the acknowledgement of an encrypted follow-up joins the case too") {
  DeskWorld world;
  const auto opened = world.record(report_from());
  auto mail = encrypted(answer_to(world));
  mail.outer.in_reply_to.clear();
  REQUIRE(world.record(mail).owes_answer);
  const auto joined = world.record(answer_to(world));
  CHECK(joined.result == "follow-up");
  CHECK(joined.reference == opened.reference);
}

TEST_CASE("a certificate is pinned only when it signed the whole mail, and another one is a conflict") {
  DeskWorld world;
  const auto states = [&] {
    std::string all;
    for (const auto& certificate : world.read([](store::View& view) { return store::certificates(view); })) {
      all += certificate.fingerprint + ":" + certificate.state + " ";
    }
    return all;
  };
  auto mail = report_from();
  mail.certificates = {{reader::KeyOrigin::attached, "AAAA", {"rosa@reporter.example"}, "blob"},
                       {reader::KeyOrigin::attached, "BBBB", {"mallory@x.example"}, "blob"},
                       {reader::KeyOrigin::attached, world.settings().openpgp.key, {"rosa@reporter.example"}, "blob"}};
  world.record(mail);
  CHECK(states() == "AAAA:offered ");
  auto signed_mail = report_from();
  signed_mail.certificates = mail.certificates;
  signed_mail.protection.signature = openpgp::SignatureState::good;
  signed_mail.protection.signer = "AAAA";
  signed_mail.protection.signer_is_sender = true;
  auto partly = signed_mail;
  partly.outer.message_id = partly.message_id += "2";
  partly.text += "2";
  partly.protection.partial = true;
  world.record(partly);
  CHECK(states() == "AAAA:offered AAAA:offered ");
  world.record(signed_mail);
  CHECK(states() == "AAAA:offered AAAA:offered AAAA:pinned ");
  auto other = report_from();
  other.certificates = {{reader::KeyOrigin::attached, "CCCC", {"rosa@reporter.example"}, "blob"}};
  other.protection = signed_mail.protection;
  other.protection.signer = "CCCC";
  const auto conflicted = world.record(other);
  CHECK(states() == "AAAA:offered AAAA:offered AAAA:pinned CCCC:conflict ");
  CHECK(did(world, *conflicted.reference, "certificate-conflict"));
}

TEST_CASE("a subject without end or without meaning does not stop a case") {
  DeskWorld world;
  for (const std::string& subject : {std::string(100'000, 'x'), std::string("caf\xE9"), std::string(), std::string("a\nb\0c", 5)}) {
    auto mail = report_from("rosa" + std::to_string(subject.size()) + "@reporter.example", subject);
    CHECK(world.record(mail).result == "case");
  }
}
