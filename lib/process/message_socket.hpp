// Messages of any size over a SOCK_SEQPACKET socket: a small head, the bytes in a memory file beside it, which
// is sealed and mapped where it arrives. So no half message can ever be read, none is copied, and neither side
// can change it under the other's eyes.
#pragma once

#include "core/file.hpp"
#include "core/result.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace cvdesk::process {

struct Head {
  std::uint64_t number = 0;
  std::int64_t notice = 0;
};

// A head and at most one descriptor.
struct Packet {
  Head head;
  UniqueFd descriptor;
  bool whole = false; // of the right size
};

// `descriptor` -1: none. An error when the other side is gone.
Result<void> send_packet(int socket, const Head& head, int descriptor = -1);

// Waits for the next one; unset at the end of the connection. `wait` false: unset when none is there.
std::optional<Packet> receive_packet(int socket, bool wait);

// The bytes of a received message, as long as this object lives.
class Payload {
public:
  Payload() = default;
  Payload(void* at, std::size_t size) : at_(at), size_(size) {}
  Payload(Payload&& other) noexcept;
  Payload& operator=(Payload&& other) noexcept;
  Payload(const Payload&) = delete;
  Payload& operator=(const Payload&) = delete;
  ~Payload();
  std::string_view view() const { return {static_cast<const char*>(at_), size_}; }

private:
  void* at_ = nullptr;
  std::size_t size_ = 0;
};

// Gives the memory of these bytes of a payload back; they are there again when they are read again.
void give_back(std::string_view bytes);

// The file for a message to be sent.
Result<UniqueFd> create_message_file();

// Writes the parts one after the other into the file, which is empty. It is sent as a packet's descriptor.
Result<void> fill(const UniqueFd& file, std::span<const std::string_view> parts);

// What came with the packet. corrupt: no memory file, one that its sender can still change, or more than
// `limit` bytes.
Result<Payload> payload_of(const Packet& packet, std::size_t limit);

} // namespace cvdesk::process
