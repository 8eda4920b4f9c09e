#include "desk/answer_task.hpp"

#include <catch2/catch.hpp>

using namespace cvdesk;
using namespace cvdesk::desk;

namespace {

AnswerTask sample() {
  using namespace std::string_literals;
  AnswerTask task;
  task.recipient = "rosa@reporter.example";
  task.message_id = "1@zonnedam.example";
  task.in_reply_to = "caf\xE9@x"s;
  task.references = {"a@x", "b@x"};
  task.language = "nl";
  task.template_name = "acknowledgement";
  task.fields = {{"reference", "CVD-2026-0001"}, {"missing", "- één\n- twee"}};
  task.certificate = "\x99\x00\xFF\n"s;
  task.fallback_template = "acknowledgement-encrypted";
  task.automatic = false;
  return task;
}

} // namespace

TEST_CASE("what is owed survives being packed, bytes that are no UTF-8 included") {
  const auto task = sample();
  const auto back = unpack_answer_task(pack(task));
  REQUIRE(back);
  CHECK(back->recipient == task.recipient);
  CHECK(back->envelope_sender.empty());
  CHECK(back->message_id == task.message_id);
  CHECK(back->in_reply_to == task.in_reply_to);
  CHECK(back->references == task.references);
  CHECK(back->language == task.language);
  CHECK(back->template_name == task.template_name);
  CHECK(back->fields == task.fields);
  CHECK(back->certificate == task.certificate);
  CHECK(back->fallback_template == task.fallback_template);
  CHECK_FALSE(back->automatic);
}

TEST_CASE("damaged bytes are an error, never a crash or another task") {
  const std::string packed = pack(sample());
  for (std::size_t size = 0; size < packed.size(); ++size) {
    const auto bad = unpack_answer_task(packed.substr(0, size));
    if (bad) FAIL("cut at " << size);
    CHECK(bad.error().kind == ErrorKind::corrupt);
  }
  CHECK_FALSE(unpack_answer_task(packed + "x"));
  CHECK_FALSE(unpack_answer_task(std::string(1000, '\x9F'))); // lists within lists
  CHECK_FALSE(unpack_answer_task("\xF6"));                    // null
  CHECK_FALSE(unpack_answer_task("\xA0"));                    // an empty map
  CHECK_FALSE(unpack_answer_task("\x5B\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF")); // a byte string of 2^64-1
  for (std::size_t at = 0; at < packed.size(); ++at) {
    std::string bad = packed;
    bad[at] = static_cast<char>(bad[at] ^ 0x20);
    (void)unpack_answer_task(bad); // any answer, but an answer
  }
}
