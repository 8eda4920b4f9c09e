#include "process/message_socket.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace cvdesk::process {

namespace {

Result<void> write_all(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0)
      return fail_temporarily(ErrorKind::io, "no memory for a message: " + errno_text());
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

} // namespace

Payload::Payload(Payload&& other) noexcept
    : at_(std::exchange(other.at_, nullptr)), size_(std::exchange(other.size_, 0)) {}

Payload& Payload::operator=(Payload&& other) noexcept {
  std::swap(at_, other.at_);
  std::swap(size_, other.size_);
  return *this;
}

Payload::~Payload() {
  if (at_ != nullptr) ::munmap(at_, size_);
}

void give_back(std::string_view bytes) {
  constexpr std::uintptr_t page = 4096;
  const auto begin = (reinterpret_cast<std::uintptr_t>(bytes.data()) + page - 1) / page * page;
  const auto end = reinterpret_cast<std::uintptr_t>(bytes.data() + bytes.size()) / page * page;
  if (end > begin) ::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
}

Result<UniqueFd> create_message_file() {
  UniqueFd file(::memfd_create("cvdesk-message", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!file) return fail_temporarily(ErrorKind::io, "no memory file: " + errno_text());
  return file;
}

Result<void> fill(const UniqueFd& file, std::span<const std::string_view> parts) {
  for (const auto part : parts)
    TRY(write_all(file.get(), part));
  return {};
}

Result<void> send_packet(int socket, const Head& head, int descriptor) {
  Head copy = head;
  iovec part{&copy, sizeof copy};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  if (descriptor >= 0) {
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    cmsghdr* rights = CMSG_FIRSTHDR(&message);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(sizeof(int));
    std::memcpy(CMSG_DATA(rights), &descriptor, sizeof descriptor);
  }
  ssize_t sent = 0;
  do {
    sent = ::sendmsg(socket, &message, MSG_NOSIGNAL);
  } while (sent < 0 && errno == EINTR);
  if (sent < 0) return fail_temporarily(ErrorKind::failed, "the other process is gone: " + errno_text());
  return {};
}

std::optional<Packet> receive_packet(int socket, bool wait) {
  Packet packet;
  iovec part{&packet.head, sizeof packet.head};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = CMSG_LEN(sizeof(int)); // exactly one descriptor: the kernel closes what is beyond it
  ssize_t got = 0;
  do {
    got = ::recvmsg(socket, &message, MSG_CMSG_CLOEXEC | (wait ? 0 : MSG_DONTWAIT));
  } while (got < 0 && errno == EINTR);
  if (got <= 0) return {};
  if (const cmsghdr* rights = CMSG_FIRSTHDR(&message);
      rights != nullptr && rights->cmsg_level == SOL_SOCKET && rights->cmsg_type == SCM_RIGHTS) {
    int fd = -1;
    std::memcpy(&fd, CMSG_DATA(rights), sizeof fd);
    packet.descriptor = UniqueFd(fd);
  }
  packet.whole = got == static_cast<ssize_t>(sizeof packet.head);
  return packet;
}

// Whoever sent it may still hold the file. Once it is sealed, nobody can shorten it (which would end us with
// SIGBUS) or change what has been checked; sealing fails as long as anybody has it mapped for writing.
Result<Payload> payload_of(const Packet& packet, std::size_t limit) {
  const int file = packet.descriptor.get();
  if (!packet.whole || ::fcntl(file, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) != 0)
    return fail(ErrorKind::corrupt, "no message of ours");
  const off_t end = ::lseek(file, 0, SEEK_END);
  if (end < 0) return fail(ErrorKind::corrupt, "no message of ours");
  const auto size = static_cast<std::size_t>(end);
  if (size > limit) return fail(ErrorKind::corrupt, "a message larger than agreed");
  if (size == 0) return Payload();
  void* at = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file, 0);
  if (at == MAP_FAILED) return fail_temporarily(ErrorKind::io, "no memory for a message: " + errno_text());
  return Payload(at, size);
}

} // namespace cvdesk::process
