#include "desk/mail_source.hpp"

#include "../core/scratch.hpp"

#include <catch2/catch.hpp>

#include <chrono>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace cvdesk;
using namespace cvdesk::desk;
using testing::Scratch;

namespace {

constexpr std::size_t limit = 1u << 20;

struct Found {
  std::vector<std::string> mails;
  std::vector<std::string> sources;
  std::vector<std::string> failures;
};

Found found_in(const std::filesystem::path& path, std::size_t most = limit) {
  Found found;
  const auto result = for_each_mail(
      path, most,
      [&](const std::string& source, std::string_view bytes) {
        found.sources.push_back(source);
        found.mails.emplace_back(bytes);
      },
      [&](const std::string& source, const Error& error) { found.failures.push_back(source + ": " + error.what); });
  REQUIRE(result);
  return found;
}

Found found_in_mbox(std::string_view bytes, std::size_t most = limit) {
  const Scratch scratch;
  return found_in(scratch.write("mbox", bytes), most);
}

} // namespace

TEST_CASE("a file is one mail, byte for byte") {
  using namespace std::string_literals;
  const Scratch scratch;
  const std::string mail = "Subject: x\r\n\r\nFrom here on\r\n\x00\xFF"s;
  const auto found = found_in(scratch.write("a.eml", mail));
  CHECK(found.mails == std::vector<std::string>{mail});
  CHECK(found.sources == std::vector<std::string>{(scratch / "a.eml").string()});
}

TEST_CASE("an mbox is taken apart, the line before each mail and the empty line behind it left out") {
  const auto found = found_in_mbox("From a@x Sun Nov 22 10:00:00 2026\nSubject: 1\n\none\n\n"
                                   "From b@x Sun Nov 22 10:00:00 2026\nSubject: 2\n\ntwo\n\n");
  CHECK(found.mails == std::vector<std::string>{"Subject: 1\n\none\n", "Subject: 2\n\ntwo\n"});
  REQUIRE(found.sources.size() == 2);
  CHECK(found.sources[1].ends_with("mbox:2"));
}

TEST_CASE("an mbox with CRLF gives the mails with CRLF, without the empty line behind them") {
  const auto found = found_in_mbox("From a@x Sun Nov 22 10:00:00 2026\r\nSubject: 1\r\n\r\none\r\n\r\n"
                                   "From b@x Sun Nov 22 10:00:00 2026\r\nSubject: 2\r\n\r\ntwo\r\n\r\n");
  CHECK(found.mails == std::vector<std::string>{"Subject: 1\r\n\r\none\r\n", "Subject: 2\r\n\r\ntwo\r\n"});
}

TEST_CASE("one sign of quoting is taken off each quoted line of an mbox, and nothing else is touched") {
  const auto found = found_in_mbox("From a@x Sun Nov 22 10:00:00 2026\nSubject: 1\n\n>From me\n>>From you\n> From us\n>Fromage\n >From\n");
  CHECK(found.mails == std::vector<std::string>{"Subject: 1\n\nFrom me\n>From you\n> From us\n>Fromage\n >From\n"});
}

TEST_CASE("an mbox may end without a line end") {
  const auto found = found_in_mbox("From a@x Sun Nov 22 10:00:00 2026\nSubject: 1\n\none\n\nFrom b@x Sun Nov 22 10:00:00 2026\nSubject: 2\n\ntwo");
  CHECK(found.mails == std::vector<std::string>{"Subject: 1\n\none\n", "Subject: 2\n\ntwo"});
}

TEST_CASE("an mbox of nothing gives no mail that is nothing") {
  for (const std::string_view odd : {"From a@x", "From a@x\n", "From a@x\n\n", "From a@x\nFrom b@x\n"}) {
    const auto found = found_in_mbox(odd);
    CAPTURE(odd);
    for (const auto& mail : found.mails) CHECK_FALSE(mail.empty());
  }
}

TEST_CASE("a mail that is too large is named, and does not stop those behind it") {
  const auto found = found_in_mbox("From a@x Sun Nov 22 10:00:00 2026\nSubject: 1\n\n" + std::string(2000, 'x') +
                                       "\n\nFrom b@x Sun Nov 22 10:00:00 2026\nSubject: 2\n\ntwo\n",
                                   1000);
  CHECK(found.mails == std::vector<std::string>{"Subject: 2\n\ntwo\n"});
  REQUIRE(found.failures.size() == 1);
  CHECK(found.failures[0].find("mbox:1") != std::string::npos);
}

