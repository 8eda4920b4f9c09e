#include "imap/dialogue.hpp"

#include "core/text.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace cvdesk::imap {

namespace {

constexpr std::chrono::seconds silence_limit{60};
constexpr std::size_t leftover_limit = 1u << 20;

// Where a line that begins with `tag` ends; npos when there is none yet. `from` moves to the last line begin.
std::size_t end_of_tagged(std::string_view bytes, std::string_view tag, std::size_t& from) {
  for (;;) {
    const std::size_t end = bytes.find('\n', from);
    if (end == bytes.npos) return end;
    if (bytes.substr(from, tag.size()) == tag) return end + 1;
    from = end + 1;
  }
}

} // namespace

Dialogue::Dialogue(std::unique_ptr<Connection> connection, net::Credentials credentials, ParserLimits limits)
    : connection_(std::move(connection)), credentials_(std::move(credentials)), parser_(limits) {}

Result<void> Dialogue::begin() {
  TRY_ASSIGN(std::string tag, send("NOOP"));
  tag += ' ';
  // Not the parser yet: libcurl may have swallowed half of a line.
  std::string bytes;
  std::size_t line = 0;
  std::size_t end = std::string::npos;
  while ((end = end_of_tagged(bytes, tag, line)) == std::string::npos) {
    if (bytes.size() > leftover_limit) return tl::unexpected(protocol_error("the answer to NOOP does not come"));
    TRY_ASSIGN(const auto more, connection_->receive(silence_limit));
    if (more.empty()) {
      return fail_temporarily(ErrorKind::network, fmt::format("{}: no answer in time", name()));
    }
    bytes.append(more);
  }
  parser_.feed(std::string_view(bytes).substr(line));
  TRY(finish(tag.substr(0, tag.size() - 1)));
  TRY(run("CAPABILITY", [this](Response& data) {
    if (data.name == "CAPABILITY") capabilities_ = std::move(data.words);
  }));
  return {};
}

bool Dialogue::has(std::string_view capability) const {
  return std::find(capabilities_.begin(), capabilities_.end(), capability) != capabilities_.end();
}

Result<std::string> Dialogue::send(std::string_view command) {
  std::string tag = fmt::format("cvd{}", ++commands_);
  TRY(send_line(fmt::format("{} {}", tag, command)));
  return tag;
}

Result<void> Dialogue::send_line(std::string_view line) { return connection_->send(fmt::format("{}\r\n", line)); }

Result<std::optional<Response>> Dialogue::receive(std::chrono::milliseconds patience) {
  for (;;) {
    auto response = parser_.next();
    if (!response) {
      Error error = within(name(), std::move(response).error());
      error.temporary = error.kind == ErrorKind::protocol;
      return tl::unexpected(std::move(error));
    }
    if (*response && (*response)->kind == Response::Kind::untagged && (*response)->status == "BYE") {
      return fail_temporarily(ErrorKind::network, fmt::format("{}: the server ended the session: {}", name(),
                                                              net::quote_server((*response)->text, credentials_)));
    }
    if (*response) return std::move(*response);
    TRY_ASSIGN(const auto bytes, connection_->receive(patience));
    if (bytes.empty()) return std::nullopt;
    parser_.feed(bytes);
  }
}

Result<Response> Dialogue::receive() {
  TRY_ASSIGN(auto response, receive(std::chrono::milliseconds(silence_limit)));
  if (!response) return fail_temporarily(ErrorKind::network, fmt::format("{}: no answer in time", name()));
  return std::move(*response);
}

Result<Response> Dialogue::run(std::string_view command, const OnData& on_data) {
  TRY_ASSIGN(const std::string tag, send(command));
  return finish(tag, on_data);
}

Result<Response> Dialogue::finish(const std::string& tag, const OnData& on_data) {
  for (;;) {
    TRY_ASSIGN(Response response, receive());
    if (response.kind == Response::Kind::untagged && on_data) on_data(response);
    // The end of an earlier command that nobody waited for is no concern of ours.
    if (response.kind != Response::Kind::tagged || response.tag != tag) continue;
    if (response.status != "OK") return tl::unexpected(refusal(response));
    return response;
  }
}

Error Dialogue::refusal(const Response& response) const {
  const std::string code = ascii_upper(response.code);
  const std::string said = net::quote_server(
      response.code.empty() ? response.text : fmt::format("[{}] {}", response.code, response.text), credentials_);
  const std::string what = fmt::format("{}: {} {}", name(), response.status, said);
  // What Exchange Online answers to a token that is valid, but not for this mailbox.
  if (ascii_lower(response.text).find("authenticated but not connected") != std::string::npos) {
    return Error{ErrorKind::authentication, false, what, "the account or application has no right to this mailbox"};
  }
  if (code == "AUTHENTICATIONFAILED" || code == "AUTHORIZATIONFAILED" || code == "EXPIRED" || code == "NOPERM") {
    return Error{ErrorKind::authentication, false, what, "check what the account may do on the server"};
  }
  if (code == "TRYCREATE" || code == "NONEXISTENT") {
    return Error{ErrorKind::not_found, false, what, "create the folder on the server, or correct its name"};
  }
  const bool passing = code == "UNAVAILABLE" || code == "INUSE" || code == "SERVERBUG" || code == "LIMIT" ||
                       code == "OVERQUOTA" || code == "EXPUNGEISSUED";
  if (passing) return Error{ErrorKind::network, true, what, {}};
  return Error{response.status == "BAD" ? ErrorKind::protocol : ErrorKind::failed, false, what, {}};
}

void Dialogue::farewell(bool idling) {
  connection_->send_at_once(fmt::format("{}cvd{} LOGOUT\r\n", idling ? "DONE\r\n" : "", ++commands_));
}

Error Dialogue::protocol_error(std::string_view what) const {
  return Error{ErrorKind::protocol, true, fmt::format("{}: {}", name(), what), {}};
}

} // namespace cvdesk::imap
