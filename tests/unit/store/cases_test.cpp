#include "store/marks.hpp"
#include "store_world.hpp"

#include <catch2/catch.hpp>

using namespace cvdesk;
using namespace cvdesk::store;
using testing::some_time;
using testing::StoreWorld;

namespace {
CaseEntry current(StoreWorld& world, Id id) {
  return world.read([&](View& view) { return find_case(view, id); }).value();
}
} // namespace

TEST_CASE("references count from 1 in each year") {
  StoreWorld world;
  CHECK(world.open_case("{}", 2026).reference == "CVD-2026-0001");
  CHECK(world.open_case("{}", 2026).reference == "CVD-2026-0002");
  CHECK(world.open_case("{}", 2027).reference == "CVD-2027-0001");
  CHECK(world.open_case("{}", 2026).reference == "CVD-2026-0003");
}

TEST_CASE("references go on behind 9999") {
  StoreWorld world;
  world.open_case();
  world.intruder().run("UPDATE cases SET reference = 'CVD-2026-9999'");
  CHECK(world.open_case().reference == "CVD-2026-10000");
  CHECK(world.open_case().reference == "CVD-2026-10001");
}

TEST_CASE("a reference that was given to an undone case is given again, and none is skipped or doubled") {
  StoreWorld world;
  const auto undone = world->write([](Change& change) -> Result<void> {
    TRY(open_case(change, {"cvd", "report", some_time, 2026, "{}"}, some_time));
    return fail(ErrorKind::failed, "changed our mind");
  });
  CHECK_FALSE(undone);
  CHECK(world.open_case().reference == "CVD-2026-0001");
  CHECK(world.open_case().reference == "CVD-2026-0002");
}

TEST_CASE("a case is found by its id and its reference, and its sheet is nowhere in clear") {
  StoreWorld world;
  const auto opened = world.open_case("{\"title\":\"A hole in your wiki\"}");
  CHECK(opened.status == "new");
  const auto found = world.read([&](View& view) { return find_case_by_reference(view, opened.reference); });
  REQUIRE(found);
  CHECK(found->id == opened.id);
  CHECK(found->sheet == "{\"title\":\"A hole in your wiki\"}");
  CHECK(found->received == some_time);
  CHECK_FALSE(world.read([](View& view) { return find_case_by_reference(view, "CVD-2026-0099"); }));
  CHECK_FALSE(world.read([](View& view) { return find_case_by_reference(view, "' OR 1=1 --"); }));
  CHECK(world.bytes().find("A hole in your wiki") == std::string::npos);
}

TEST_CASE("what changed in a case is saved") {
  StoreWorld world;
  auto opened = world.open_case();
  opened.kind = "spam";
  opened.status = "closed";
  opened.resolution = "spam";
  opened.sheet = "changed";
  world.write([&](Change& change) { return save_case(change, opened); });
  const auto found = current(world, opened.id);
  CHECK(found.kind == "spam");
  CHECK(found.status == "closed");
  CHECK(found.resolution == "spam");
  CHECK(found.sheet == "changed");
  CHECK(world.read([](View& view) { return cases(view); }).size() == 1);
}

TEST_CASE("an unknown status or resolution is refused") {
  StoreWorld world;
  auto opened = world.open_case();
  opened.status = "forgotten";
  CHECK_FALSE(world->write([&](Change& change) { return save_case(change, opened); }));
  opened.status = "closed";
  opened.resolution = "forgotten";
  CHECK_FALSE(world->write([&](Change& change) { return save_case(change, opened); }));
  CHECK(current(world, opened.id).status == "new");
}

TEST_CASE("a deadline is met once, and can be unmet and moved") {
  StoreWorld world;
  const Id id = world.open_case().id;
  const auto due = [](int days) { return some_time + std::chrono::hours(24 * days); };
  const auto now_standing = [&] { return world.read([&](View& view) { return deadlines(view, id); }); };
  world.write([&](Change& change) -> Result<void> {
    TRY(set_deadline(change, {id, "resolve", due(60), {}}));
    return set_deadline(change, {id, "assess", due(3), {}});
  });
  REQUIRE(now_standing().size() == 2);
  CHECK(now_standing()[0].name == "assess"); // the nearest first
  world.write([&](Change& change) { return meet_deadline(change, id, "assess", due(1)); });
  world.write([&](Change& change) { return meet_deadline(change, id, "assess", due(2)); });
  CHECK(now_standing()[0].met == due(1));
  CHECK_FALSE(now_standing()[1].met);
  world.write([&](Change& change) { return unmeet_deadline(change, id, "assess"); });
  CHECK_FALSE(now_standing()[0].met);
  world.write([&](Change& change) { return set_deadline(change, {id, "assess", due(5), {}}); });
  CHECK(now_standing()[0].due == due(5));
  CHECK_FALSE(world->write([&](Change& change) { return set_deadline(change, {99, "assess", due(5), {}}); }));
}

