#include "store_world.hpp"

#include "store/audit.hpp"
#include "store/certificates.hpp"

#include <catch2/catch.hpp>

using namespace cvdesk;
using namespace cvdesk::store;
using testing::some_time;
using testing::StoreWorld;

namespace {

// Two cases with a mail, an answer and a certificate each; the keys of the first are destroyed.
struct Erased {
  Erased() : gone(fill("gone")), kept(fill("kept")) {
    world.intruder().run("UPDATE data_keys SET wrapped = NULL WHERE id IN (SELECT key_id FROM cases WHERE id = 1 "
                         "UNION SELECT key_id FROM inbox WHERE case_id = 1)");
  }

  struct Parts {
    Id case_id, mail, owed;
  };

  Parts fill(const std::string& word) {
    const Id case_id = world.open_case(word + " sheet").id;
    const Id mail = world.mail(word + " raw");
    const Id owed = world.owe(word + "@zonnedam.example", case_id);
    world.write([&](Change& change) -> Result<void> {
      TRY_ASSIGN(const auto entry, find_mail(change, mail));
      TRY(save_reading(change, *entry, {"", word + " inspection"}));
      TRY(settle_mail(change, mail, {"report", "case", case_id, {}, word + "@id", word}));
      TRY_ASSIGN(const auto outgoing, find_outgoing(change, owed));
      TRY(save_composed(change, *outgoing, word + " mail", word + " task"));
      TRY(keep_certificate(change, {case_id, "rosa@reporter.example", word, "blob", "offered"}, some_time));
      return append_event(change, {case_id, "jan", "note", word + " note"}, some_time);
    });
    return {case_id, mail, owed};
  }

  StoreWorld world;
  Parts gone;
  Parts kept;
};

template <class T>
bool is_gone(const Result<T>& result) {
  return !result && result.error().kind == ErrorKind::not_found;
}

} // namespace

TEST_CASE("an erased case is still there, without what it said") {
  Erased erased;
  const auto all = erased.world.read([](View& view) { return cases(view); });
  REQUIRE(all.size() == 2);
  CHECK(all[0].reference == "CVD-2026-0001");
  CHECK(all[0].sheet.empty());
  CHECK(all[1].sheet == "kept sheet");
}

TEST_CASE("mails, readings and answers of an erased case cannot be read, all others can") {
  Erased erased;
  auto& world = erased.world;
  const auto raw = [&](Id id) {
    return world->read([&](View& view) { return raw_bytes(view, **find_mail(view, id)); });
  };
  const auto read = [&](Id id) {
    return world->read([&](View& view) { return reading(view, **find_mail(view, id)); });
  };
  const auto answer = [&](Id id) {
    return world->read([&](View& view) { return composed(view, **find_outgoing(view, id)); });
  };
  CHECK(is_gone(raw(erased.gone.mail)));
  CHECK(is_gone(read(erased.gone.mail)));
  CHECK(is_gone(answer(erased.gone.owed)));
  CHECK(raw(erased.kept.mail) == "kept raw");
  CHECK((*read(erased.kept.mail))->inspection == "kept inspection");
  CHECK(answer(erased.kept.owed) == "kept mail");
}

TEST_CASE("lists go on working over what was erased") {
  Erased erased;
  auto& world = erased.world;
  CHECK(world.read([](View& view) { return inbox(view); }).size() == 2);
  const auto outgoing = world.read([](View& view) { return outbox(view); });
  REQUIRE(outgoing.size() == 2);
  CHECK(outgoing[0].task.empty());
  CHECK(outgoing[1].task == "kept task");
  const auto found = world.read([](View& view) { return certificates_for(view, "rosa@reporter.example"); });
  REQUIRE(found.size() == 1);
  CHECK(found[0].fingerprint == "kept");
  const auto trail = world.read([](View& view) { return events(view, {}); });
  REQUIRE(trail.size() == 2);
  CHECK(trail[0].detail.empty());
  CHECK(trail[1].detail == "kept note");
}

TEST_CASE("nothing more is sealed under a destroyed key") {
  Erased erased;
  const auto result = erased.world->write([&](Change& change) {
    return append_event(change, {erased.gone.case_id, "jan", "note", "more"}, some_time);
  });
  CHECK(is_gone(result));
  CHECK(erased.world->write([&](Change& change) {
    return append_event(change, {erased.gone.case_id, "jan", "looked", ""}, some_time);
  }));
}

TEST_CASE("the same bytes are still known when they come again") {
  Erased erased;
  NewMail again;
  again.mailbox = "cvd";
  again.raw = "gone raw";
  CHECK(erased.world.write([&](Change& change) { return take_in(change, again); }).id == erased.gone.mail);
}
