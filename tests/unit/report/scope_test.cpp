#include "report/read.hpp"

#include <catch2/catch.hpp>

using cvdesk::report::match_scope;
using cvdesk::report::Scope;
using cvdesk::report::Vantage;

namespace {

Vantage vantage() {
  Vantage vantage;
  vantage.own_addresses = {"cvd@voorbeeldmeer.nl"};
  vantage.scope = {"voorbeeldmeer.nl", "waterportaal.example", "https://git.voorbeeldmeer.example/apps/"};
  vantage.partners = {{"Gemeente Testdam", {"testdam.example"}, "cvd@testdam.example", std::nullopt}};
  return vantage;
}

Scope scope_of(std::string_view host, std::string_view url = {}) { return match_scope(host, url, vantage()).scope; }

} // namespace

TEST_CASE("a sub-domain is in scope only on a label boundary") {
  CHECK(scope_of("www.voorbeeldmeer.nl") == Scope::in);
  CHECK(scope_of("voorbeeldmeer.nl") == Scope::in);
  CHECK(scope_of("nietvoorbeeldmeer.nl") == Scope::out);
  CHECK(scope_of("voorbeeldmeer.nl.evil.example") == Scope::out);
  CHECK(scope_of("rapports.waterportaal-pro.example") == Scope::out);
}

TEST_CASE("a URL in the scope covers what lies under its path, and nothing that climbs out of it") {
  const std::string host = "git.voorbeeldmeer.example";
  CHECK(scope_of(host, "https://git.voorbeeldmeer.example/apps/kaart") == Scope::in);
  CHECK(scope_of(host, "https://git.voorbeeldmeer.example/apps/") == Scope::in);
  CHECK(scope_of(host, "https://git.voorbeeldmeer.example/appstore/x") == Scope::out);
  CHECK(scope_of(host, "https://git.voorbeeldmeer.example/apps/../admin") == Scope::out);
  CHECK(scope_of(host, "https://git.voorbeeldmeer.example/apps/%2e%2e/admin") == Scope::out);
  CHECK(scope_of(host, "https://git.voorbeeldmeer.example/apps/..%2fadmin") == Scope::out);
  CHECK(scope_of(host, "https://git.voorbeeldmeer.example/x/../apps/kaart") == Scope::in);
  CHECK(scope_of(host, "https://git.voorbeeldmeer.example/APPS/kaart") == Scope::out);
  CHECK(scope_of(host) == Scope::out);
}

TEST_CASE("a partner's system is a third party's, with its name") {
  const auto match = match_scope("loket.testdam.example", {}, vantage());
  CHECK(match.scope == Scope::third_party);
  CHECK(match.partner == "Gemeente Testdam");
}

TEST_CASE("without a host the scope is unknown") { CHECK(scope_of("") == Scope::unknown); }
