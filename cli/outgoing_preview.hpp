// What goes out, or would go out: for --preview and after sending.
#pragma once

#include "cli/facts_json.hpp"
#include "desk/outgoing.hpp"

#include <string>
#include <vector>

namespace cvdesk::cli {

// Whom it goes to, how it is protected, which subject is readable outside, and every word of it.
void print_outgoing(const desk::Composed& composed, const std::vector<std::string>& remarks);
// `id`: in the outbox; unset in a preview.
Json outgoing_json(const desk::Composed& composed, std::optional<store::Id> id, const std::vector<std::string>& remarks);

// "to roos@wilgen.example, signed and encrypted (outbox 7)"
std::string outgoing_in_a_line(const desk::Composed& composed, store::Id id);

} // namespace cvdesk::cli
