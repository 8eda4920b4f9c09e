#include "mime/header_text.hpp"

#include <catch2/catch.hpp>

namespace cvdesk::mime {
std::ostream& operator<<(std::ostream& out, const Mailbox& mailbox) {
  return out << '{' << mailbox.display_name << '|' << mailbox.address << '}';
}
} // namespace cvdesk::mime

using namespace cvdesk::mime;
using List = std::vector<Mailbox>;

TEST_CASE("mailboxes as RFC 5322 has them") {
  CHECK(parse_mailboxes("a@b.example") == List{{"", "a@b.example"}});
  CHECK(parse_mailboxes("Pete <pete@Silly.EXAMPLE>") == List{{"Pete", "pete@silly.example"}});
  CHECK(parse_mailboxes("\"Doe, \\\"J\\\"\" <j@x>, k@y") == List{{"Doe, \"J\"", "j@x"}, {"", "k@y"}});
  CHECK(parse_mailboxes("A Group:Ed Jones <joe@where.test>,joe@where.test;, z@z") ==
        List{{"Ed Jones", "joe@where.test"}, {"", "joe@where.test"}, {"", "z@z"}});
  CHECK(parse_mailboxes("Undisclosed recipients:;").empty());
  CHECK(parse_mailboxes("undisclosed-recipients: ;").empty());
  CHECK(parse_mailboxes("Pete(A nice \\) chap) <pete(his account)@silly.test(his host)>") ==
        List{{"Pete", "pete@silly.test"}});
  CHECK(parse_mailboxes("john.q.public@example.com (John Public)") ==
        List{{"John Public", "john.q.public@example.com"}});
  CHECK(parse_mailboxes("<john@x> (John)") == List{{"John", "john@x"}});
  CHECK(parse_mailboxes("Mary <@node.test,@b.test:mary@example.net>") == List{{"Mary", "mary@example.net"}});
  CHECK(parse_mailboxes("x@[192.0.2.1]") == List{{"", "x@[192.0.2.1]"}});
  CHECK(parse_mailboxes("john . doe @ example . org") == List{{"", "john.doe@example.org"}});
}

TEST_CASE("local parts are quoted only where they need it") {
  CHECK(parse_mailboxes("\"john\"@x") == List{{"", "john@x"}});
  CHECK(parse_mailboxes("\"john doe\"@x") == List{{"", "\"john doe\"@x"}});
  CHECK(parse_mailboxes("<\"a>b\"@x>") == List{{"", "\"a>b\"@x"}});
  CHECK(parse_mailboxes("\"a@b\"@x") == List{{"", "\"a@b\"@x"}});
  CHECK(parse_mailboxes("john..doe@docomo.example") == List{{"", "\"john..doe\"@docomo.example"}});
}

TEST_CASE("mailboxes as they are found in the wild") {
  CHECK(parse_mailboxes("Doe, John <j@x>") == List{{"Doe, John", "j@x"}});
  CHECK(parse_mailboxes("John Q. Public <j@x>") == List{{"John Q. Public", "j@x"}});
  CHECK(parse_mailboxes("a@b; c@d") == List{{"", "a@b"}, {"", "c@d"}});
  CHECK(parse_mailboxes("a@b, Doe, John <j@x>, c@d") == List{{"", "a@b"}, {"Doe, John", "j@x"}, {"", "c@d"}});
  CHECK(parse_mailboxes("=?utf-8?Q?Doe,_J=C3=B6hn?= <j@x>") == List{{"Doe, Jöhn", "j@x"}});
  CHECK(parse_mailboxes("\"=?utf-8?Q?J=C3=B6hn?=\" <j@x>") == List{{"Jöhn", "j@x"}});
  CHECK(parse_mailboxes("=?utf-8?q?a_(b)_<c>?= <j@x>") == List{{"a (b) <c>", "j@x"}});
  CHECK(parse_mailboxes("'j@x' <j@x>") == List{{"'j@x'", "j@x"}});
  CHECK(parse_mailboxes("mailto:j@x") == List{{"", "j@x"}});
  CHECK(parse_mailboxes("<mailto:j@x>") == List{{"", "j@x"}});
  CHECK(parse_mailboxes("J <<j@x>>") == List{{"J", "j@x"}});
  CHECK(parse_mailboxes("J <j@x") == List{{"J", "j@x"}});
  CHECK(parse_mailboxes("J <j@x.>") == List{{"J", "j@x"}});
  CHECK(parse_mailboxes("\"open <j@x>") == List{{"\"open", "j@x"}});
  CHECK(parse_mailboxes("J\xF6hn <j@x>") == List{{"Jöhn", "j@x"}});
  CHECK(parse_mailboxes("(open <j@x>") == List{{"(open", "j@x"}});
  CHECK(parse_mailboxes(",, a@b ,,") == List{{"", "a@b"}});
}

TEST_CASE("a name is never taken for an address, and no address is made up") {
  CHECK(parse_mailboxes("ceo@corp.example <evil@x>") == List{{"ceo@corp.example", "evil@x"}});
  CHECK(parse_mailboxes("\"ceo@corp.example\" <evil@x>") == List{{"ceo@corp.example", "evil@x"}});
  CHECK(parse_mailboxes("<john doe@x>") == List{{"john doe@x", ""}});
  CHECK(parse_mailboxes("a@b@c") == List{{"a@b@c", ""}});
  CHECK(parse_mailboxes("just a name") == List{{"just a name", ""}});
  CHECK(parse_mailboxes("=?utf-8?b?YUBi?=") == List{{"a@b", ""}});
  CHECK(parse_mailboxes("Name <>") == List{{"Name", ""}});
  CHECK(parse_mailboxes("<>").empty());
  CHECK(parse_mailboxes("x:").empty());
  CHECK(parse_mailboxes("@x") == List{{"@x", ""}});
  CHECK(parse_mailboxes("a@") == List{{"a@", ""}});
}

TEST_CASE("two addresses in one mailbox are both told") {
  CHECK(parse_mailboxes("A <a@x> <b@y>") == List{{"A", "a@x"}, {"", "b@y"}});
  CHECK(parse_mailboxes("<a@x> b@y") == List{{"", "a@x"}, {"", "b@y"}});
}

TEST_CASE("addresses carry no control characters") {
  CHECK(parse_mailboxes("<a\x1b[2J@x>") == List{{"a[2J@x", ""}});
  CHECK(parse_mailboxes("<\"a\r\nRCPT TO:<b\"@x>").front().address.empty());
  CHECK(parse_mailboxes(std::string("<a\0b@x>", 7)).front().address.empty());
}

TEST_CASE("no more than five hundred mailboxes are read") {
  std::string body;
  for (int i = 0; i < 2000; ++i) {
    body += std::to_string(i) + "@x,";
  }
  CHECK(parse_mailboxes(body).size() == 500);
}

TEST_CASE("an address without angle brackets behind a name is one, if it is the only one") {
  CHECK(parse_mailboxes("Ann Smith ann@example.org") ==
        std::vector<Mailbox>{{"Ann Smith", "ann@example.org"}});
  CHECK(parse_mailboxes("\"Smith, Ann\" ann@example.org>, b@x.org") ==
        std::vector<Mailbox>{{"Smith, Ann", "ann@example.org"}, {"", "b@x.org"}});
  CHECK(parse_mailboxes("a@x.org b@y.org")[0].address.empty());
  CHECK(parse_mailboxes("\"a@x.org\" b@y.org") == std::vector<Mailbox>{{"a@x.org b@y.org", ""}});
}