TEST_CASE("a conversation keeps its order and takes each mail once") {
  StoreWorld world;
  const Id id = world.open_case().id;
  const Id first = world.mail("a");
  const Id answer = world.owe("ours@zonnedam.example", id);
  const Id second = world.mail("b");
  for (int i = 0; i < 2; ++i) {
    world.write([&](Change& change) -> Result<void> {
      TRY(join_conversation(change, id, first, {}));
      TRY(join_conversation(change, id, {}, answer));
      return join_conversation(change, id, second, {});
    });
  }
  const auto entries = world.read([&](View& view) { return conversation(view, id); });
  REQUIRE(entries.size() == 3);
  CHECK(entries[0].inbox_id == first);
  CHECK(entries[1].outbox_id == answer);
  CHECK_FALSE(entries[1].inbox_id);
  CHECK(entries[2].inbox_id == second);
}

TEST_CASE("contacts belong to their case and stand nowhere in clear") {
  StoreWorld world;
  const Id id = world.open_case().id;
  const Id other = world.open_case().id;
  for (int i = 0; i < 2; ++i) world.write([&](Change& change) { return add_contact(change, id, "rosa@reporter.example"); });
  const auto knows = [&](Id where, std::string_view who) { return world.read([&](View& view) { return is_contact(view, where, who); }); };
  CHECK(knows(id, "rosa@reporter.example"));
  CHECK_FALSE(knows(id, "roos@reporter.example"));
  CHECK_FALSE(knows(other, "rosa@reporter.example"));
  CHECK(world.bytes().find("rosa@reporter.example") == std::string::npos);
}

TEST_CASE("links are kept once each, with their relation") {
  StoreWorld world;
  const Id a = world.open_case().id;
  const Id b = world.open_case().id;
  for (int i = 0; i < 2; ++i) {
    world.write([&](Change& change) -> Result<void> {
      TRY(add_link(change, a, {b, "related"}));
      return add_link(change, a, {b, "suggested"});
    });
  }
  const auto found = world.read([&](View& view) { return links(view, a); });
  REQUIRE(found.size() == 2);
  CHECK(found[0].relation == "related");
  CHECK(found[1].relation == "suggested");
  CHECK(world.read([&](View& view) { return links(view, b); }).empty());
  CHECK_FALSE(world->write([&](Change& change) { return add_link(change, a, {99, "related"}); }));
}

TEST_CASE("an answer to one of our Message-IDs leads to its case, and no other id does") {
  StoreWorld world;
  const Id id = world.open_case().id;
  world.owe("secret@zonnedam.example", id);
  world.owe("caseless@zonnedam.example");
  const auto leads_to = [&](std::string_view message_id) {
    return world.read([&](View& view) { return case_of_sent_message(view, message_id); });
  };
  CHECK(leads_to("secret@zonnedam.example") == id);
  CHECK_FALSE(leads_to("caseless@zonnedam.example"));
  CHECK_FALSE(leads_to("SECRET@zonnedam.example"));
  CHECK_FALSE(leads_to(""));
  CHECK_FALSE(leads_to("%"));
}

TEST_CASE("cases that share a page, a CVE or words are found by keyed hashes, older ones only") {
  StoreWorld world;
  const Id first = world.open_case().id;
  const Id second = world.open_case().id;
  const Id third = world.open_case().id;
  const auto mark = [&](Id id, std::vector<Mark> marks) {
    REQUIRE(world->write([&](Change& change) { return set_marks(change, id, marks); }));
  };
  mark(first, {{"url", "a.example/x"}, {"host", "a.example"}, {"cwe", "CWE-79"}});
  mark(second, {{"host", "a.example"}, {"cwe", "CWE-79"}});
  mark(third, {{"url", "a.example/x"}, {"host", "a.example"}});
  const auto shared = world.read([&](View& view) { return shared_marks(view, third); });
  REQUIRE(shared.size() == 2);
  CHECK(shared[0].other == first);
  CHECK(world.read([&](View& view) { return shared_marks(view, first); }).empty());
  REQUIRE(world->write([&](Change& change) { return remove_marks(change, first); }));
  CHECK(world.read([&](View& view) { return shared_marks(view, third); }).empty());
}
