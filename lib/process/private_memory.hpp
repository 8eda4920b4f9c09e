// Decrypted text lives in our processes: what keeps it in their memory.
#pragma once

namespace cvdesk::process {

// No core dump of this process and those it starts, no debugger of another process of the same user. The limit
// outlasts exec; what is started by exec has to see to the rest by itself.
void keep_memory_private();

} // namespace cvdesk::process
