#include "core/text.hpp"
#include "mime/header_text.hpp"

#include <catch2/catch.hpp>

using namespace cvdesk;
using namespace cvdesk::mime;
using namespace std::string_literals;

TEST_CASE("encoded words are decoded, in either encoding and any case") {
  CHECK(decode_unstructured("=?utf-8?Q?caf=C3=A9_noir?=") == "café noir");
  CHECK(decode_unstructured("=?UTF-8?b?Y2Fmw6k=?=") == "café");
  CHECK(decode_unstructured("=?iso-8859-1?q?caf=E9?=") == "café");
  CHECK(decode_unstructured("Re: =?utf-8?q?na=C3=AFef?= bug") == "Re: naïef bug");
  CHECK(decode_unstructured("=?iso-2022-jp?B?GyRCRnxLXBsoQg==?=") == "日本");
}

TEST_CASE("blanks between two encoded words go, others stay") {
  CHECK(decode_unstructured("=?utf-8?q?a?= =?utf-8?q?b?=") == "ab");
  CHECK(decode_unstructured("=?utf-8?q?a?=\r\n =?iso-8859-1?q?b?=") == "ab");
  CHECK(decode_unstructured("=?utf-8?q?a?= b =?utf-8?q?c?=") == "a b c");
  CHECK(decode_unstructured("x =?utf-8?q?a?=") == "x a");
}

TEST_CASE("a character broken across two words is put together") {
  CHECK(decode_unstructured("=?utf-8?q?caf=C3?= =?utf-8?q?=A9?=") == "café");
  CHECK(decode_unstructured("=?utf-8?b?w6nD?= =?utf-8?b?qQ==?=") == "éé");
}

TEST_CASE("encoded words as broken senders write them") {
  CHECK(decode_unstructured("=?utf-8?Q?hello world?=") == "hello world");
  CHECK(decode_unstructured("x=?utf-8?q?y?=z") == "xyz");
  CHECK(decode_unstructured("=?utf-8?q?why?"
                            "?=") == "why?");
  CHECK(decode_unstructured("=?utf-8*en?q?hi?=") == "hi");
  CHECK(decode_unstructured("=?utf-8?b?aGVsbG8?=") == "hello");
  CHECK(decode_unstructured("=?utf-8?q?"
                            "?=") == "");
  CHECK(decode_unstructured("=?no-such-charset?q?caf=E9?=") == "café");
}

TEST_CASE("what only looks like an encoded word stays as it is") {
  for (const auto* text : {"=?utf-8?q?open", "=?utf-8?x?a?=", "=?q?a?=", "=?",
                           "=?"
                           "?q?a?=",
                           "a =?= b", "=?utf-8?q"}) {
    CHECK(decode_unstructured(text) == text);
  }
  CHECK(decode_unstructured("=?utf-8?q?a =?utf-8?q?b?=") == "=?utf-8?q?a b");
}

TEST_CASE("raw bytes in a field are UTF-8 where that is possible, else windows-1252") {
  CHECK(decode_unstructured("café") == "café");
  CHECK(decode_unstructured("caf\xE9 \x80") == "café €");
}

TEST_CASE("nothing that was decoded breaks the line or steers a terminal") {
  CHECK(decode_unstructured("=?utf-8?q?a=0D=0ABcc:_evil=40x=00=1B[2J?=") == "a Bcc: evil@x[2J");
  CHECK(decode_unstructured("a\tb") == "a b");
}

TEST_CASE("decoded text is in normal form C") {
  CHECK(decode_unstructured("=?utf-8?q?e=CC=81?=") == "é");
}

TEST_CASE("every byte sequence gives valid UTF-8") {
  for (int high = 0; high < 256; ++high) {
    for (int low = 0; low < 256; low += 5) {
      const std::string bytes{static_cast<char>(high), static_cast<char>(low)};
      CHECK(is_valid_utf8(decode_unstructured(bytes + "=?big5?q?" + bytes + "?=" + bytes)));
    }
  }
}
