// CMS as S/MIME wraps mail in it, byte by byte (RFC 5652, X.690).
#include "reader/cms.hpp"

#include <catch2/catch.hpp>

using cvdesk::reader::Cms;
using cvdesk::reader::read_cms;

namespace {

std::string element(char tag, const std::string& content) {
  std::string out(1, tag);
  if (content.size() < 128) return out + static_cast<char>(content.size()) + content;
  return out + '\x82' + static_cast<char>(content.size() >> 8) + static_cast<char>(content.size() & 0xff) +
         content;
}

std::string indefinite(char tag, const std::string& content) {
  return std::string(1, tag) + '\x80' + content + std::string(2, '\0');
}

const std::string signed_data("\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02", 11);
const std::string enveloped_data("\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03", 11);
const std::string data_type("\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01", 11);
const std::string text = "Content-Type: text/plain\r\n\r\n" + std::string(300, 'x');

std::string wrapped(const std::string& octets) {
  const std::string inside =
      element('\x02', "\x01") + element('\x31', "") + element('\x30', data_type + element('\xa0', octets));
  return element('\x30', signed_data + element('\xa0', element('\x30', inside)));
}

} // namespace

TEST_CASE("What is signed inside CMS is read, whole or in pieces") {
  CHECK(read_cms(wrapped(element('\x04', text))).kind == Cms::Kind::signed_data);
  CHECK(read_cms(wrapped(element('\x04', text))).content == text);
  const std::string pieces = element('\x04', text.substr(0, 100)) + element('\x04', text.substr(100));
  CHECK(read_cms(wrapped(element('\x24', pieces))).content == text);
  CHECK(read_cms(wrapped(indefinite('\x24', pieces))).content == text);
  const std::string streamed = indefinite('\x30', data_type + indefinite('\xa0', indefinite('\x24', pieces)));
  const std::string set = indefinite('\x31', indefinite('\x30', data_type));
  const std::string all = indefinite(
      '\x30', signed_data + indefinite('\xa0', indefinite('\x30', element('\x02', "\x01") + set + streamed)));
  CHECK(read_cms(all).content == text);
}

TEST_CASE("What is encrypted or no CMS at all says so, and has no content") {
  CHECK(read_cms(element('\x30', enveloped_data + element('\xa0', "x"))).kind == Cms::Kind::enveloped);
  CHECK(read_cms("").kind == Cms::Kind::none);
  CHECK(read_cms("hello").kind == Cms::Kind::none);
  CHECK(read_cms(std::string(100, '\x30')).kind == Cms::Kind::none);
}

TEST_CASE("CMS that ends early or lies about its lengths gives no content") {
  const std::string whole = wrapped(element('\x04', text));
  for (std::size_t size = 0; size < whole.size() - 1; ++size)
    CHECK(read_cms(whole.substr(0, size)).content.empty());
  CHECK(read_cms(wrapped(std::string("\x04\x84\xff\xff\xff\xff", 6) + text)).content.empty());
  CHECK(
      read_cms(wrapped(std::string("\x04\x88\xff\xff\xff\xff\xff\xff\xff\xff", 10) + text)).content.empty());
  // Openings without end: linear, and nothing.
  std::string open = signed_data;
  for (int i = 0; i < 100000; ++i)
    open += "\x30\x80";
  CHECK(read_cms(indefinite('\x30', open)).content.empty());
}
