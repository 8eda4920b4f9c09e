#include "core/file.hpp"

#include "core/random.hpp"
#include "scratch.hpp"

#include <catch2/catch.hpp>

#include <set>

#include <fcntl.h>

using namespace cvdesk;
using testing::bytes_of;
using testing::Scratch;

namespace {
mode_t mode_of(const std::filesystem::path& file) {
  struct stat status {};
  REQUIRE(::stat(file.c_str(), &status) == 0);
  return status.st_mode & 07777;
}
std::size_t files_in(const std::filesystem::path& folder) {
  const auto files = std::filesystem::directory_iterator(folder);
  return static_cast<std::size_t>(std::distance(begin(files), end(files)));
}
} // namespace

TEST_CASE("a file is read whole up to its limit and not beyond") {
  const Scratch scratch;
  const std::string content = random_bytes(300'000);
  const auto file = scratch.write("a", content);
  REQUIRE(read_file(file, content.size()) == content);
  const auto beyond = read_file(file, content.size() - 1);
  REQUIRE_FALSE(beyond);
  CHECK(beyond.error().kind == ErrorKind::too_big);
  CHECK(read_file(scratch.write("empty", ""), 0) == std::string());
}

TEST_CASE("an endless file is not read for ever") {
  const auto zeros = read_file("/dev/zero", 1u << 20);
  REQUIRE_FALSE(zeros);
  CHECK(zeros.error().kind == ErrorKind::too_big);
}

TEST_CASE("a file that is not there is not found, and a folder is no file") {
  const Scratch scratch;
  const auto missing = read_file(scratch / "none", 10);
  REQUIRE_FALSE(missing);
  CHECK(missing.error().kind == ErrorKind::not_found);
  CHECK(missing.error().what.find((scratch / "none").string()) != std::string::npos);
  const auto folder = read_file(scratch.path(), 10);
  REQUIRE_FALSE(folder);
  CHECK(folder.error().kind == ErrorKind::io);
}

TEST_CASE("a new file gets its mode at once and never replaces another") {
  const Scratch scratch;
  REQUIRE(create_file(scratch / "a", "one", 0600));
  CHECK(mode_of(scratch / "a") == 0600);
  const auto again = create_file(scratch / "a", "two", 0600);
  REQUIRE_FALSE(again);
  CHECK(again.error().kind == ErrorKind::io);
  CHECK(bytes_of(scratch / "a") == "one");
  CHECK_FALSE(create_file(scratch / "no/such/folder", "x", 0600));
}

TEST_CASE("a new file does not follow a symbolic link that waits for it") {
  const Scratch scratch;
  std::filesystem::create_symlink(scratch / "elsewhere", scratch / "a");
  CHECK_FALSE(create_file(scratch / "a", "x", 0600));
  CHECK_FALSE(std::filesystem::exists(scratch / "elsewhere"));
}

TEST_CASE("a replaced file has the new bytes and leaves nothing beside it") {
  const Scratch scratch;
  scratch.write("a", "old", 0644);
  REQUIRE(replace_file(scratch / "a", "new", 0600));
  CHECK(bytes_of(scratch / "a") == "new");
  CHECK(mode_of(scratch / "a") == 0600);
  REQUIRE(replace_file(scratch / "fresh", "new", 0600));
  CHECK(files_in(scratch.path()) == 2);
  std::filesystem::create_directory(scratch / "folder");
  CHECK_FALSE(replace_file(scratch / "folder", "x", 0600));
  CHECK(files_in(scratch.path()) == 3);
}

TEST_CASE("a temporary folder is closed to others and goes with all that is in it") {
  std::filesystem::path path;
  {
    auto folder = TemporaryFolder::create("unit");
    REQUIRE(folder);
    path = folder->path();
    CHECK(mode_of(path) == 0700);
    std::filesystem::create_directory(path / "in");
    REQUIRE(create_file(path / "in/a", "x", 0600));
    const TemporaryFolder moved = std::move(*folder);
    CHECK(moved.path() == path);
    CHECK(std::filesystem::exists(path));
  }
  CHECK_FALSE(std::filesystem::exists(path));
}

TEST_CASE("a descriptor is closed once, by its last owner") {
  UniqueFd a(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  const int number = a.get();
  REQUIRE(a);
  UniqueFd b = std::move(a);
  CHECK(b.get() == number);
  b = UniqueFd(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  CHECK(::fcntl(number, F_GETFD) == -1);
  const int second = b.release();
  b.reset();
  CHECK(::fcntl(second, F_GETFD) != -1);
  CHECK(::close(second) == 0);
}

TEST_CASE("random bytes do not repeat and keep their measure") {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) seen.insert(random_hex(16));
  CHECK(seen.size() == 1000);
  CHECK(seen.begin()->size() == 32);
  CHECK(random_bytes(0).empty());
  std::set<std::uint32_t> numbers;
  for (int i = 0; i < 1000; ++i) numbers.insert(random_below(5));
  CHECK(numbers == std::set<std::uint32_t>{0, 1, 2, 3, 4});
  CHECK(random_below(1) == 0);
}

TEST_CASE("A temporary folder whose owner was killed is removed when the next one is made") {
  std::filesystem::path held;
  {
    auto ours = TemporaryFolder::create("unitsweep");
    REQUIRE(ours);
    held = ours->path();
    std::filesystem::create_directory(held.parent_path() / "cvdesk-unitsweep-abcdef");
    auto next = TemporaryFolder::create("unitsweep");
    REQUIRE(next);
    CHECK(std::filesystem::exists(held));
    CHECK_FALSE(std::filesystem::exists(held.parent_path() / "cvdesk-unitsweep-abcdef"));
  }
  CHECK_FALSE(std::filesystem::exists(held));
}
