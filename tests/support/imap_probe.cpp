// Drives imap::Session from a test: imap_probe OPTIONS COMMAND...; one line of output a fact, exit status 1 on
// an error. Commands: select, list:FIRST, fetch:DIR (all that were listed, into DIR/UID), header:UID,
// seen:UIDS, move:FOLDER:UIDS, erase:UIDS (UIDS: 1,2,3), wait:SECONDS, idle:SECONDS, sleep:MS, limit:BYTES
// (before the session is opened, the first).
#include "imap/session.hpp"
#include "probe.hpp"

#include "core/text.hpp"

#include <fstream>
#include <functional>

namespace {

using namespace cvdesk;

std::vector<std::uint32_t> uids_in(const std::string& text) {
  std::vector<std::uint32_t> uids;
  for (const auto word : split(text, ',')) {
    uids.push_back(static_cast<std::uint32_t>(std::stoul(std::string(word))));
  }
  return uids;
}

Result<void> fetch_all(imap::Session& session, const std::vector<imap::Listed>& listed, const std::string& folder) {
  return session.fetch(listed, [&](imap::Fetched fetched) -> Result<void> {
    fmt::print("fetched {} {} {}\n", fetched.uid, fetched.raw.size(), fetched.internal_date);
    if (folder == "fail") return fail(ErrorKind::io, "the taker is full");
    if (folder != "-") std::ofstream(fmt::format("{}/{}", folder, fetched.uid), std::ios::binary) << fetched.raw;
    return {};
  });
}

class Run {
public:
  explicit Run(imap::Session& session) : session_(session) {}

  Result<void> operator()(const std::string& command) {
    const auto colon = command.find(':');
    const std::string verb = command.substr(0, colon);
    const std::string rest = colon == std::string::npos ? "" : command.substr(colon + 1);
    if (verb == "select") return select();
    if (verb == "list") return list(uids_in(rest).front());
    if (verb == "fetch") return fetch_all(session_, listed_, rest);
    if (verb == "header") return header(uids_in(rest).front());
    if (verb == "seen") return session_.mark_seen(uids_in(rest));
    if (verb == "erase") return session_.erase(uids_in(rest));
    if (verb == "move") {
      const auto second = rest.rfind(':');
      return session_.move_to(uids_in(rest.substr(second + 1)), rest.substr(0, second));
    }
    if (verb == "wait" || verb == "idle") return wait(std::stoi(rest), verb == "idle");
    if (verb == "sleep") {
      std::this_thread::sleep_for(std::chrono::milliseconds(std::stoi(rest)));
      return {};
    }
    return fail(ErrorKind::usage, "no such command: " + command);
  }

private:
  Result<void> select() {
    TRY_ASSIGN(const auto selected, session_.select());
    fmt::print("selected {} {}\n", selected.uid_validity, selected.exists);
    return {};
  }
  Result<void> list(std::uint32_t first) {
    TRY_ASSIGN(listed_, session_.list(first));
    for (const auto& one : listed_) {
      fmt::print("listed {} {}\n", one.uid, one.size);
    }
    return {};
  }
  Result<void> header(std::uint32_t uid) {
    TRY_ASSIGN(const auto fetched, session_.fetch_header(uid));
    fmt::print("header {} {}\n", fetched.uid, to_hex(fetched.raw));
    return {};
  }
  Result<void> wait(int seconds, bool use_idle) {
    fmt::print("waiting\n");
    std::fflush(stdout);
    TRY_ASSIGN(const bool changed, session_.wait(std::chrono::seconds(seconds), use_idle));
    fmt::print("waited {}\n", changed ? "changed" : "unchanged");
    return {};
  }

  imap::Session& session_;
  std::vector<imap::Listed> listed_;
};

Result<void> run(const probe::Options& options, StopToken& stop) {
  std::size_t limit = 64u << 20;
  auto commands = options.commands;
  if (!commands.empty() && commands.front().starts_with("limit:")) {
    limit = std::stoul(commands.front().substr(6));
    commands.erase(commands.begin());
  }
  TRY_ASSIGN(const auto credentials, net::credentials_for(options.server, options.freshness));
  TRY_ASSIGN(const auto session, imap::Session::open(options.server, credentials, limit, stop));
  fmt::print("open\n");
  Run one(*session);
  for (const auto& command : commands) {
    TRY(one(command));
    std::fflush(stdout);
  }
  return {};
}

} // namespace

int main(int count, char** arguments) {
  net::initialise();
  const auto options = probe::read_options(count, arguments);
  StopToken stop;
  const probe::StopLater later(stop, options.stop_after);
  const auto result = run(options, stop);
  if (!result) probe::print(result.error());
  return result ? 0 : 1;
}
