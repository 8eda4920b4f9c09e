#include "report/urls.hpp"
#include "sentence.hpp"

#include <catch2/catch.hpp>

using namespace cvdesk::report::test;
using cvdesk::report::Scope;

namespace {

cvdesk::report::Facts facts_in(const std::string& text) { return facts_of("Hello,\n\n" + text + "\n\nKind regards,\nNoor Visser\n"); }

} // namespace

TEST_CASE("defanged addresses are made whole") {
  using cvdesk::report::refang;
  CHECK(refang("hxxps://a[.]example/x") == "https://a.example/x");
  CHECK(refang("hxxp[:]//a(dot)example") == "http://a.example");
  CHECK(refang("a[.]b[.]example") == "a.b.example");
  CHECK(refang("h**ps://a.example") == "https://a.example");
  CHECK(refang("arr[i] = f(x).") == "arr[i] = f(x).");
}

TEST_CASE("URLs, hosts and addresses are found in running text, files and versions are not") {
  const auto facts = facts_in("The page portaal.zonnedam.example/inloggen?x=1, the host db.zonnedam.example (203.0.113.7) and "
                              "report.pdf, index.php, version 2.4.49, Chrome/131.0.0.0 are mentioned: XSS.");
  CHECK(facts.affected.urls == Strings{"https://portaal.zonnedam.example/inloggen?x=1"});
  CHECK(facts.affected.hosts == Strings{"portaal.zonnedam.example", "db.zonnedam.example"});
  CHECK(facts.affected.ips == Strings{"203.0.113.7"});
  CHECK(facts.affected.scope == Scope::in);
}

TEST_CASE("internationalised names become A-labels") {
  CHECK(facts_in("XSS on https://bücher.zonnedam.example/a").affected.hosts == Strings{"xn--bcher-kva.zonnedam.example"});
}

TEST_CASE("a request and its Host header make one URL; its other headers make none") {
  const auto facts = facts_in("SQL injection, request:\n\nPOST /api/zoek HTTP/1.1\nHost: api.zonnedam.example:8443\n"
                              "Origin: https://evil.example\nReferer: https://www.zonnedam.example/\n\nq=1'");
  CHECK(facts.affected.urls == Strings{"https://api.zonnedam.example:8443/api/zoek"});
  CHECK(facts.steps.size() == 1);
}

TEST_CASE("what is said not to be affected, a policy and a reference are no affected systems") {
  const auto facts = facts_in("XSS on https://a.zonnedam.example/x. The host https://b.zonnedam.example/x is not affected. I read your policy "
                              "at https://www.zonnedam.example/cvd.\n\nReferences:\nhttps://owasp.org/xss\nhttps://blog.stranger.example/xss");
  CHECK(facts.affected.urls == Strings{"https://a.zonnedam.example/x"});
  CHECK(facts.affected.hosts == Strings{"a.zonnedam.example"});
  CHECK(facts.references.size() == 4);
}

TEST_CASE("the reporter's own address in the logs is not affected") {
  const auto facts = facts_in("Redis is open on 203.0.113.45. My requests came from 198.51.100.23, and I saw 169.254.169.254 in the answer.");
  CHECK(facts.affected.ips == Strings{"203.0.113.45"});
}

TEST_CASE("a partner's system is told from ours and from a stranger's") {
  CHECK(facts_in("XSS on https://loket.testdam.example/x").affected.partner == "Gemeente Testdam");
  CHECK(facts_in("XSS on https://shop.stranger.example/x").affected.scope == Scope::out);
  CHECK(facts_in("I found XSS somewhere").affected.scope == Scope::unknown);
}

TEST_CASE("quoted history adds nothing to what is affected") {
  const auto facts = facts_of("Still open on https://a.zonnedam.example/x.\n\nOn 3 Nov 2026, at 16:40, Desk <cvd@zonnedam.example> wrote:\n> See https://b.zonnedam.example/y\n",
                              "Re: [CVD-2026-0004] XSS");
  CHECK(facts.affected.hosts == Strings{"a.zonnedam.example"});
  CHECK(facts.case_tag == "CVD-2026-0004");
}
