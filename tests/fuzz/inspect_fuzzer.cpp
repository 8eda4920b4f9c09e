// Any mail, with whatever its protected parts might open to → an inspection that survives being written down.
#include "expect.hpp"
#include "reader/inspect.hpp"

#include <cstdint>

using namespace cvdesk;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const report::Vantage vantage{{"cvd@zonnedam.example"}, {}, "NL", {"zonnedam.example"}, {}};
  const std::string_view raw(reinterpret_cast<const char*>(data), size);
  std::vector<reader::Opening> openings;
  reader::Task task{raw, &openings, &vantage, {}};
  for (int round = 0; round < 3; ++round) {
    const auto reading = reader::inspect(task);
    if (!reading) return 0;
    EXPECT(reading->pending.size() <= 16);
    expect_clean(reading->inspection.text, Lines::keep);
    EXPECT(reader::inspection_from_json(reader::to_json(reading->inspection)).has_value());
    if (reading->pending.empty()) return 0;
    for (const auto& pending : reading->pending) {
      reader::Opening opening{pending.path, {}};
      opening.opened.verdict.decryption = openpgp::Decryption::ok;
      opening.opened.cleartext = std::string(raw.substr(size / 2));
      openings.push_back(std::move(opening));
    }
  }
  return 0;
}
