// Drives smtp::submit from a test: smtp_probe OPTIONS check | submit SENDER RECIPIENTS FILE (SENDER - for <>,
// RECIPIENTS with commas between) | credentials (prints the secret: for tests of tokens) | post URL.
#include "smtp/submit.hpp"
#include "probe.hpp"

#include "core/file.hpp"
#include "core/text.hpp"

namespace {

using namespace cvdesk;

int finish(const Result<void>& result) {
  if (!result) probe::print(result.error());
  else fmt::print("ok\n");
  return result ? 0 : 1;
}

int submit(const probe::Options& options, const net::Credentials& credentials, StopToken& stop) {
  smtp::Envelope envelope;
  if (options.commands[1] != "-") envelope.sender = options.commands[1];
  for (const auto recipient : split(options.commands[2], ',')) {
    envelope.recipients.emplace_back(recipient);
  }
  const auto mail = read_file(options.commands[3], 100u << 20);
  if (!mail) return finish(tl::unexpected(mail.error()));
  const auto sent = smtp::submit(options.server, credentials, envelope, *mail, stop);
  if (sent) {
    fmt::print("ok\n");
    return 0;
  }
  fmt::print("refusal {} {}\n", sent.error().reply, sent.error().sender_refused ? "sender" : "-");
  probe::print(sent.error().error);
  return 1;
}

} // namespace

int main(int count, char** arguments) {
  net::initialise();
  const auto options = probe::read_options(count, arguments);
  if (options.commands.empty()) return 2;
  const std::string& verb = options.commands.front();
  if (verb == "post") return finish(net::post_json(options.commands.at(1), R"({"text":"x"})"));
  StopToken stop;
  const probe::StopLater later(stop, options.stop_after);
  auto credentials = net::credentials_for(options.server, options.freshness);
  if (!credentials) return finish(tl::unexpected(credentials.error()));
  if (verb == "credentials") {
    // Twice, so that a test sees what the cache does; the secret of a throwaway server is none.
    const auto again = net::credentials_for(options.server, options.freshness);
    fmt::print("secret {}\n", credentials->secret.reveal());
    if (again) fmt::print("secret {}\n", again->secret.reveal());
    return again ? 0 : 1;
  }
  if (verb == "check") return finish(smtp::check(options.server, *credentials, stop));
  if (verb == "submit" && options.commands.size() == 4) return submit(options, *credentials, stop);
  return 2;
}
