#include "imap/folder_name.hpp"
#include "imap/uid_set.hpp"

#include <catch2/catch.hpp>

using namespace cvdesk::imap;

TEST_CASE("UIDs are written as short as IMAP allows") {
  using Sets = std::vector<std::string>;
  CHECK(uid_sets({}) == Sets{});
  CHECK(uid_sets({0}) == Sets{});
  CHECK(uid_sets({7}) == Sets{"7"});
  CHECK(uid_sets({3, 1, 2, 2, 9, 0}) == Sets{"1:3,9"});
  CHECK(uid_sets({1, 3, 5}) == Sets{"1,3,5"});
  CHECK(uid_sets({4294967294, 4294967295}) == Sets{"4294967294:4294967295"});
}

TEST_CASE("A long set of UIDs becomes several of bounded length that name each UID once") {
  std::vector<std::uint32_t> odd;
  for (std::uint32_t uid = 1; uid < 20'000; uid += 2) {
    odd.push_back(uid);
  }
  std::size_t named = 0;
  for (const auto& set : uid_sets(odd)) {
    CHECK(set.size() <= 4000);
    named += 1 + static_cast<std::size_t>(std::count(set.begin(), set.end(), ','));
  }
  CHECK(named == odd.size());
}

TEST_CASE("Folder names become modified UTF-7 in a quoted string") {
  const std::vector<std::pair<std::string, std::string>> rows = {
      {"INBOX", "\"INBOX\""},
      {"a b", "\"a b\""},
      {"say \"hi\" \\", "\"say \\\"hi\\\" \\\\\""},
      {"R&D", "\"R&-D\""},
      {"Caf\xc3\xa9", "\"Caf&AOk-\""},
      {"~peter/mail/\xe5\x8f\xb0\xe5\x8c\x97/\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e", "\"~peter/mail/&U,BTFw-/&ZeVnLIqe-\""},
      {"\xf0\x9f\x90\x9b", "\"&2D3cGw-\""},
      {"a\r\nx1 LOGOUT", "\"a&AA0ACg-x1 LOGOUT\""},
  };
  for (const auto& [name, written] : rows) {
    INFO(name);
    CHECK(quoted_folder(name).value() == written);
  }
  CHECK_FALSE(quoted_folder(""));
  CHECK_FALSE(quoted_folder("\xff"));
  CHECK_FALSE(quoted_folder(std::string(1001, 'x')));
}
