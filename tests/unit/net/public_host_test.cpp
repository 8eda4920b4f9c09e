#include "net/public_get.hpp"
#include "net/public_host.hpp"

#include <catch2/catch.hpp>

#include <cstring>
#include <string>

#include <arpa/inet.h>
#include <netinet/in.h>

using namespace cvdesk::net;

namespace {

bool is_public(const std::string& text) {
  sockaddr_storage storage{};
  sockaddr_in four{};
  sockaddr_in6 six{};
  if (::inet_pton(AF_INET, text.c_str(), &four.sin_addr) == 1) {
    four.sin_family = AF_INET;
    std::memcpy(&storage, &four, sizeof four);
  } else {
    REQUIRE(::inet_pton(AF_INET6, text.c_str(), &six.sin6_addr) == 1);
    six.sin6_family = AF_INET6;
    std::memcpy(&storage, &six, sizeof six);
  }
  return is_public_address(reinterpret_cast<const sockaddr&>(storage));
}

} // namespace

TEST_CASE("Addresses of the Internet are public, to the last one before a block that is not") {
  for (const std::string address :
       {"1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.1", "169.253.255.255",
        "172.15.255.255", "172.32.0.0", "192.0.1.1", "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0",
        "223.255.255.255", "2606:4700::1111", "2001:200::1", "2a00::1", "64:ff9b::1.1.1.1", "2002:101:101::1"}) {
    INFO(address);
    CHECK(is_public(address));
  }
}

TEST_CASE("No address of this machine, of a network of ours or of no network at all is public") {
  for (const std::string address :
       {"0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "127.0.0.1", "127.255.255.254", "169.254.169.254", "172.16.0.1",
        "172.31.255.255", "192.0.0.1", "192.0.2.1", "192.168.1.1", "198.18.0.1", "198.19.255.255", "198.51.100.7", "203.0.113.9", "224.0.0.1",
        "240.0.0.1", "255.255.255.255", "::", "::1", "::ffff:127.0.0.1", "::ffff:1.1.1.1", "::127.0.0.1", "fe80::1", "fec0::1", "fc00::1",
        "fd12:3456::1", "ff02::1", "2001::1", "2001:db8::1", "3fff::1", "64:ff9b::10.0.0.1", "64:ff9b::127.0.0.1", "64:ff9b:1::1",
        "2002:7f00:1::1", "2002:a00:1::1", "100::1", "4000::1"}) {
    INFO(address);
    CHECK_FALSE(is_public(address));
  }
  sockaddr other{};
  other.sa_family = AF_UNIX;
  CHECK_FALSE(is_public_address(other));
}

TEST_CASE("A public name has labels and no meaning of its own here") {
  for (const std::string name : {"wilgen.example", "OPENPGPKEY.a-b.example.org", "xn--bcher-kva.example", "1.example", "a.b.c.d.e.nl"}) {
    INFO(name);
    CHECK(is_public_name(name));
  }
  const std::string label(64, 'a');
  for (const std::string& name :
       {std::string(), std::string("example"), std::string("localhost"), std::string("a.localhost"), std::string("printer.local"),
        std::string("db.internal"), std::string("x.lan"), std::string("hidden.onion"), std::string("1.0.0.127.in-addr.arpa"),
        std::string("127.0.0.1"), std::string("127.1"), std::string("0x7f.1"), std::string("a.0x7f"), std::string("[::1]"),
        std::string("a..example"), std::string(".example"), std::string("a.example."), std::string("-a.example"), std::string("a_b.example"),
        std::string("a.example:8443"), std::string("a.example/x"), std::string("a@b.example"), std::string("b\xc3\xbc.example"),
        std::string("a\0.example", 10), label + ".example", std::string(250, 'a') + ".example"}) {
    INFO(name);
    CHECK_FALSE(is_public_name(name));
  }
}

TEST_CASE("Nothing but https on its own port to a public name is tried") {
  const cvdesk::StopToken stop;
  for (const std::string url : {"http://a.example/", "https://a.example:8443/", "https://127.0.0.1/", "https://localhost/", "ftp://a.example/",
                                "file:///etc/passwd", "", "https://u:p@a.example/"}) {
    INFO(url);
    CHECK(get_public(url, {}, std::chrono::milliseconds(100), stop).end == PublicAnswer::End::failed);
  }
}
