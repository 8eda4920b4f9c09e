// `cvdesk doctor`: looks at everything a desk depends on, and says what would mend what is wrong.
#pragma once

#include "core/settings.hpp"
#include "core/stop.hpp"

#include <functional>
#include <string>

namespace cvdesk::desk {

struct Finding {
  enum class Grade { ok, warning, failure };
  Grade grade = Grade::ok;
  std::string subject; // "configuration", "store", "mailbox cvd", ...
  std::string text;
  std::string remedy; // empty: none needed, or none known
};

// Each finding as soon as it is known. True when none was a failure.
bool examine(const Settings& settings, const std::function<void(const Finding&)>& tell, StopToken& stop);

} // namespace cvdesk::desk
