// Copies of protected header fields in the text, for mail programs that don't know protected headers: they
// are no words of the sender's (RFC 9788, 4.5.3; earlier, parts of their own).
#pragma once

#include <string>

namespace cvdesk::reader {

// The fields in front of the first empty line.
void drop_legacy_display(std::string& text);
// <div class="header-protection-legacy-display">…</div>
void drop_legacy_display_from_html(std::string& html);

} // namespace cvdesk::reader
