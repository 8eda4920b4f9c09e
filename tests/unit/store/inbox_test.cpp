#include "store_world.hpp"

#include <catch2/catch.hpp>

using namespace cvdesk;
using namespace cvdesk::store;
using testing::some_time;
using testing::StoreWorld;

namespace {

NewMail mail_with(std::string_view raw, std::optional<ServerUid> uid = {}, std::string mailbox = "cvd") {
  NewMail mail;
  mail.mailbox = std::move(mailbox);
  mail.received = some_time;
  mail.raw = raw;
  mail.size = static_cast<std::int64_t>(raw.size());
  mail.server_uid = std::move(uid);
  return mail;
}

TakenIn take(StoreWorld& world, const NewMail& mail) {
  return world.write([&](Change& change) { return take_in(change, mail); });
}

InboxEntry entry_of(StoreWorld& world, Id id) {
  return world.read([&](View& view) { return find_mail(view, id); }).value();
}

std::vector<std::uint32_t> known(StoreWorld& world, std::string_view mailbox, std::uint32_t validity) {
  return world.read([&](View& view) { return known_uids(view, mailbox, validity); });
}

std::vector<std::uint32_t> unsettled(StoreWorld& world) {
  return world.read([](View& view) { return unsettled_uids(view, "cvd", 1); });
}

void settle(StoreWorld& world, Id id, const Outcome& outcome = {"report", "filed", {}, {}, "", ""}) {
  world.write([&](Change& change) { return settle_mail(change, id, outcome); });
}

std::optional<Id> alike(StoreWorld& world, std::string_view likeness, Id other_than = 0) {
  return world.read([&](View& view) { return find_alike(view, likeness, other_than); });
}

} // namespace

TEST_CASE("the exact bytes of a mail come back") {
  using namespace std::string_literals;
  StoreWorld world;
  const std::string raw = "Subject: x\r\n\r\n\x00\xFF\n\r body"s;
  auto mail = mail_with(raw);
  mail.source = "import";
  mail.acknowledge = false;
  const auto taken = take(world, mail);
  CHECK_FALSE(taken.known);
  const auto entry = entry_of(world, taken.id);
  CHECK(world.read([&](View& view) { return raw_bytes(view, entry); }) == raw);
  CHECK(entry.mailbox == "cvd");
  CHECK(entry.source == "import");
  CHECK_FALSE(entry.acknowledge);
  CHECK(entry.whole);
  CHECK_FALSE(entry.done);
  CHECK(entry.received == some_time);
  CHECK(entry.size == static_cast<std::int64_t>(raw.size()));
  CHECK_FALSE(entry.kind);
  CHECK_FALSE(entry.case_id);
}

TEST_CASE("the same bytes are stored once, and each delivery of them is in the ledger") {
  StoreWorld world;
  const auto first = take(world, mail_with("raw", ServerUid{"cvd", 1, 10}));
  const auto second = take(world, mail_with("raw", ServerUid{"cvd", 1, 11}));
  const auto elsewhere = take(world, mail_with("raw", ServerUid{"security", 5, 10}, "security"));
  CHECK_FALSE(first.known);
  CHECK(second.known);
  CHECK(elsewhere.known);
  CHECK(second.id == first.id);
  CHECK(elsewhere.id == first.id);
  CHECK(world.read([](View& view) { return inbox(view); }).size() == 1);
  CHECK(known(world, "cvd", 1) == std::vector<std::uint32_t>{10, 11});
  CHECK(known(world, "security", 5) == std::vector<std::uint32_t>{10});
  CHECK(take(world, mail_with("raw", ServerUid{"cvd", 1, 10})).known); // the same delivery again
  CHECK(known(world, "cvd", 1).size() == 2);
}

TEST_CASE("mails that differ in one byte are two mails") {
  StoreWorld world;
  CHECK(take(world, mail_with("raw")).id != take(world, mail_with("raw\n")).id);
}

TEST_CASE("a header that was taken in alone is not the mail of the same bytes") {
  StoreWorld world;
  auto header = mail_with("Subject: x\r\n\r\n");
  header.whole = false;
  header.size = 100'000'000;
  const auto first = take(world, header);
  const auto second = take(world, mail_with("Subject: x\r\n\r\n"));
  CHECK_FALSE(second.known);
  CHECK_FALSE(entry_of(world, first.id).whole);
  CHECK(entry_of(world, first.id).size == 100'000'000);
}

