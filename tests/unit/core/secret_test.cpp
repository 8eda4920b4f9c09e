#include "core/secret.hpp"

#include "scratch.hpp"

#include <catch2/catch.hpp>

#include <unistd.h>

using namespace cvdesk;
using testing::Scratch;

namespace {
ErrorKind refusal(const std::filesystem::path& file, SecretForm form = SecretForm::line) {
  const auto secret = read_secret(file, form);
  REQUIRE_FALSE(secret);
  CHECK(secret.error().what.find(file.string()) != std::string::npos);
  CHECK(secret.error().what.find("hunter2") == std::string::npos);
  return secret.error().kind;
}
} // namespace

TEST_CASE("a secret on one line comes without its line end") {
  const Scratch scratch;
  CHECK(read_secret(scratch.write("a", "hunter2\n"), SecretForm::line)->reveal() == "hunter2");
  CHECK(read_secret(scratch.write("b", "hunter2\r\n"), SecretForm::line)->reveal() == "hunter2");
  CHECK(read_secret(scratch.write("c", "hunter2"), SecretForm::line)->reveal() == "hunter2");
  CHECK(read_secret(scratch.write("d", " hunter2 \n"), SecretForm::line)->reveal() == " hunter2 ");
}

TEST_CASE("a secret of bytes comes as it is") {
  using namespace std::string_literals;
  const Scratch scratch;
  CHECK(read_secret(scratch.write("a", "\x00\n\xFF\n"s), SecretForm::bytes)->reveal() == "\x00\n\xFF\n"s);
}

TEST_CASE("a secret file that others can read, or write, is refused") {
  const Scratch scratch;
  for (const mode_t mode : {0640, 0604, 0660, 0620, 0602, 0610, 0666}) {
    CAPTURE(mode);
    CHECK(refusal(scratch.write("a", "hunter2\n", mode)) == ErrorKind::configuration);
  }
  CHECK(read_secret(scratch.write("b", "hunter2\n", 0400), SecretForm::line));
}

TEST_CASE("a secret file of several lines, empty, missing or far too large is refused without a word of it") {
  const Scratch scratch;
  CHECK(refusal(scratch.write("a", "hunter2\nhunter2\n")) == ErrorKind::configuration);
  CHECK(refusal(scratch.write("b", "")) == ErrorKind::configuration);
  CHECK(refusal(scratch.write("c", "\n\n")) == ErrorKind::configuration);
  CHECK(refusal(scratch.write("d", ""), SecretForm::bytes) == ErrorKind::configuration);
  CHECK(refusal(scratch / "none") == ErrorKind::configuration);
  CHECK(refusal(scratch.write("e", std::string(65 * 1024, 'x'))) == ErrorKind::configuration);
  std::filesystem::create_directory(scratch / "folder");
  std::filesystem::permissions(scratch / "folder", std::filesystem::perms::owner_all);
  CHECK(refusal(scratch / "folder") == ErrorKind::configuration);
}

TEST_CASE("a secret file of somebody else is refused") {
  const Scratch scratch;
  const auto file = scratch.write("a", "hunter2\n");
  if (::geteuid() != 0 || ::chown(file.c_str(), 12345, 12345) != 0) return; // only root can give it away
  CHECK(refusal(file) == ErrorKind::configuration);
}

TEST_CASE("a secret is written for its owner alone, once") {
  const Scratch scratch;
  REQUIRE(create_secret(scratch / "a", "hunter2"));
  struct stat status {};
  REQUIRE(::stat((scratch / "a").c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
  CHECK_FALSE(create_secret(scratch / "a", "again"));
  CHECK(read_secret(scratch / "a", SecretForm::line)->reveal() == "hunter2");
}

TEST_CASE("a secret moves, and leaves nothing behind") {
  Secret a(std::string("short"));
  Secret b = std::move(a);
  CHECK(b.reveal() == "short");
  CHECK(a.empty()); // NOLINT(bugprone-use-after-move)
  Secret c(std::string(100, 'x'));
  c = std::move(b);
  CHECK(c.reveal() == "short");
  CHECK(b.empty()); // NOLINT(bugprone-use-after-move)
}
