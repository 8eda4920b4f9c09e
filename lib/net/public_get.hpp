// One GET from a host that a stranger named.
#pragma once

#include "core/stop.hpp"

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

namespace cvdesk::net {

struct PublicAccess {
  std::optional<std::filesystem::path> ca_file; // instead of the system's certificates
  std::string gateway; // "HOST:PORT" that every connection goes to; empty: straight to the host
};

struct PublicAnswer {
  enum class End {
    answered,  // `status` and `body` are the server's
    no_server, // no such host, nobody listens there, or not under that name
    failed,    // too slow, too much, broken off, stopped
  };
  End end = End::failed;
  long status = 0;
  std::string body; // at most 64 KiB
};

// https only, with a valid certificate for the name; port 443; no redirect, proxy, cookie or compression; never to
// an address that is not public, whatever the name resolves to (the gateway excepted: the operator chose it). Ends
// within `time`. What went wrong is not said in words: they would name the host, which is somebody's address.
PublicAnswer get_public(const std::string& url, const PublicAccess& access, std::chrono::milliseconds time, const StopToken& stop);

} // namespace cvdesk::net
