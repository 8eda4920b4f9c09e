// Any bytes → safe text of bounded size.
#include "expect.hpp"
#include "mime/html.hpp"

#include <cstdint>

using namespace cvdesk::mime;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto html = html_to_text({reinterpret_cast<const char*>(data), size});
  EXPECT(html.text.size() <= 40 * size + 100);
  EXPECT(html.links.size() <= 2000);
  expect_clean(html.text, cvdesk::Lines::keep);
  for (const auto& link : html.links) {
    expect_clean(link.target, cvdesk::Lines::fold);
    expect_clean(link.text, cvdesk::Lines::fold);
    EXPECT(!link.target.empty() && link.target.find_first_of("<>\" \n") == std::string::npos);
  }
  return 0;
}
