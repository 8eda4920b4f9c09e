// Messages of any size over a SOCK_SEQPACKET socket: a small head, the bytes in a memory file beside it.
#pragma once

#include "core/file.hpp"
#include "core/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cvdesk::openpgp {

struct MessageHead {
  std::uint64_t sequence = 0; // 0: a notice of the keeper
  std::int64_t notice = 0;
};

struct Received {
  MessageHead head;
  std::string bytes;
};

Result<void> send_message(int socket, const MessageHead& head, std::string_view bytes);

// Waits for the next one; unset at the end of the connection. `wait` false: unset when none is there.
std::optional<Received> receive_message(int socket, bool wait);

} // namespace cvdesk::openpgp
