// What the test programs for IMAP and SMTP share: options of the server, how results and errors are printed.
#pragma once

#include "core/settings.hpp"
#include "core/stop.hpp"
#include "net/access.hpp"

#include <fmt/core.h>

#include <chrono>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

namespace cvdesk::probe {

// --url --user --password-file --ca --clear (no TLS) --token-url --client-id --client-secret-file
// --refresh-token-file --stop-after MS --fresh; what follows is left in `commands`.
struct Options {
  ServerAccess server;
  int stop_after = -1;
  net::Freshness freshness = net::Freshness::cached;
  std::vector<std::string> commands;
};

inline Options read_options(int count, char** arguments) {
  Options options;
  OAuth2Settings oauth2;
  for (int i = 1; i < count; ++i) {
    const std::string name = arguments[i];
    const auto value = [&]() -> std::string { return i + 1 < count ? arguments[++i] : ""; };
    if (name == "--url") options.server.url = value();
    else if (name == "--user") options.server.user = value();
    else if (name == "--password-file") options.server.password_file = value();
    else if (name == "--ca") options.server.ca_file = value();
    else if (name == "--clear") options.server.tls = Tls::none;
    else if (name == "--token-url") oauth2.token_url = value();
    else if (name == "--client-id") oauth2.client_id = value();
    else if (name == "--client-secret-file") oauth2.client_secret_file = value();
    else if (name == "--refresh-token-file") oauth2.refresh_token_file = value();
    else if (name == "--stop-after") options.stop_after = std::atoi(value().c_str());
    else if (name == "--fresh") options.freshness = net::Freshness::fresh;
    else options.commands.push_back(name);
  }
  if (!oauth2.token_url.empty()) options.server.oauth2 = oauth2;
  return options;
}

inline const char* name_of(ErrorKind kind) {
  static constexpr const char* names[] = {"failed", "usage", "not_found", "configuration", "refused",
                                          "io", "network", "tls", "authentication", "protocol",
                                          "too_big", "corrupt", "stopped"};
  return names[static_cast<std::size_t>(kind)];
}

inline void print(const Error& error) {
  fmt::print("error {} {} {}\n", name_of(error.kind), error.temporary ? "temporary" : "permanent", error.what);
  if (!error.hint.empty()) fmt::print("hint {}\n", error.hint);
}

// Requests a stop after so many milliseconds; never when negative.
class StopLater {
public:
  StopLater(StopToken& stop, int milliseconds) {
    if (milliseconds < 0) return;
    thread_ = std::jthread([&stop, milliseconds](const std::stop_token& over) {
      const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(milliseconds);
      while (!over.stop_requested() && std::chrono::steady_clock::now() < end) {
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
      }
      if (!over.stop_requested()) stop.request();
    });
  }

private:
  std::jthread thread_;
};

} // namespace cvdesk::probe
