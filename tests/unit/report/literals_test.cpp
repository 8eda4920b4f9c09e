#include "report/literals.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using cvdesk::report::Literals;

namespace {

std::vector<int> found(const Literals& literals, std::string_view text) {
  auto all = literals.in(text).list;
  std::sort(all.begin(), all.end());
  return all;
}

} // namespace

TEST_CASE("literals are found inside, overlapping and as each other's suffixes, each once") {
  const Literals literals({"he", "she", "his", "hers", "s"});
  CHECK(found(literals, "ushers") == std::vector<int>{0, 1, 3, 4});
  CHECK(found(literals, "hishishe") == std::vector<int>{0, 1, 2, 4});
  CHECK(found(literals, "hrs") == std::vector<int>{4});
  CHECK(found(literals, "").empty());
  CHECK(found(literals, "hxe").empty());
}

TEST_CASE("literals may hold any byte") {
  const Literals literals({std::string("\0a", 2), "\xc3\xa9"});
  CHECK(found(literals, std::string_view("x\0ay", 4)) == std::vector<int>{0});
  CHECK(found(literals, "caf\xc3\xa9") == std::vector<int>{1});
}

TEST_CASE("no literals are in no text") { CHECK(found(Literals(), "anything").empty()); }