TEST_CASE("the ledger keeps mailboxes and UIDVALIDITY apart, up to the largest UID") {
  StoreWorld world;
  take(world, mail_with("a", ServerUid{"cvd", 1, 4'294'967'295u}));
  take(world, mail_with("b", ServerUid{"cvd", 1, 7}));
  take(world, mail_with("c", ServerUid{"cvd", 4'294'967'295u, 7}));
  take(world, mail_with("d"));
  CHECK(known(world, "cvd", 1) == std::vector<std::uint32_t>{7, 4'294'967'295u});
  CHECK(known(world, "cvd", 4'294'967'295u) == std::vector<std::uint32_t>{7});
  CHECK(known(world, "cvd", 2).empty());
  CHECK(known(world, "CVD", 1).empty());
}

TEST_CASE("nothing is done on the server before it is known what became of the mail") {
  StoreWorld world;
  const auto a = take(world, mail_with("a", ServerUid{"cvd", 1, 1}));
  take(world, mail_with("b", ServerUid{"cvd", 1, 2}));
  auto header = mail_with("c", ServerUid{"cvd", 1, 3});
  header.whole = false;
  const auto c = take(world, header);
  CHECK(unsettled(world).empty());
  settle(world, a.id);
  settle(world, c.id);
  CHECK(unsettled(world) == std::vector<std::uint32_t>{1}); // a mail of which we have the header alone stays there
  world.write([](Change& change) { return mark_settled(change, "cvd", 1, {1, 2, 99}); });
  CHECK(unsettled(world).empty());
  take(world, mail_with("a", ServerUid{"cvd", 1, 4}));
  CHECK(unsettled(world) == std::vector<std::uint32_t>{4}); // a second copy is settled for itself
}

TEST_CASE("unread mails come oldest first, in pages") {
  StoreWorld world;
  std::vector<Id> ids;
  for (const char c : std::string_view("abcde")) ids.push_back(take(world, mail_with(std::string(1, c))).id);
  settle(world, ids[1]);
  const auto page = [&](Id after, int most) { return world.read([&](View& view) { return unread(view, after, most); }); };
  CHECK(page(0, 2) == std::vector<Id>{ids[0], ids[2]});
  CHECK(page(ids[2], 10) == std::vector<Id>{ids[3], ids[4]});
  CHECK(page(ids[4], 10).empty());
}

TEST_CASE("what became of a mail is kept, and undone by reopening it") {
  StoreWorld world;
  const auto opened = world.open_case();
  const Id id = world.mail("a");
  settle(world, id, {"report", "case", opened.id, {}, "id@x", "like"});
  auto entry = entry_of(world, id);
  CHECK(entry.done);
  CHECK(entry.kind == "report");
  CHECK(entry.result == "case");
  CHECK(entry.case_id == opened.id);
  world.write([&](Change& change) { return reopen_mail(change, id); });
  entry = entry_of(world, id);
  CHECK_FALSE(entry.done);
  CHECK(entry.case_id == opened.id);
}

TEST_CASE("an unknown result is refused, and the mail stays as it was") {
  StoreWorld world;
  const Id id = world.mail("a");
  CHECK_FALSE(world->write([&](Change& change) { return settle_mail(change, id, {"report", "lost", {}, {}, "", ""}); }));
  CHECK_FALSE(world->write([&](Change& change) { return settle_mail(change, id, {"report", "case", 999, {}, "", ""}); }));
  CHECK_FALSE(entry_of(world, id).done);
}

TEST_CASE("an earlier mail of the same likeness is found, but not itself, a duplicate or one that is not settled") {
  StoreWorld world;
  const Id a = world.mail("a");
  const Id b = world.mail("b");
  const Id c = world.mail("c");
  settle(world, a, {"report", "filed", {}, {}, "id@x", "like"});
  CHECK(alike(world, "like", b) == a);
  CHECK_FALSE(alike(world, "like", a));
  CHECK_FALSE(alike(world, "unlike"));
  settle(world, b, {"report", "duplicate", {}, a, "id@x", "like"});
  CHECK(alike(world, "like", c) == a);
  CHECK_FALSE(alike(world, "like", a)); // b is a duplicate itself
  world.write([&](Change& change) { return reopen_mail(change, a); });
  CHECK_FALSE(alike(world, "like", c));
}

TEST_CASE("mails without a likeness are not alike") {
  StoreWorld world;
  settle(world, world.mail("a"));
  CHECK_FALSE(alike(world, ""));
}

TEST_CASE("a reading is kept sealed and replaced by a later one") {
  StoreWorld world;
  const Id id = world.mail("a");
  const auto entry = entry_of(world, id);
  const auto current = [&] { return world.read([&](View& view) { return reading(view, entry); }); };
  CHECK_FALSE(current());
  for (const std::string text : {"first", "second"}) {
    world.write([&](Change& change) { return save_reading(change, entry, {text + " openings", text + " inspection"}); });
    REQUIRE(current());
    CHECK(current()->openings == text + " openings");
    CHECK(current()->inspection == text + " inspection");
  }
  CHECK(world.bytes().find("second inspection") == std::string::npos);
}

TEST_CASE("what is filed without a case counts as unreviewed until somebody has looked") {
  StoreWorld world;
  const auto count = [&] { return world.read([](View& view) { return count_unreviewed(view); }); };
  const Id a = world.mail("a");
  const Id b = world.mail("b");
  CHECK(count() == 0);
  settle(world, a, {"bulk", "filed", {}, {}, "", ""});
  settle(world, b, {"report", "case", world.open_case().id, {}, "", ""});
  CHECK(count() == 1);
  world.write([&](Change& change) { return mark_reviewed(change, a); });
  CHECK(count() == 0);
  CHECK(entry_of(world, a).reviewed);
}

TEST_CASE("a mail that is not there is not found") {
  StoreWorld world;
  CHECK_FALSE(world.read([](View& view) { return find_mail(view, 99); }));
  InboxEntry nowhere;
  nowhere.id = 99;
  const auto raw = world->read([&](View& view) { return raw_bytes(view, nowhere); });
  REQUIRE_FALSE(raw);
  CHECK(raw.error().kind == ErrorKind::corrupt);
}
