#include "store_world.hpp"

#include <catch2/catch.hpp>

using namespace cvdesk;
using namespace cvdesk::store;
using std::chrono::hours;
using std::chrono::minutes;
using testing::some_time;
using testing::StoreWorld;

namespace {

OutboxEntry entry_of(StoreWorld& world, Id id) {
  return world.read([&](View& view) { return find_outgoing(view, id); }).value();
}

std::vector<Id> due(StoreWorld& world, Instant at, int most = 100) {
  return world.read([&](View& view) { return due_outgoing(view, at, most); });
}

void finish_as(StoreWorld& world, Id id, std::string_view state, std::string_view error = "", Instant at = some_time) {
  world.write([&](Change& change) { return finish(change, entry_of(world, id), state, error, at); });
}

} // namespace

TEST_CASE("what is owed waits, sealed, until it is due") {
  StoreWorld world;
  const Id id = world.owe("a@zonnedam.example");
  const auto entry = entry_of(world, id);
  CHECK(entry.state == "waiting");
  CHECK(entry.attempts == 0);
  CHECK(entry.task == "task");
  CHECK(entry.created == some_time);
  CHECK(due(world, some_time - minutes(1)).empty());
  CHECK(due(world, some_time) == std::vector<Id>{id});
  CHECK(world.bytes().find("rosa@reporter.example") == std::string::npos);
  CHECK(world.bytes().find("a@zonnedam.example") == std::string::npos);
}

TEST_CASE("the same Message-ID is never owed twice") {
  StoreWorld world;
  world.owe("a@zonnedam.example");
  CHECK_THROWS(world.owe("a@zonnedam.example"));
  CHECK(world.read([](View& view) { return outbox(view); }).size() == 1);
}

TEST_CASE("an unknown purpose or state is refused") {
  StoreWorld world;
  CHECK_FALSE(world->write([](Change& change) {
    return owe(change, {{}, {}, "gossip", "g@zonnedam.example", "a@x.example", "task", some_time}, some_time);
  }));
  const Id id = world.owe("a@zonnedam.example");
  CHECK_FALSE(world->write([&](Change& change) { return finish(change, entry_of(world, id), "lost", "", some_time); }));
  CHECK(entry_of(world, id).state == "waiting");
}

TEST_CASE("an attempt is counted and puts the next one off") {
  StoreWorld world;
  const Id id = world.owe("a@zonnedam.example");
  world.write([&](Change& change) { return begin_attempt(change, id, some_time + minutes(2)); });
  CHECK(entry_of(world, id).attempts == 1);
  CHECK(due(world, some_time + minutes(1)).empty());
  CHECK(due(world, some_time + minutes(2)).size() == 1);
  world.write([&](Change& change) { return postpone(change, id, some_time + hours(1)); });
  CHECK(entry_of(world, id).attempts == 1); // to hold back is no attempt
  CHECK(world.read([](View& view) { return next_due(view); }) == some_time + hours(1));
}

TEST_CASE("an error is kept sealed with the time of the next attempt") {
  StoreWorld world;
  const Id id = world.owe("a@zonnedam.example");
  world.write([&](Change& change) { return note_error(change, entry_of(world, id), "mailbox rosa is full", some_time + hours(2)); });
  CHECK(entry_of(world, id).last_error == "mailbox rosa is full");
  CHECK(entry_of(world, id).state == "waiting");
  CHECK(world.bytes().find("mailbox rosa is full") == std::string::npos);
}

TEST_CASE("what is sent, failed or cancelled is not tried again") {
  StoreWorld world;
  const Id sent = world.owe("a@zonnedam.example");
  const Id failed = world.owe("b@zonnedam.example");
  const Id cancelled = world.owe("c@zonnedam.example");
  finish_as(world, sent, "sent");
  finish_as(world, failed, "failed", "no such user");
  finish_as(world, cancelled, "cancelled");
  CHECK(due(world, some_time + hours(1000)).empty());
  CHECK_FALSE(world.read([](View& view) { return next_due(view); }));
  CHECK(entry_of(world, failed).last_error == "no such user");
  CHECK(entry_of(world, sent).finished == some_time);
  finish_as(world, sent, "failed", "too late");
  CHECK(entry_of(world, sent).state == "sent");
}

