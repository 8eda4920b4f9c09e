#include "desk/templates.hpp"

#include "../core/scratch.hpp"
#include "core/text.hpp"

#include <catch2/catch.hpp>

#include <fmt/core.h>

using namespace cvdesk;
using namespace cvdesk::desk;
using testing::Scratch;

namespace {

Settings with_folder(const Scratch& scratch) {
  Settings settings;
  settings.organisation.languages = {"en"};
  settings.acknowledge.templates = scratch.path();
  return settings;
}

// The text that comes of this template of our own.
Result<Rendered> rendered(std::string_view text, const Fields& fields = {}) {
  const Scratch scratch;
  scratch.write("en/acknowledgement.txt", text);
  const auto templates = Templates::load(with_folder(scratch));
  if (!templates) return tl::unexpected(templates.error());
  return templates->render("en", "acknowledgement", fields);
}

// Without the empty lines at its end.
std::string body(const Rendered& text) { return std::string(trim(text.text)) + "\n"; }

const Fields all_fields = {{"reference", "CVD-2026-0001"}, {"organisation", "Gemeente Zonnedam"}, {"received", "2026-11-22"},
                           {"assess_by", "2026-11-25"},    {"resolve_by", "2027-01-21"},          {"missing", "the address"},
                           {"fingerprint", "0123 4567"},   {"address", "cvd@zonnedam.example"}};

} // namespace

TEST_CASE("every built-in template has a subject, a text and all its fields filled in") {
  Settings settings;
  settings.organisation.languages = {"nl", "en", "de", "fr"};
  const auto templates = Templates::load(settings);
  REQUIRE(templates);
  for (const auto& language : settings.organisation.languages) {
    for (const std::string_view name : {"acknowledgement", "acknowledgement-encrypted"}) {
      const auto text = templates->render(language, name, all_fields);
      CAPTURE(language, name);
      REQUIRE(text);
      CHECK_FALSE(text->subject.empty());
      CHECK(text->text.find('{') == std::string::npos);
      CHECK(text->text.find("Gemeente Zonnedam") != std::string::npos);
      CHECK(text->text.find("0123 4567") != std::string::npos);
      const bool personal = name == "acknowledgement";
      CHECK((text->subject.find("[CVD-2026-0001]") != std::string::npos) == personal);
      CHECK((text->text.find("2026-11-25") != std::string::npos) == personal);
      CHECK((text->text.find("the address") != std::string::npos) == personal);
    }
  }
}

TEST_CASE("the fixed text is the same whatever the mail holds") {
  Settings settings;
  settings.organisation.languages = {"nl", "en", "de", "fr"};
  const auto templates = Templates::load(settings);
  REQUIRE(templates);
  Fields fixed = {{"organisation", "O"}, {"fingerprint", "F"}, {"address", "A"}};
  Fields personal = fixed;
  for (const auto* name : {"reference", "received", "assess_by", "resolve_by", "missing"}) personal[name] = "SECRET";
  for (const auto& language : settings.organisation.languages) {
    const auto a = templates->render(language, "acknowledgement-encrypted", fixed);
    const auto b = templates->render(language, "acknowledgement-encrypted", personal);
    REQUIRE(a);
    REQUIRE(b);
    CHECK(a->text == b->text);
    CHECK(a->subject == b->subject);
  }
}

TEST_CASE("a field is replaced, a doubled brace stays one, and a value is not read for fields again") {
  const auto text = rendered("Subject: x\n\n{reference}: {{reference} {address}}\n", {{"reference", "{address}"}, {"address", "a"}});
  REQUIRE(text);
  CHECK(body(*text) == "{address}: {reference} a}\n");
}

TEST_CASE("a line that holds nothing but empty fields disappears, and one empty line is enough") {
  const auto text = rendered("Subject: x\n\none\n\n  {missing} {reference}\n\ntwo {missing}\n", {});
  REQUIRE(text);
  CHECK(body(*text) == "one\n\ntwo\n");
}

TEST_CASE("a text ends with one line end") {
  CHECK(rendered("Subject: x\n\nend\n")->text == "end\n");
  CHECK(rendered("Subject: x\n\nend")->text == "end\n");
  CHECK(rendered("Subject: x\n\nend\n\n\n")->text == "end\n");
}

TEST_CASE("a value of several lines keeps them") {
  const auto text = rendered("Subject: x\n\n{missing}\nend\n", {{"missing", "- a\n- b"}});
  REQUIRE(text);
  CHECK(body(*text) == "- a\n- b\nend\n");
}

TEST_CASE("a subject stays one line") {
  const auto text = rendered("Subject: {reference} we know\n\ntext\n", {{"reference", "a\r\nBcc: victim@x.example"}});
  REQUIRE(text);
  CHECK(text->subject.find('\n') == std::string::npos);
  CHECK(text->subject.find('\r') == std::string::npos);
}

TEST_CASE("a template with CRLF line ends gives the same text") {
  const auto unix_ends = rendered("Subject: x\n\none\n{missing}\ntwo\n");
  const auto dos_ends = rendered("Subject: x\r\n\r\none\r\n{missing}\r\ntwo\r\n");
  REQUIRE(unix_ends);
  REQUIRE(dos_ends);
  CHECK(dos_ends->subject == unix_ends->subject);
  CHECK(dos_ends->text == unix_ends->text);
}

TEST_CASE("an unknown field, an open brace or a missing subject is found when the templates are loaded") {
  for (const std::string_view bad : {"Subject: x\n\n{reporter}\n", "Subject: {title}\n\ntext\n", "Subject: x\n\n{reference\n",
                                     "Subject: x\n\n{}\n", "Subject: x\n\n{ reference }\n", "Dear reporter,\n\ntext\n", "Subject: x\ntext\n", "", "Subject: x"}) {
    const auto text = rendered(bad);
    CAPTURE(bad);
    REQUIRE_FALSE(text);
    CHECK(text.error().kind == ErrorKind::configuration);
    CHECK(text.error().what.find("en/acknowledgement.txt") != std::string::npos);
  }
}

TEST_CASE("the fixed text may not name what depends on the mail") {
  for (const std::string_view field : {"reference", "received", "assess_by", "resolve_by", "missing"}) {
    const Scratch scratch;
    scratch.write("en/acknowledgement-encrypted.txt", fmt::format("Subject: x\n\n{{{}}}\n", field));
    CAPTURE(field);
    CHECK_FALSE(Templates::load(with_folder(scratch)));
  }
}

TEST_CASE("a folder of one's own overrides what is in it, and only that") {
  const Scratch scratch;
  scratch.write("en/acknowledgement.txt", "Subject: ours\n\nour words\n");
  scratch.write("nl/acknowledgement.txt", "{broken, but not asked for");
  const auto templates = Templates::load(with_folder(scratch));
  REQUIRE(templates);
  CHECK(body(*templates->render("en", "acknowledgement", {})) == "our words\n");
  CHECK(templates->render("en", "acknowledgement-encrypted", {})->text.find("encrypt") != std::string::npos);
  CHECK_FALSE(templates->render("nl", "acknowledgement", {}));
  CHECK_FALSE(templates->render("en", "farewell", {}));
}

TEST_CASE("a template that cannot be read, or is far too long, is an error at the start") {
  const Scratch scratch;
  std::filesystem::create_directories(scratch / "en/acknowledgement.txt");
  CHECK_FALSE(Templates::load(with_folder(scratch)));
  const Scratch other;
  other.write("en/acknowledgement.txt", "Subject: x\n\n" + std::string(100'000, 'x'));
  CHECK_FALSE(Templates::load(with_folder(other)));
}
