#include "process/private_memory.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>

namespace cvdesk::process {

void keep_memory_private() {
  ::prctl(PR_SET_DUMPABLE, 0);
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
}

} // namespace cvdesk::process
