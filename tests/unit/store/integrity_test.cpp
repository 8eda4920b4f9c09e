#include "store_world.hpp"

#include "store/integrity.hpp"
#include "store/audit.hpp"
#include "store/certificates.hpp"
#include "store/look_ups.hpp"

#include <catch2/catch.hpp>

using namespace cvdesk;
using namespace cvdesk::store;
using testing::some_time;
using testing::StoreWorld;

namespace {

// A store with something in every sealed column; each text holds the word "confidential".
struct Full {
  Full() {
    const auto opened = world.open_case("confidential sheet");
    const Id mail = world.mail("confidential raw");
    const Id owed = world.owe("confidential@zonnedam.example", opened.id, "confidential@reporter.example");
    world.write([&](Change& change) -> Result<void> {
      TRY_ASSIGN(const auto entry, find_mail(change, mail));
      TRY(save_reading(change, *entry, {"confidential openings", "confidential inspection"}));
      TRY(settle_mail(change, mail, {"report", "case", opened.id, {}, "confidential@id", "confidential likeness"}));
      TRY(join_conversation(change, opened.id, mail, {}));
      TRY(add_contact(change, opened.id, "confidential@reporter.example"));
      TRY(keep_certificate(change, {opened.id, "confidential@reporter.example", "CONFIDENTIAL", "confidential blob", "pinned"}, some_time));
      TRY(add_certificate(change, {0, "confidential@reporter.example", "CONFIDENTIAL", "confidential blob", {}}, some_time));
      TRY(owe_look_up(change, "confidential@reporter.example", some_time));
      TRY_ASSIGN(const auto outgoing, find_outgoing(change, owed));
      TRY(save_composed(change, *outgoing, "confidential mail", "confidential task"));
      TRY(note_error(change, *outgoing, "confidential error", some_time));
      return append_event(change, {opened.id, "jan", "note", "confidential note"}, some_time);
    });
  }
  StoreWorld world;
};

IntegrityReport check(StoreWorld& world) { return StoreWorld::must(check_integrity(*world)); }

std::string problems(const IntegrityReport& report) {
  std::string text;
  for (const auto& problem : report.problems) text += problem + "\n";
  return text;
}

} // namespace

TEST_CASE("an untouched store has no problems, and every seal is counted") {
  Full full;
  const auto report = check(full.world);
  CHECK(problems(report).empty());
  CHECK(report.mails == 1);
  CHECK(report.cases == 1);
  CHECK(report.seals == 11);
  CHECK(report.erased == 0);
  CHECK(report.events == 1);
  CHECK(report.chain_head.size() == 64);
}

TEST_CASE("nothing confidential stands in the file in clear") {
  Full full;
  CHECK(full.world.bytes().find("confidential") == std::string::npos);
  CHECK(full.world.bytes().find("CONFIDENTIAL") == std::string::npos);
  full.world.close(); // what stood in the journal is in the database now
  CHECK(full.world.bytes().find("confidential") == std::string::npos);
}

TEST_CASE("a flipped bit in any sealed column is found and named") {
  struct Column {
    std::string table, column, name;
  };
  for (const auto& [table, column, name] :
       {Column{"cases", "sealed", "cases.sealed"}, Column{"raw_mails", "sealed", "raw_mails.sealed"},
        Column{"readings", "openings", "readings.openings"}, Column{"readings", "inspection", "readings.inspection"},
        Column{"outbox", "task", "outbox.task"}, Column{"outbox", "last_error", "outbox.last_error"},
        Column{"outbox_mails", "sealed", "outbox_mails.sealed"}, Column{"certificates", "sealed", "certificates.sealed"},
        Column{"added_certificates", "sealed", "added_certificates.sealed"},
        Column{"events", "detail", "events.detail"}, Column{"data_keys", "wrapped", "data_keys.wrapped"}}) {
    Full full;
    full.world.intruder().flip(table, column);
    const std::string found = problems(check(full.world));
    CAPTURE(name, found);
    CHECK(found.find(name + " 1 ") != std::string::npos);
    CHECK(found.find("confidential") == std::string::npos);
  }
}

TEST_CASE("mails that were exchanged behind our back are found") {
  StoreWorld world;
  world.mail("one");
  world.mail("two");
  world.intruder().run("CREATE TEMP TABLE copy AS SELECT * FROM raw_mails; "
                       "UPDATE raw_mails SET sealed = (SELECT sealed FROM copy WHERE copy.inbox_id = 3 - raw_mails.inbox_id)");
  CHECK(check(world).problems.size() == 2);
}

TEST_CASE("a mail whose bytes are gone is found") {
  Full full;
  full.world.intruder().run("DELETE FROM raw_mails");
  CHECK(problems(check(full.world)).find("raw_mails.sealed 1 is missing") != std::string::npos);
}

TEST_CASE("a row that points to nothing is found") {
  Full full;
  full.world.intruder().run("DELETE FROM messages; DELETE FROM inbox");
  CHECK_FALSE(check(full.world).problems.empty());
}

TEST_CASE("a data key whose whole row is gone is damage, not an erasure") {
  Full full;
  full.world.intruder().run("DELETE FROM data_keys WHERE id = (SELECT key_id FROM cases)");
  CHECK_FALSE(check(full.world).problems.empty());
}

TEST_CASE("the list of problems has an end") {
  StoreWorld world;
  for (int i = 0; i < 150; ++i) world.mail(std::to_string(i));
  world.intruder().run("UPDATE raw_mails SET sealed = x'00'");
  CHECK(check(world).problems.size() == 100);
}

TEST_CASE("erased content is counted, and is no problem") {
  Full full;
  full.world.intruder().run("UPDATE data_keys SET wrapped = NULL");
  const auto report = check(full.world);
  CHECK(problems(report).empty());
  CHECK(report.seals == 0);
  CHECK(report.erased == 11);
}
