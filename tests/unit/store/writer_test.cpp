#include "store_world.hpp"

#include <catch2/catch.hpp>

#include <future>
#include <set>
#include <stdexcept>
#include <thread>

using namespace cvdesk;
using namespace cvdesk::store;
using testing::Intruder;
using testing::StoreWorld;

namespace {

Result<void> put(Change& change, const std::string& name) {
  return change.database().execute("INSERT INTO meta (name, value) VALUES (?, x'00')", name);
}

std::set<std::string> names(StoreWorld& world) {
  const auto rows = world.read([](View& view) {
    return view.database().all("SELECT name FROM meta WHERE name LIKE 'test-%'", [](const Row& row) { return row.bytes(0); });
  });
  return {rows.begin(), rows.end()};
}

// Keeps the writer busy while others queue up behind it: they are then one group.
class Held {
public:
  explicit Held(StoreWorld& world) {
    std::promise<void> started;
    auto begun = started.get_future();
    thread_ = std::thread([this, &world, &started] {
      (void)world->write([&](Change&) -> Result<void> {
        started.set_value();
        go_.get_future().wait();
        return {};
      });
    });
    begun.wait();
  }
  void let_go() {
    go_.set_value();
    thread_.join();
  }

private:
  std::promise<void> go_;
  std::thread thread_;
};

// Time for a closure to reach the queue; a group that forms too late makes a test weaker, never wrong.
void settle() { std::this_thread::sleep_for(std::chrono::milliseconds(50)); }

} // namespace

TEST_CASE("a closure's value comes back, and what it wrote is there for every other program") {
  StoreWorld world;
  const int value = world.write([](Change& change) -> Result<int> {
    TRY(put(change, "test-a"));
    return 42;
  });
  CHECK(value == 42);
  CHECK(world.intruder().number("SELECT count(*) FROM meta WHERE name = 'test-a'") == 1);
}

TEST_CASE("a closure that fails undoes all it did, and only that") {
  StoreWorld world;
  Held held(world);
  std::vector<std::future<Result<void>>> results;
  for (int i = 0; i < 5; ++i) {
    results.push_back(std::async(std::launch::async, [&world, i] {
      return world->write([i](Change& change) -> Result<void> {
        TRY(put(change, "test-" + std::to_string(i)));
        TRY(put(change, "test-more-" + std::to_string(i)));
        if (i == 2) return fail(ErrorKind::refused, "not this one");
        if (i == 3) throw std::runtime_error("thrown");
        return {};
      });
    }));
    settle();
  }
  held.let_go();
  for (std::size_t i = 0; i < results.size(); ++i) {
    const auto result = results[i].get();
    CAPTURE(i);
    CHECK(result.has_value() == (i != 2 && i != 3));
    if (i == 2) CHECK(result.error().kind == ErrorKind::refused);
    if (i == 3) CHECK(result.error().kind == ErrorKind::failed);
  }
  CHECK(names(world) == std::set<std::string>{"test-0", "test-1", "test-4", "test-more-0", "test-more-1", "test-more-4"});
}

TEST_CASE("closures that wait are committed together, in the order of their coming") {
  StoreWorld world;
  Held held(world);
  std::vector<int> order;
  std::vector<std::thread> writers;
  std::int64_t visible = -1;
  for (int i = 0; i < 6; ++i) {
    writers.emplace_back([&, i] {
      (void)world->write([&, i](Change& change) -> Result<void> {
        order.push_back(i);
        if (i == 5) visible = world.intruder().number("SELECT count(*) FROM meta WHERE name LIKE 'test-%'");
        return put(change, "test-" + std::to_string(i));
      });
    });
    settle();
  }
  held.let_go();
  for (auto& writer : writers) writer.join();
  CHECK(order == std::vector<int>{0, 1, 2, 3, 4, 5});
  CHECK(visible == 0); // seen by another program while the last of them ran: none is committed yet
  CHECK(names(world).size() == 6);
}

TEST_CASE("many threads write at once and every one of them is told the truth") {
  StoreWorld world;
  std::atomic<int> done = 0;
  std::vector<std::thread> writers;
  for (int t = 0; t < 8; ++t) {
    writers.emplace_back([&, t] {
      for (int i = 0; i < 50; ++i) {
        const auto result = world->write([&](Change& change) -> Result<void> {
          TRY(put(change, "test-" + std::to_string(t) + "-" + std::to_string(i)));
          if (i % 10 == 9) return fail(ErrorKind::refused, "every tenth");
          return {};
        });
        if (result) ++done;
      }
    });
  }
  for (auto& writer : writers) writer.join();
  CHECK(done == 8 * 45);
  CHECK(names(world).size() == 8 * 45);
}

TEST_CASE("when the disk is full, whoever is told of an error has had nothing committed") {
  StoreWorld world;
  Held held(world);
  std::vector<std::future<Result<void>>> results;
  const auto write = [&](auto work) {
    results.push_back(std::async(std::launch::async, [&world, work] { return world->write(work); }));
    settle();
  };
  write([](Change& change) -> Result<void> { return put(change, "test-before"); });
  write([](Change& change) -> Result<void> {
    // As SQLite meets a full disk: the whole transaction is rolled back under our feet.
    TRY(change.database().script("PRAGMA max_page_count = 1;"));
    return change.database().execute("INSERT INTO meta (name, value) VALUES ('test-full', zeroblob(10000000))");
  });
  write([](Change& change) -> Result<void> {
    TRY(change.database().script("PRAGMA max_page_count = 1000000;"));
    return put(change, "test-after");
  });
  held.let_go();
  const std::vector<std::string> names_of = {"test-before", "test-full", "test-after"};
  for (std::size_t i = 0; i < results.size(); ++i) {
    CAPTURE(names_of[i]);
    CHECK(results[i].get().has_value() == names(world).contains(names_of[i]));
  }
  CHECK(world->write([](Change& change) { return put(change, "test-later"); }));
}

TEST_CASE("a reader sees one state of the store from beginning to end") {
  StoreWorld world;
  const auto count = [](View& view) {
    return view.database().one("SELECT count(*) FROM meta WHERE name LIKE 'test-%'", [](const Row& row) { return row.integer(0); });
  };
  const auto seen = world.read([&](View& view) -> Result<std::pair<std::int64_t, std::int64_t>> {
    TRY_ASSIGN(const auto before, count(view));
    TRY(world->write([](Change& change) { return put(change, "test-a"); }));
    TRY_ASSIGN(const auto after, count(view));
    return std::pair(before.value_or(-1), after.value_or(-1));
  });
  CHECK(seen == std::pair<std::int64_t, std::int64_t>(0, 0));
  CHECK(names(world).size() == 1);
}

TEST_CASE("a reader that fails does not spoil the next one") {
  StoreWorld world;
  for (int i = 0; i < 3; ++i) {
    const auto failed = world->read([](View& view) -> Result<int> {
      TRY(view.database().one("SELECT count(*) FROM meta", [](const Row& row) { return row.integer(0); }));
      return fail(ErrorKind::not_found, "nothing");
    });
    REQUIRE_FALSE(failed);
    CHECK(failed.error().kind == ErrorKind::not_found);
    world.write([&](Change& change) { return put(change, "test-" + std::to_string(i)); });
    CHECK(names(world).size() == static_cast<std::size_t>(i) + 1);
  }
}

TEST_CASE("a reader cannot write") {
  StoreWorld world;
  CHECK_FALSE(world->read([](View& view) { return view.database().script("DELETE FROM meta;"); }));
}
