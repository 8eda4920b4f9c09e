#include "reader/warm_up.hpp"

#include "reader/exchange.hpp"
#include "reader/inspect.hpp"

#include <algorithm>
#include <string_view>

namespace cvdesk::reader {

extern const char* const warm_up_txt; // data/warm_up.txt

void warm_up(const report::Vantage& vantage) {
  constexpr std::string_view separator = "%%\n";
  std::string_view rest = warm_up_txt;
  while (!rest.empty()) {
    Task task;
    task.raw = rest.substr(0, rest.find(separator));
    task.vantage = &vantage;
    (void)pack_answer(inspect(task));
    rest.remove_prefix(std::min(rest.size(), task.raw.size() + separator.size()));
  }
}

} // namespace cvdesk::reader
