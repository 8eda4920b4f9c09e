#include "core/text.hpp"
#include "reader/inspection.hpp"

#include <catch2/catch.hpp>

using namespace cvdesk;
using namespace cvdesk::reader;

namespace {

Inspection example() {
  Inspection seen;
  seen.outer.from = {{"Rosa \"R\"", "rosa@reporter.example"}};
  seen.outer.return_path = "";
  seen.outer.list = true;
  seen.from = seen.outer.from;
  seen.subject = "Sch\xc3\xb6n \x01";
  seen.date = from_unix(1795000000);
  seen.message_id = "a@b";
  seen.thread = {"1@x", "2@x"};
  seen.any_encrypted = true;
  seen.protection.encrypted = true;
  seen.protection.decryption = openpgp::Decryption::no_key;
  seen.protection.signature = openpgp::SignatureState::expired_key;
  seen.protection.key_origin = KeyOrigin::autocrypt;
  seen.protection.signer = std::string(40, 'A');
  seen.protection.cause = "why";
  seen.protection.key_ids = {"0123456789ABCDEF"};
  seen.text = "text\n";
  seen.facts.kind = report::Kind::undecryptable;
  seen.facts.affected.scope = report::Scope::third_party;
  seen.facts.disclosure.days = 90;
  seen.facts.disclosure.date = from_iso_date("2027-01-14");
  seen.facts.evidence = {{"reporter.phones", "+31", "", 1, 4}, {"reporter.name", "N", "From", 0, 0}};
  seen.attachments = {{1, "a.png", "image/png", 5, std::string(64, 'f'), openpgp::SignatureState::good,
                        std::string(40, 'A')}};
  seen.certificates = {{KeyOrigin::attached, std::string(40, 'B'), {"a@b"}, std::string("\0\xff\x99", 3)}};
  seen.defects = {"x"};
  return seen;
}

} // namespace

TEST_CASE("An inspection survives the way through JSON unchanged") {
  const std::string json = to_json(example());
  const auto back = inspection_from_json(json);
  if (!back) FAIL(back.error().what);
  CHECK(to_json(*back) == json);
  CHECK(back->facts.disclosure.days == 90);
  CHECK(back->facts.disclosure.date == example().facts.disclosure.date);
  CHECK(back->certificates.front().blob == example().certificates.front().blob);
  CHECK(back->outer.return_path == "");
  CHECK(back->protection.decryption == openpgp::Decryption::no_key);
  CHECK(back->subject == example().subject);
  const auto empty = inspection_from_json(to_json(Inspection{}));
  REQUIRE(empty);
  CHECK_FALSE(empty->date);
  CHECK_FALSE(empty->outer.return_path);
}

TEST_CASE("Openings survive the way through JSON with every byte of the cleartext") {
  std::string bytes;
  for (int i = 0; i < 256; ++i)
    bytes.push_back(static_cast<char>(i));
  Opening opening;
  opening.path = "1.2/0>1";
  opening.opened.cleartext = bytes;
  opening.opened.verdict.decryption = openpgp::Decryption::ok;
  opening.opened.verdict.signature = {openpgp::SignatureState::good, std::string(40, 'A'), {"a@b"}};
  opening.opened.verdict.key_ids = {"0123456789ABCDEF"};
  const auto back = openings_from_json(to_json(std::vector{opening}));
  REQUIRE(back);
  REQUIRE(back->size() == 1);
  CHECK(back->front().path == opening.path);
  CHECK(back->front().opened.cleartext == bytes);
  CHECK(back->front().opened.verdict.signature == opening.opened.verdict.signature);
  CHECK(openings_from_json("[]")->empty());
}

TEST_CASE("JSON of another shape is corrupt") {
  const std::string json = to_json(example());
  const auto corrupt = [](const std::string& text) {
    const auto back = inspection_from_json(text);
    return !back && back.error().kind == ErrorKind::corrupt;
  };
  const auto with = [&json](std::string_view old, std::string_view replacement) {
    std::string changed = json;
    REQUIRE(changed.find(old) != std::string::npos);
    return changed.replace(changed.find(old), old.size(), replacement);
  };
  CHECK_FALSE(corrupt(json));
  CHECK(corrupt(""));
  CHECK(corrupt("{}"));
  CHECK(corrupt("[]"));
  CHECK(corrupt(json.substr(0, json.size() - 1)));
  CHECK(corrupt(with("\"smime\":false", "\"smime\":0")));
  CHECK(corrupt(with("\"smime\":false", "\"smime\":false,\"more\":1")));
  CHECK(corrupt(with("\"no-key\"", "\"yes\"")));
  CHECK(corrupt(with("\"subject\":", "\"subjects\":")));
  CHECK(corrupt(with("\"size\":5", "\"size\":-5")));
  CHECK(corrupt(with("\"blob\":\"", "\"blob\":\"*")));
  CHECK(corrupt(std::string(100000, '[')));
  CHECK_FALSE(openings_from_json("{}"));
  CHECK_FALSE(openings_from_json("[{}]"));
}