TEST_CASE("an empty file and one beyond the limit are named") {
  const Scratch scratch;
  scratch.write("a.eml", "");
  scratch.write("b.eml", "Subject: " + std::string(2000, 'x'));
  scratch.write("c.eml", "Subject: c\n\n");
  const auto found = found_in(scratch.path(), 1000);
  CHECK(found.failures.size() == 2);
  CHECK(found.mails == std::vector<std::string>{"Subject: c\n\n"});
}

TEST_CASE("a Maildir gives what is new and what was read, sorted, and nothing that is half written") {
  const Scratch scratch;
  scratch.write("cur/2.host:2,S", "Subject: 2\n\n");
  scratch.write("new/1.host", "Subject: 1\n\n");
  scratch.write("tmp/3.host", "Subject: 3\n\n");
  scratch.write("dovecot.index.log", "index");
  scratch.write(".Sent/cur/4.host:2,S", "Subject: 4\n\n");
  scratch.write(".Sent/new/.keep", "");
  const auto found = found_in(scratch.path());
  CHECK(std::count(found.mails.begin(), found.mails.end(), "Subject: 1\n\n") == 1);
  CHECK(std::count(found.mails.begin(), found.mails.end(), "Subject: 2\n\n") == 1);
  CHECK(std::count(found.mails.begin(), found.mails.end(), "Subject: 3\n\n") == 0);
  CHECK(std::count(found.mails.begin(), found.mails.end(), "index") == 0);
}

TEST_CASE("a folder is searched for files named .eml, at any depth and in order") {
  const Scratch scratch;
  scratch.write("b.eml", "b");
  scratch.write("a/z.eml", "z");
  scratch.write("notes.txt", "no mail");
  const auto found = found_in(scratch.path());
  CHECK(found.mails == std::vector<std::string>{"z", "b"});
  CHECK(count_sources(scratch.path()) == 2);
}

TEST_CASE("a link that leads nowhere, or round in a circle, does not hide the mails beside it") {
  const Scratch scratch;
  scratch.write("a.eml", "a");
  std::filesystem::create_symlink(scratch / "none", scratch / "b.eml");
  std::filesystem::create_symlink(scratch.path(), scratch / "circle");
  std::filesystem::create_symlink(scratch / "self.eml", scratch / "self.eml");
  scratch.write("sub/y.eml", "y");
  scratch.write("z.eml", "z");
  auto found = found_in(scratch.path());
  std::sort(found.mails.begin(), found.mails.end());
  CHECK(found.mails == std::vector<std::string>{"a", "y", "z"});
}

TEST_CASE("a path that is not there is not found") {
  const Scratch scratch;
  const auto result = for_each_mail(scratch / "none", limit, [](const auto&, auto) {}, [](const auto&, const auto&) {});
  REQUIRE_FALSE(result);
  CHECK(result.error().kind == ErrorKind::not_found);
}

TEST_CASE("an mbox of many mails takes time in proportion") {
  std::string mbox;
  for (int i = 0; i < 50'000; ++i) mbox += "From a@x Sun Nov 22 10:00:00 2026\nSubject: x\n\n>From\n\n";
  const auto start = std::chrono::steady_clock::now();
  CHECK(found_in_mbox(mbox).mails.size() == 50'000);
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(5));
}

#ifndef CVDESK_SANITIZED // which need memory of their own
TEST_CASE("a huge file does not have to fit into memory") {
  const Scratch scratch;
  const auto small_mail = std::string("From a@x Sun Nov 22 10:00:00 2026\nSubject: 1\n\none\n\n");
  const auto file = scratch.write("mbox", small_mail + "From b@x Sun Nov 22 10:00:00 2026\nSubject: 2\n\n");
  std::filesystem::resize_file(file, 600u << 20); // a hole: one mail of 600 MB
  const pid_t child = ::fork();
  if (child == 0) {
    const rlimit most{200u << 20, 200u << 20};
    ::setrlimit(RLIMIT_DATA, &most);
    int taken = 0;
    int failed = 0;
    try {
      (void)for_each_mail(file, limit, [&](const auto&, auto) { ++taken; }, [&](const auto&, const auto&) { ++failed; });
    } catch (const std::exception&) {
      ::_exit(2);
    }
    ::_exit(taken == 1 && failed == 1 ? 0 : 1);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
}
#endif
