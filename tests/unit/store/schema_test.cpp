#include "store/schema.hpp"

#include "core/random.hpp"
#include "store_world.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <thread>

using namespace cvdesk;
using namespace cvdesk::store;
using testing::Intruder;
using testing::Scratch;
using testing::StoreWorld;

namespace {
ErrorKind refusal(const StoreSettings& settings) {
  const auto opened = Store::open(settings);
  REQUIRE_FALSE(opened);
  return opened.error().kind;
}
} // namespace

TEST_CASE("a new store is of the newest version and closed to others") {
  StoreWorld world;
  world.mail("x");
  CHECK(world.intruder().number("PRAGMA user_version") == newest_version());
  CHECK(world.intruder().blob("PRAGMA journal_mode") == "wal");
  for (const auto* name : {"cvdesk.db", "cvdesk.db-wal", "cvdesk.db-shm"}) {
    struct stat status {};
    REQUIRE(::stat((world.scratch() / name).c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);
  }
}

TEST_CASE("a new store never replaces one that is there") {
  StoreWorld world;
  world.mail("x");
  world.close();
  CHECK_FALSE(Store::create(world.settings()));
  world.reopen();
  CHECK(world.read([](View& view) { return inbox(view); }).size() == 1);
}

TEST_CASE("a store that is newer than the program is refused, and left as it is") {
  StoreWorld world;
  world.close();
  world.intruder().run("PRAGMA user_version = 99");
  const std::string before = testing::bytes_of(world.settings().path);
  CHECK(refusal(world.settings()) == ErrorKind::configuration);
  CHECK(testing::bytes_of(world.settings().path) == before);
}

TEST_CASE("another store key is refused, and changes nothing") {
  StoreWorld world;
  const Id id = world.mail("raw");
  world.close();
  const StoreSettings wrong{world.settings().path, world.scratch().write("other.key", random_bytes(32))};
  CHECK(refusal(wrong) == ErrorKind::configuration);
  world.reopen();
  CHECK(world.read([&](View& view) { return raw_bytes(view, **find_mail(view, id)); }) == "raw");
}

TEST_CASE("a store key that is missing or of the wrong size is refused") {
  StoreWorld world;
  world.close();
  CHECK(refusal({world.settings().path, world.scratch() / "none"}) == ErrorKind::configuration);
  CHECK(refusal({world.settings().path, world.scratch().write("short", "short")}) == ErrorKind::configuration);
}

TEST_CASE("a store that is not there is not made by opening it") {
  StoreWorld world;
  CHECK(refusal({world.scratch() / "none.db", world.settings().key_file}) == ErrorKind::io);
  CHECK_FALSE(std::filesystem::exists(world.scratch() / "none.db"));
}

TEST_CASE("a file that is no store is not taken for one") {
  StoreWorld world;
  const auto garbage = world.scratch().write("garbage.db", random_bytes(8192));
  CHECK(refusal({garbage, world.settings().key_file}) == ErrorKind::corrupt);
}

TEST_CASE("a store of every earlier version is brought up to this one and keeps what it holds") {
  for (int version = 1; version < newest_version(); ++version) {
    StoreWorld world; // for its key
    const auto file = world.scratch().write("old.db", "");
    std::vector<std::filesystem::path> files(std::filesystem::directory_iterator(SCHEMA_FOLDER), {});
    std::sort(files.begin(), files.end());
    REQUIRE(static_cast<int>(files.size()) == newest_version());
    {
      Intruder old(file);
      for (int number = 0; number < version; ++number) old.run(testing::bytes_of(files[static_cast<std::size_t>(number)]));
      old.run("PRAGMA user_version = " + std::to_string(version));
      old.run("INSERT INTO events (id, at, actor, action, chain) VALUES (1, 0, 'x', 'y', x'00')");
    }
    CHECK(StoreWorld::must(Store::open({file, world.settings().key_file})) != nullptr);
    CHECK(Intruder(file).number("PRAGMA user_version") == newest_version());
    CHECK(Intruder(file).number("SELECT count(*) FROM events") == 1);
  }
}

TEST_CASE("a migration that fails leaves the store at its version") {
  StoreWorld world;
  const auto file = world.scratch().write("odd.db", "");
  Intruder(file).run("CREATE TABLE links (x)"); // stands in the way of the first schema file
  CHECK_FALSE(Store::open({file, world.settings().key_file}));
  CHECK(Intruder(file).number("PRAGMA user_version") == 0);
  CHECK(Intruder(file).number("SELECT count(*) FROM sqlite_schema") == 1);
}

TEST_CASE("many programs may open and close one store at once") {
  StoreWorld world;
  std::atomic<int> failures = 0;
  std::vector<std::thread> programs;
  for (int i = 0; i < 4; ++i) {
    programs.emplace_back([&] {
      for (int round = 0; round < 10; ++round) {
        auto store = Store::open(world.settings());
        if (!store || !(*store)->read([](View& view) { return inbox(view); })) ++failures;
      }
    });
  }
  for (auto& program : programs) program.join();
  CHECK(failures == 0);
}

TEST_CASE("one daemon holds a store, and lets go when it ends") {
  const Scratch scratch;
  {
    const auto first = DaemonLock::take(scratch / "cvdesk.db");
    REQUIRE(first);
    const auto second = DaemonLock::take(scratch / "cvdesk.db");
    REQUIRE_FALSE(second);
    CHECK(second.error().kind == ErrorKind::refused);
  }
  CHECK(DaemonLock::take(scratch / "cvdesk.db"));
}
