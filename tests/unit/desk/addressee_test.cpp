#include "desk/acknowledgement.hpp"
#include "desk_world.hpp"

#include <catch2/catch.hpp>

#include <functional>

using namespace cvdesk;
using namespace cvdesk::desk;

namespace {

Settings settings() {
  Settings own;
  own.submission.from = {"CVD-team", "cvd@zonnedam.example"};
  own.mailboxes.emplace_back();
  own.mailboxes.back().address = "cvd@zonnedam.example";
  own.mailboxes.back().aliases = {"security@zonnedam.example"};
  return own;
}

reader::Outer from(std::string_view address) {
  reader::Outer outer;
  outer.from = {{"", std::string(address)}};
  return outer;
}

} // namespace

TEST_CASE("who is answered, and why the others are not") {
  using Change = std::function<void(reader::Outer&)>;
  struct Row {
    std::string_view what;
    Change change;
    std::string_view answered; // empty: nobody
  };
  const Row table[] = {
      {"a plain mail", [](auto&) {}, "rosa@reporter.example"},
      {"one Reply-To", [](auto& o) { o.reply_to = {{"", "sam@whitfield.example"}}; }, "sam@whitfield.example"},
      {"two in Reply-To", [](auto& o) { o.reply_to = {{"", "a@x.example"}, {"", "b@x.example"}}; }, "rosa@reporter.example"},
      {"two in From", [](auto& o) { o.from.push_back({"", "b@x.example"}); }, ""},
      {"two in From, one Reply-To",
       [](auto& o) {
         o.from.push_back({"", "b@x.example"});
         o.reply_to = {{"", "c@x.example"}};
       },
       "c@x.example"},
      {"no From", [](auto& o) { o.from.clear(); }, ""},
      {"null sender", [](auto& o) { o.return_path = ""; }, ""},
      {"null sender with Reply-To",
       [](auto& o) {
         o.return_path = "";
         o.reply_to = {{"", "c@x.example"}};
       },
       ""},
      {"an envelope sender", [](auto& o) { o.return_path = "bounces@reporter.example"; }, "rosa@reporter.example"},
      {"Auto-Submitted: no", [](auto& o) { o.auto_submitted = "no"; }, "rosa@reporter.example"},
      {"Auto-Submitted: auto-replied", [](auto& o) { o.auto_submitted = "auto-replied"; }, ""},
      {"Auto-Submitted: auto-generated", [](auto& o) { o.auto_submitted = "auto-generated"; }, ""},
      {"Auto-Submitted: auto-notified", [](auto& o) { o.auto_submitted = "auto-notified"; }, ""},
      {"Auto-Submitted: something new", [](auto& o) { o.auto_submitted = "x-new"; }, ""},
      {"Precedence: bulk", [](auto& o) { o.precedence = "bulk"; }, ""},
      {"Precedence: junk", [](auto& o) { o.precedence = "junk"; }, ""},
      {"Precedence: list", [](auto& o) { o.precedence = "list"; }, ""},
      {"Precedence: first-class", [](auto& o) { o.precedence = "first-class"; }, "rosa@reporter.example"},
      {"a mailing list", [](auto& o) { o.list = true; }, ""},
      {"our own list", [](auto& o) { o.list_id = "cvd.lists.zonnedam.example"; }, "rosa@reporter.example"},
      {"X-Auto-Response-Suppress", [](auto& o) { o.automatic = true; }, ""},
      {"a delivery report", [](auto& o) { o.delivery_status = true; }, ""},
      {"from ourselves", [](auto& o) { o.from[0].address = "CVD@Zonnedam.example"; }, ""},
      {"from an alias of ours", [](auto& o) { o.from[0].address = "security@zonnedam.example"; }, ""},
      {"from ourselves with Reply-To",
       [](auto& o) {
         o.from[0].address = "cvd@zonnedam.example";
         o.reply_to = {{"", "victim@x.example"}};
       },
       ""},
      {"Reply-To is us", [](auto& o) { o.reply_to = {{"", "security@ZONNEDAM.example"}}; }, ""},
      {"Reply-To is nobody", [](auto& o) { o.reply_to = {{"", "no-reply@x.example"}}; }, ""},
  };
  for (const auto& row : table) {
    auto outer = from("rosa@reporter.example");
    row.change(outer);
    const auto addressee = addressee_of(outer, settings());
    CAPTURE(row.what, addressee.why_not);
    CHECK(addressee.address.value_or("") == row.answered);
    CHECK(addressee.why_not.empty() == addressee.address.has_value());
  }
}

TEST_CASE("addresses behind which nobody reads are not answered") {
  for (const std::string_view nobody :
       {"noreply@x.example", "No-Reply@x.example", "do-not-reply@x.example", "donotreply@x.example", "noreply+tag@x.example",
        "MAILER-DAEMON@x.example", "mailer-daemon@x.example", "owner-list@x.example", "list-request@x.example", "list-owner@x.example",
        "list-bounces@x.example", "LISTSERV@x.example", "bounces+123=rosa@x.example", "nobody@x.example", "majordomo@x.example"}) {
    CAPTURE(nobody);
    CHECK_FALSE(addressee_of(from(nobody), settings()).address);
  }
  for (const std::string_view somebody : {"nora@x.example", "replay@x.example", "owner.of.a.shop@x.example", "bouncer@x.example",
                                          "requests@x.example", "daemonette@x.example"}) {
    CAPTURE(somebody);
    CHECK(addressee_of(from(somebody), settings()).address == std::string(somebody));
  }
}