TEST_CASE("a failed or cancelled mail can wait again, a sent one never") {
  StoreWorld world;
  const Id sent = world.owe("a@zonnedam.example");
  const Id failed = world.owe("b@zonnedam.example");
  finish_as(world, sent, "sent");
  finish_as(world, failed, "failed", "no such user");
  for (const Id id : {sent, failed}) world.write([&](Change& change) { return wait_again(change, id, some_time); });
  CHECK(entry_of(world, sent).state == "sent");
  CHECK(entry_of(world, failed).state == "waiting");
  CHECK_FALSE(entry_of(world, failed).finished);
  CHECK(due(world, some_time) == std::vector<Id>{failed});
}

TEST_CASE("due mails come by their time, then by their age, in pages") {
  StoreWorld world;
  const Id a = world.owe("a@zonnedam.example");
  const Id b = world.owe("b@zonnedam.example");
  const Id c = world.owe("c@zonnedam.example");
  world.write([&](Change& change) { return postpone(change, a, some_time + minutes(1)); });
  CHECK(due(world, some_time + hours(1)) == std::vector<Id>{b, c, a});
  CHECK(due(world, some_time + hours(1), 2) == std::vector<Id>{b, c});
}

TEST_CASE("the composed bytes are stored once and come back as they are") {
  StoreWorld world;
  const Id id = world.owe("a@zonnedam.example");
  const auto entry = entry_of(world, id);
  CHECK_FALSE(world.read([&](View& view) { return composed(view, entry); }));
  const std::string mail = "From: us\r\n\r\nthe composed words\r\n";
  world.write([&](Change& change) { return save_composed(change, entry, mail, "task as sent"); });
  CHECK(world.read([&](View& view) { return composed(view, entry); }) == mail);
  CHECK_FALSE(world->write([&](Change& change) { return save_composed(change, entry, "others", "other task"); }));
  CHECK(world.read([&](View& view) { return composed(view, entry); }) == mail);
  CHECK(entry_of(world, id).task == "task as sent"); // the refused change left this alone too
  CHECK(world.bytes().find("the composed words") == std::string::npos);
}

TEST_CASE("what went to an address is counted since a time, per purpose") {
  StoreWorld world;
  world.owe("a@zonnedam.example");
  world.owe("b@zonnedam.example");
  world.owe("c@zonnedam.example", {}, "sam@whitfield.example");
  const auto count = [&](std::string_view purpose, std::string_view whom, Instant since) {
    return world.read([&](View& view) { return count_to(view, purpose, whom, since); });
  };
  CHECK(count("acknowledgement", "rosa@reporter.example", some_time - hours(24)) == 2);
  CHECK(count("acknowledgement", "sam@whitfield.example", some_time - hours(24)) == 1);
  CHECK(count("acknowledgement", "nobody@x.example", some_time - hours(24)) == 0);
  CHECK(count("reply", "rosa@reporter.example", some_time - hours(24)) == 0);
  CHECK(count("acknowledgement", "rosa@reporter.example", some_time) == 0);
}

TEST_CASE("only what was sent counts against the total") {
  StoreWorld world;
  finish_as(world, world.owe("a@zonnedam.example"), "sent");
  finish_as(world, world.owe("b@zonnedam.example"), "failed");
  world.owe("c@zonnedam.example");
  const auto count = [&](Instant since) {
    return world.read([&](View& view) { return count_sent(view, "acknowledgement", since); });
  };
  CHECK(count(some_time - hours(1)) == 1);
  CHECK(count(some_time) == 0);
}

TEST_CASE("whether a case or a mail was answered already is known") {
  StoreWorld world;
  const Id id = world.open_case().id;
  const Id mail = world.mail("a");
  const auto answered = [&](std::optional<Id> case_id, std::optional<Id> inbox_id) {
    return world.read([&](View& view) { return has_outgoing(view, "acknowledgement", case_id, inbox_id); });
  };
  CHECK_FALSE(answered(id, mail));
  world.owe("a@zonnedam.example", id);
  CHECK(answered(id, {}));
  CHECK(answered(id, mail));
  CHECK_FALSE(answered({}, mail));
  CHECK_FALSE(answered({}, {}));
  world.write([&](Change& change) {
    return owe(change, {{}, mail, "acknowledgement", "b@zonnedam.example", "a@x.example", "task", some_time}, some_time);
  });
  CHECK(answered({}, mail));
}
