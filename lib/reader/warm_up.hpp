#pragma once

#include "report/read.hpp"

namespace cvdesk::reader {

// Inspects some mails, so that whatever is loaded or built at first use (patterns' automata, character sets,
// telephone numbers' plans) is there in the process from which all readers are forked.
void warm_up(const report::Vantage& vantage);

} // namespace cvdesk::reader