TEST_CASE("an address that cannot stand in an envelope is not answered") {
  using namespace std::string_literals;
  for (const std::string& bad : {""s, "rosa"s, "@x.example"s, "rosa@"s, "rosa@x.example\r\nRCPT TO:<victim@y.example>"s, "ro sa@x.example"s,
                                "rosa@x.example>"s, "<rosa@x.example"s, "rosa@x\0.example"s, "r\xF6sa@x.example"s, "ro\u202Esa@x.example"s, "a@" + std::string(300, 'x')}) {
    const auto addressee = addressee_of(from(bad), settings());
    CAPTURE(bad);
    CHECK_FALSE(addressee.address);
  }
}

TEST_CASE("the pinned certificate answers, and nothing stands in for it") {
  const auto certificate = [](std::string fingerprint, reader::KeyOrigin origin, std::string address = "rosa@reporter.example") {
    return reader::OfferedCertificate{origin, fingerprint, {std::move(address)}, "blob of " + fingerprint};
  };
  const auto kept = [](std::string fingerprint, std::string state) {
    store::CertificateEntry entry;
    entry.fingerprint = fingerprint;
    entry.blob = "blob of " + fingerprint;
    entry.state = std::move(state);
    return entry;
  };
  const auto attached = reader::KeyOrigin::attached;
  const auto autocrypt = reader::KeyOrigin::autocrypt;
  reader::Inspection mail;
  const auto sign_by = [&](const std::string& fingerprint) {
    mail.protection.signature = openpgp::SignatureState::good;
    mail.protection.signer = fingerprint;
    mail.protection.signer_is_sender = true;
  };
  const auto chosen = [&](const std::vector<store::CertificateEntry>& known = {}) { return choose_key(mail, "Rosa@Reporter.example", known); };

  SECTION("none where there is none") { CHECK(chosen().blob.empty()); }
  SECTION("one that belongs to somebody else is no answer key") {
    mail.certificates = {certificate("A", attached, "mallory@x.example")};
    CHECK(chosen().blob.empty());
    sign_by("A");
    CHECK(chosen().blob.empty());
  }
  SECTION("an attached one before one from Autocrypt, whatever their order") {
    mail.certificates = {certificate("A", autocrypt), certificate("B", attached)};
    CHECK(chosen().blob == "blob of B");
    CHECK_FALSE(chosen().signed_the_mail);
  }
  SECTION("the one that signed before any other") {
    mail.certificates = {certificate("A", attached), certificate("B", autocrypt)};
    sign_by("B");
    CHECK(chosen().blob == "blob of B");
    CHECK(chosen().signed_the_mail);
  }
  SECTION("a signature that covers a part, is not good or is not the sender's counts for nothing") {
    mail.certificates = {certificate("A", attached)};
    sign_by("A");
    mail.protection.partial = true;
    CHECK_FALSE(chosen().signed_the_mail);
    mail.protection.partial = false;
    mail.protection.signer_is_sender = false;
    CHECK_FALSE(chosen().signed_the_mail);
    mail.protection.signer_is_sender = true;
    mail.protection.signature = openpgp::SignatureState::weak;
    CHECK_FALSE(chosen().signed_the_mail);
  }
  SECTION("the pinned one, also when another signed this mail") {
    mail.certificates = {certificate("B", attached)};
    sign_by("B");
    const auto key = chosen({kept("P", "pinned"), kept("B", "conflict")});
    CHECK(key.blob == "blob of P");
    CHECK_FALSE(key.signed_the_mail);
  }
  SECTION("the pinned one that signed this mail") {
    sign_by("P");
    CHECK(chosen({kept("P", "pinned")}).signed_the_mail);
  }
  SECTION("a certificate in conflict never answers by itself") {
    CHECK(chosen({kept("C", "conflict")}).blob.empty());
  }
}

TEST_CASE("a domain outside ASCII is written in A-labels, and cannot hide that it is ours") {
  CHECK(addressee_of(from("rosa@münchen.example"), settings()).address == "rosa@xn--mnchen-3ya.example");
  CHECK(addressee_of(from("rösa@reporter.example"), settings()).address == "rösa@reporter.example");
  CHECK(addressee_of(from("cvd@ＺＯＮＮＥＤＡＭ.example"), settings()).why_not == "own-address");
  CHECK(addressee_of(from("cvd@zonnedam。example"), settings()).why_not == "own-address");
}

TEST_CASE("where DMARC is asked for, the topmost hop of our own server decides") {
  Settings own = settings();
  own.acknowledge.dmarc_authserv_id = "mx.zonnedam.example";
  auto outer = from("rosa@reporter.example");
  CHECK(addressee_of(outer, own).why_not == "dmarc-not-passed");
  outer.authentication = {{"mx.zonnedam.example", 0, "pass", "reporter.example"}};
  CHECK(addressee_of(outer, own).address);
  outer.authentication = {{"mx.zonnedam.example", 0, "", ""}, {"mx.zonnedam.example", 1, "pass", "reporter.example"}};
  CHECK_FALSE(addressee_of(outer, own).address);
  outer.authentication = {{"mx.evil.example", 0, "pass", "reporter.example"}};
  CHECK_FALSE(addressee_of(outer, own).address);
}
